import Synchronization

/// What the making of segments remembers.
struct PoolGrowth: Sendable {
    /// The greatest number of a segment's file.
    var lastNumber: Int
    /// When the disk had no room for another.
    var refusedAt: Int64?
}

extension SpoolCore {
    var segmentsFolder: String { folder + "/segments" }
    var largeFolder: String { folder + "/large" }

    /// One round of care: gives finished segments free, removes finished contents, makes segments
    /// ready. Errors of the disk are met again at the next round.
    package func maintain() {
        lookForSpace()
        retire()
        removeContents()
        while recycle() {}
        if shared.withLock({ $0.pool.count }) < options.readySegments {
            _ = grow(to: options.readySegments)
        }
    }

    /// Makes segments until so many are ready.
    func grow(to wanted: Int) -> SpoolError? {
        growth.withLock { growth in
            while shared.withLock({ $0.pool.count }) < wanted {
                if let refusedAt = growth.refusedAt {
                    let age = (options.now() - refusedAt).magnitude
                    if age < options.retryDelay.milliseconds.magnitude { return .full }
                    growth.refusedAt = nil
                }
                do throws(DiskError) {
                    let free = try disk.freeOctets(folder)
                    // The last one, for changes, may use what messages may not.
                    let isLast = shared.withLock { $0.pool.isEmpty }
                    let spare = isLast ? 0 : options.minimumFreeOctets
                    guard free >= options.segmentOctets + spare else {
                        growth.refusedAt = options.now()
                        shared.withLock { $0.isExhausted = true }
                        return .full
                    }
                    growth.lastNumber += 1
                    let file = try makeSegment(number: growth.lastNumber)
                    shared.withLock { shared in
                        shared.pool.append(file)
                        shared.isExhausted = false
                    }
                } catch {
                    growth.refusedAt = options.now()
                    shared.withLock { $0.isExhausted = true }
                    return error.asSpoolError
                }
            }
            return nil
        }
    }

    /// A file full of zeros: all its blocks are there and written, so that a write to it needs no
    /// room and its sync no change of the file system's own records.
    private func makeSegment(number: Int) throws(DiskError) -> SegmentFile {
        let digits = String(number)
        let name = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        let path = "\(segmentsFolder)/\(name)\(LogImage.suffix)"
        let unfinished = path + ".new"
        try disk.remove(unfinished)
        do {
            let file = try SegmentFile(disk, path: unfinished, .create)
            let piece = [UInt8](repeating: 0, count: min(options.segmentOctets, 4 << 20))
            var offset = 0
            while offset < options.segmentOctets {
                let count = min(piece.count, options.segmentOctets - offset)
                try file.write(count == piece.count ? piece : Array(piece[..<count]), at: offset)
                // Piece by piece, so that no sync of the log waits behind all of it.
                try file.sync()
                offset += count
            }
            try SegmentHeader.free.replace(in: file)
        } catch {
            try? disk.remove(unfinished)
            throw error
        }
        try disk.rename(unfinished, to: path)
        try disk.syncFolder(segmentsFolder)
        return try SegmentFile(disk, path: path, .readWrite)
    }

    /// Frees the oldest segment when all its messages are finished and everything in it is in the
    /// journal; whether there may be another.
    private func recycle() -> Bool {
        let awaits = options.awaitsProjection
        guard let oldest = shared.withLock({ $0.recyclable(awaitsProjection: awaits) })
        else { return false }
        guard keepRecords(of: oldest) else { return false }
        // Until the header is durably free, the segment stays in the log: a start would read it.
        guard (try? SegmentHeader.free.replace(in: oldest.file)) != nil else { return false }
        let isKept = shared.withLock { shared in
            shared.segments.removeFirst()
            guard !oldest.isSuspect, !oldest.file.isRead, shared.pool.count < mostReady,
                oldest.file.count == options.segmentOctets
            else { return false }
            shared.pool.append(oldest.file)
            return true
        }
        if !isKept { try? disk.remove(oldest.file.path) }
        return true
    }

    private func keepRecords(of segment: Segment) -> Bool {
        for _ in 0..<2 {
            do throws(DiskError) {
                try journal.withLock { journal throws(DiskError) in try journal.append(segment) }
                return true
            } catch {
                guard error.isFull, giveRoom() else { return false }
            }
        }
        return false
    }

    /// Free segments that are kept for later use.
    private var mostReady: Int { options.readySegments + 4 }

    /// Segments whose first write failed: usable again when the disk says so, else removed.
    private func retire() {
        while let file = shared.withLock({ $0.retiring.popLast() }) {
            if (try? SegmentHeader.free.replace(in: file)) != nil,
                file.count == options.segmentOctets
            {
                shared.withLock { $0.pool.append(file) }
            } else {
                try? disk.remove(file.path)
            }
        }
    }

    /// The journal has no room: one of the ready segments makes some, and the one that is freed
    /// then takes its place.
    private func giveRoom() -> Bool {
        guard let spare = shared.withLock({ $0.pool.count > 1 ? $0.pool.popLast() : nil })
        else { return false }
        return (try? disk.remove(spare.path)) != nil
    }

    private func removeContents() {
        for id in shared.withLock({ shared in
            defer { shared.removals = [] }
            return shared.removals
        }) {
            try? disk.remove("\(largeFolder)/\(id)")
        }
    }

    private func lookForSpace() {
        guard let free = try? disk.freeOctets(folder) else { return }
        let isLow = free < options.minimumFreeOctets
        shared.withLock { $0.isLowOnSpace = isLow }
    }
}
