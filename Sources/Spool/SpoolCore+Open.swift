import Synchronization

extension SpoolCore {
    /// Opens a folder and recovers what it holds.
    package static func open(
        _ folder: String, options: SpoolOptions, disk: any SpoolDisk
    ) throws(SpoolError) -> (SpoolCore, SpoolRecovery) {
        do throws(DiskError) {
            for name in [
                "", "/segments", "/large", "/incoming", "/journal", "/requests", "/damaged",
            ] {
                try disk.makeFolder(folder + name)
            }
            try disk.syncFolder(folder)
            guard let lock = try disk.lock(folder + "/lock") else { throw DiskError.inUse }
            do throws(DiskError) {
                return try recover(folder, options, disk, lock)
            } catch {
                disk.close(lock)
                throw error
            }
        } catch {
            throw error == .inUse ? .inUse : error.asSpoolError
        }
    }

    private static func recover(
        _ folder: String, _ options: SpoolOptions, _ disk: any SpoolDisk, _ lock: DiskFile
    ) throws(DiskError) -> (SpoolCore, SpoolRecovery) {
        var recovery = SpoolRecovery()
        let segments = folder + "/segments"
        let image = try LogImage(disk, folder: segments, .readWrite)
        let replay = try LogReplay.read(image, disk, folder, options)
        recovery.wasClosed = replay.wasClosed
        recovery.tornRecords = replay.tornRecords
        recovery.gaps = replay.gaps
        try secureEnd(replay, image)
        for path in image.unfinished { try disk.remove(path) }
        for file in image.unreadable {
            let name = String(file.path.dropFirst(segments.count + 1))
            recovery.unreadableSegments.append(name)
            try disk.rename(file.path, to: "\(folder)/damaged/\(name).\(options.now())")
        }
        if !image.unreadable.isEmpty { try disk.syncFolder(folder + "/damaged") }

        let journal = try Journal(
            disk, folder: folder + "/journal",
            firstInLog: replay.segments.first?.header.firstSequence ?? .max,
            random: options.random)
        addFirstGap(replay, journal, &recovery)
        let fitting = image.free.filter { $0.count == options.segmentOctets }
        for file in image.free where file.count != options.segmentOctets {
            try disk.remove(file.path)
        }
        var log = SegmentLog(
            replay, lastGeneration: image.lastGeneration, batchOctets: options.batchOctets)
        if journal.lastSequence > log.sequence { log.sequence = journal.lastSequence }
        if !image.unreadable.isEmpty {
            // What was in them has numbers that nobody knows: they are not given again.
            let gap = (log.sequence + 1)...(log.sequence + SpoolLimits.skippedNumbers)
            recovery.gaps.append(gap)
            log.sequence = gap.upperBound
        }
        log.first = firstSubmission(replay, recovery)
        let core = SpoolCore(
            disk: disk, folder: folder, options: options,
            shared: SharedState(
                queue: replay.queue, segments: replay.segments, pool: fitting,
                retiring: image.void, lastSequence: replay.lastSequence,
                lastIdentifier: replay.queue.lastIdentifier),
            log: log, journal: journal,
            growth: PoolGrowth(lastNumber: image.lastNumber), lockFile: lock)
        try core.finishRecovery(replay, &recovery)
        return (core, recovery)
    }

    /// What was read of the last write may be in memory alone: it is written again, without what is
    /// not whole, so that what is told now is still there after the next crash.
    private static func secureEnd(_ replay: LogReplay, _ image: LogImage) throws(DiskError) {
        guard let last = replay.segments.last else { return }
        if let start = replay.lastBatchStart {
            var octets = try last.file.read(start..<last.end)
            for record in replay.dropped {
                let range = (record.offset - start)..<(record.end - start)
                octets.replaceSubrange(range, with: repeatElement(0, count: range.count))
            }
            try last.file.write(octets, at: start)
        }
        try last.file.sync()
        try last.header.secure(in: last.file)
    }

