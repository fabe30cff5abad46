import Synchronization

/// The spool without its threads: every step is a call that returns when it is done, so that a
/// simulation can drive it.
///
/// Locks are taken in the order log or journal, then shared.
package final class SpoolCore: Sendable {
    let disk: any SpoolDisk
    let folder: String
    let options: SpoolOptions
    let shared: Mutex<SharedState>
    let log: Mutex<SegmentLog>
    let journal: Mutex<Journal>
    /// Held while a segment is made, with the number of the last and when the disk had no room.
    let growth: Mutex<PoolGrowth>
    private let lockFile: Mutex<DiskFile?>

    init(
        disk: any SpoolDisk, folder: String, options: SpoolOptions, shared: SharedState,
        log: sending SegmentLog, journal: Journal, growth: PoolGrowth, lockFile: DiskFile
    ) {
        self.disk = disk
        self.folder = folder
        self.options = options
        self.shared = Mutex(shared)
        self.log = Mutex(log)
        self.journal = Mutex(journal)
        self.growth = Mutex(growth)
        self.lockFile = Mutex(lockFile)
    }

    deinit { unlock() }

    /// Gives the folder free for others; nothing may be written after it.
    package func unlock() {
        let held = lockFile.withLock { file in
            defer { file = nil }
            return file
        }
        if let held { disk.close(held) }
    }

    /// Writes what callers wait for: as many submissions in one write and one sync as there is room
    /// for. Nil for what is durable; after an error nothing of the submission will be found again,
    /// unless the program ends before another write succeeds.
    package func commit(_ submissions: [Submission]) -> [SpoolError?] {
        log.withLock { log in
            if let first = log.first {
                let error = commit([first], &log)[0]
                if let error {
                    return [SpoolError?](repeating: error, count: submissions.count)
                }
                log.first = nil
            }
            return commit(submissions, &log)
        }
    }

    func commit(_ submissions: [Submission], _ log: inout SegmentLog) -> [SpoolError?] {
        var results = [SpoolError?](repeating: nil, count: submissions.count)
        var index = 0
        while index < submissions.count {
            let submission = submissions[index]
            if submission.records.isEmpty {
                index += 1
                continue
            }
            if let error = makeRoom(for: submission, &log) {
                results[index] = error
                index += 1
                continue
            }
            var octets = 0
            let start = index
            var room = min(log.room, max(options.batchOctets, submission.octets))
            // A message may not use what is kept for changes.
            let takesMessages =
                submission.isMessage
                || shared.withLock { !$0.isLowOnSpace && !$0.pool.isEmpty }
            while index < submissions.count, submissions[index].octets <= room,
                takesMessages || !submissions[index].isMessage
            {
                octets += submissions[index].octets
                room -= submissions[index].octets
                index += 1
            }
            let records =
                index == start + 1
                ? submission.records : submissions[start..<index].flatMap(\.records)
            if let error = write(records, octets: octets, &log) {
                for place in start..<index { results[place] = error }
            }
        }
        return results
    }

    /// Sees to it that a submission fits in the current segment.
    private func makeRoom(for submission: Submission, _ log: inout SegmentLog) -> SpoolError? {
        let needed = LogReplay.roundUp(submission.octets)
        guard needed <= options.segmentOctets - SegmentHeader.recordsStart else { return .tooLarge }
        guard log.sequence + UInt64(submission.records.count) + 1 < SpoolLimits.sequence,
            log.nextGeneration < SpoolLimits.sequence
        else { return .failed("the numbers of records are used up") }
        if let refusedAt = log.refusedAt {
            let age = (options.now() - refusedAt).magnitude
            if age < options.retryDelay.milliseconds.magnitude {
                return .failed("the disk refused a moment ago")
            }
            log.refusedAt = nil
        }
        if submission.isMessage {
            let isRefused = shared.withLock { $0.isLowOnSpace }
            if isRefused { return .full }
        }
        while log.room < needed {
            if let error = advance(&log, leaving: submission.isMessage ? 1 : 0) { return error }
        }
        if submission.isMessage, shared.withLock({ $0.pool.isEmpty }) { return grow(to: 1) }
        return nil
    }

    /// Begins the next segment. `leaving` is how many must stay ready.
    private func advance(_ log: inout SegmentLog, leaving reserve: Int) -> SpoolError? {
        var taken: (file: SegmentFile, oldest: UInt64?)?
        func take() {
            taken = shared.withLock { shared in
                guard shared.pool.count > reserve else { return nil }
                return (shared.pool.removeFirst(), shared.segments.first?.generation)
            }
        }
        take()
        if taken == nil {
            if let error = grow(to: reserve + 1) { return error }
            take()
        }
        guard let taken else { return .full }
        let generation = log.nextGeneration
        log.nextGeneration += 1
        let header = SegmentHeader(
            generation: generation, marker: SegmentHeader.newMarker(options.random()),
            firstSequence: log.sequence + 1, previousGeneration: log.tail.generation,
            previousEnd: log.tail.end, oldestGeneration: taken.oldest ?? generation,
            chain: log.chain)
        discard(&log)
        log.current = SegmentLog.Open(file: taken.file, header: header)
        return nil
    }

    /// Lays the current segment away. One that was never begun goes back.
    private func discard(_ log: inout SegmentLog) {
        guard let current = log.current else { return }
        log.current = nil
        if !current.isBegun { shared.withLock { $0.retiring.append(current.file) } }
    }

    /// One write and one sync, on another segment when they fail: after a failed sync nothing is
    /// known of the segment's last octets, and trying again could seem to succeed.
    private func write(
        _ records: [Submission.Record], octets: Int, _ log: inout SegmentLog
    ) -> SpoolError? {
        let time = options.now()
        let chain = log.build(records, octets: octets, time: time)
        var failure = SpoolError.full
        for attempt in 0..<SpoolLimits.segmentsPerWrite {
            if attempt > 0 {
                if let error = advance(&log, leaving: 0) {
                    failure = error
                    break
                }
                guard let current = log.current, log.room >= log.buffer.count else { break }
                log.buffer.mark(current.header.marker)
            }
            do throws(DiskError) {
                try log.write()
            } catch {
                failure = error.asSpoolError
                abandon(&log)
                continue
            }
            finish(records, chain, time: time, &log)
            return nil
        }
        log.refusedAt = options.now()
        return failure
    }

    private func finish(
        _ records: [Submission.Record], _ chain: ChainValue, time: Int64, _ log: inout SegmentLog
    ) {
        guard var current = log.current else { return }
        let start = current.end
        let begun = current.isBegun ? nil : Segment(file: current.file, header: current.header)
        current.end += log.buffer.count
        current.isBegun = true
        let end = current.end
        let first = log.sequence + 1
        log.current = current
        log.sequence += UInt64(records.count)
        log.chain = chain
        log.tail = (current.header.generation, end)
        let offsets = log.buffer.offsets
        shared.withLock { shared in
            if let begun { shared.segments.append(begun) }
            shared.apply(records, at: offsets, start: start, end: end, first: first, time: time)
        }
    }

    /// The current segment failed: it is not written to again.
    private func abandon(_ log: inout SegmentLog) {
        if let current = log.current, current.isBegun {
            shared.withLock { shared in
                if let index = shared.segments.lastIndex(where: { $0.file === current.file }) {
                    shared.segments[index].isSuspect = true
                }
            }
        }
        discard(&log)
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