    /// Records before the oldest segment belong in the journal.
    private static func addFirstGap(
        _ replay: LogReplay, _ journal: Journal, _ recovery: inout SpoolRecovery
    ) {
        guard let first = replay.segments.first?.header.firstSequence,
            first > journal.lastSequence + 1
        else { return }
        let gap = (journal.lastSequence + 1)...(first - 1)
        recovery.gaps += LogReplay.subtract(replay.recorded, from: [gap])
    }

    /// What the log must tell before anything else.
    private static func firstSubmission(
        _ replay: LogReplay, _ recovery: SpoolRecovery
    ) -> Submission? {
        let gaps = recovery.gaps + replay.torn
        guard !gaps.isEmpty else { return nil }
        let note = RecoveryNote(gaps: gaps)
        return Submission([.init(kind: .recovered, body: note.encoded, effect: .none)])
    }

    /// What follows from what was found: lost contents, copies that may be sent, files to remove.
    private func finishRecovery(
        _ replay: LogReplay, _ recovery: inout SpoolRecovery
    ) throws(DiskError) {
        let now = options.now()
        var changes: [QueueChange] = []
        if options.verifiesContents {
            for message in replay.queue.inOrder where try !isWhole(message) {
                recovery.lost.append(message.id)
                changes.append(.lost(id: message.id, at: now, why: "its content was damaged"))
            }
        }
        if !replay.wasClosed {
            for (_, id, recipients) in replay.recent {
                recovery.duplicateRisks.append(id)
                changes.append(
                    .duplicateRisk(
                        id: id, recipients: Array(0..<recipients), at: now,
                        why: "the program ended before it was known that the client had its reply"))
            }
        }
        for message in replay.queue.inOrder {
            let underway = message.recipients.indices.filter {
                message.recipients[$0].isUnderway
            }
            guard !underway.isEmpty else { continue }
            recovery.duplicateRisks.append(message.id)
            changes.append(
                .duplicateRisk(
                    id: message.id, recipients: underway, at: now,
                    why: "the program ended during a delivery"))
        }
        try removeStale(replay, &recovery)
        // Not written means found again at the next start: nothing depends on it.
        _ = commit(changes.map { .changes([$0]) } + [Submission([])])
        recovery.messages = shared.withLock { $0.queue.inOrder }
    }

    private func isWhole(_ message: LiveMessage) throws(DiskError) -> Bool {
        let segment = shared.withLock { $0.segment(message.location.generation) }
        guard let file = segment?.file else { return false }
        return try ContentDigest.isWhole(message.location, id: message.id, file, disk, largeFolder)
    }

    /// Files that no message needs. Contents stay when records are missing: they may be of use.
    private func removeStale(
        _ replay: LogReplay, _ recovery: inout SpoolRecovery
    ) throws(DiskError) {
        for name in try disk.list(folder + "/incoming") {
            try disk.remove("\(folder)/incoming/\(name)")
            recovery.staleFiles += 1
        }
        for name in try disk.list(folder + "/requests") where name.hasSuffix(".new") {
            try disk.remove("\(folder)/requests/\(name)")
        }
        for name in try disk.list(largeFolder) {
            if let id = QueueIdentifier(name), replay.queue.messages[id]?.location.isFile == true {
                continue
            }
            if recovery.isDamaged {
                recovery.orphans.append(name)
            } else {
                try disk.remove("\(largeFolder)/\(name)")
                recovery.staleFiles += 1
            }
        }
    }
}

extension LogReplay {
    /// Reads the log of a folder.
    static func read(
        _ image: LogImage, _ disk: any SpoolDisk, _ folder: String, _ options: SpoolOptions
    ) throws(DiskError) -> LogReplay {
        try LogReplay(image, window: options.acknowledgementWindow.milliseconds) {
            location, id, file throws(DiskError) in
            try ContentDigest.isWhole(location, id: id, file, disk, folder + "/large")
        }
    }
}

extension DiskError {
    /// No number of the system's: another process has the lock.
    static let inUse = DiskError(code: -1, call: "lock")
}
