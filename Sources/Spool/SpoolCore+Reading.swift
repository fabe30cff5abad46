import Synchronization

extension SpoolCore {
    /// Header fields and content of a live message.
    package func content(of id: QueueIdentifier) throws(SpoolError) -> StoredContent {
        let (location, pin) = try find(id)
        do throws(DiskError) {
            let summary = try Self.summary(location, pin.file)
            let own =
                location.isFile ? try SegmentFile(disk, path: "\(largeFolder)/\(id)", .read) : nil
            return StoredContent(location, digest: summary.digest, pin: pin, own: own)
        } catch {
            throw error.asSpoolError
        }
    }

    /// Envelope and record of a live message.
    package func message(_ id: QueueIdentifier) throws(SpoolError) -> AcceptedMessage {
        let (location, pin) = try find(id)
        do throws(DiskError) {
            return try Self.message(location, pin.file)
        } catch {
            throw error.asSpoolError
        }
    }

    static func message(
        _ location: MessageLocation, _ file: SegmentFile
    ) throws(DiskError) -> AcceptedMessage {
        let body = try file.read(location.body..<(location.body + location.bodyCount))
        guard let message = AcceptanceBody.decode(body) else { throw DiskError.unreadable }
        return message
    }

    private static func summary(
        _ location: MessageLocation, _ file: SegmentFile
    ) throws(DiskError) -> AcceptanceSummary {
        // Everything but the texts has a few octets; those have their limits.
        let most = 2 * SpoolLimits.textOctets + 128
        let octets = try file.read(
            location.body..<(location.body + min(most, location.bodyCount)))
        var reader = OctetReader(octets)
        guard let summary = AcceptanceSummary(&reader) else { throw DiskError.unreadable }
        return summary
    }

    private func find(
        _ id: QueueIdentifier
    ) throws(SpoolError) -> (MessageLocation, SegmentPin) {
        let found: (MessageLocation, SegmentPin)? = shared.withLock { shared in
            guard let location = shared.queue.messages[id]?.location,
                let segment = shared.segment(location.generation)
            else { return nil }
            return (location, SegmentPin(segment.file))
        }
        guard let found else { throw .unknown(id) }
        return found
    }

    /// The state of a live message.
    package func state(of id: QueueIdentifier) -> LiveMessage? {
        shared.withLock { $0.queue.messages[id] }
    }

    /// Every live message.
    package var live: [LiveMessage] {
        let messages = shared.withLock { $0.queue.messages }
        return messages.values.sorted { $0.id < $1.id }
    }

    /// Whether messages are refused for want of room.
    package var isFull: Bool {
        shared.withLock { $0.isLowOnSpace || $0.isExhausted && $0.pool.count < 2 }
    }

    package var count: Int { shared.withLock { $0.queue.messages.count } }

    /// The segments as they are now; none of them is written anew while this is held.
    package func snapshot() -> LogSnapshot {
        shared.withLock { shared in
            LogSnapshot(
                disk: disk, folder: folder, segments: shared.segments, queue: shared.queue)
        }
    }

    /// Records after a position that are about messages.
    package func changes(
        after position: UInt64, limit: Int
    ) throws(SpoolError) -> [(position: UInt64, entry: SpoolEntry)] {
        let segments = shared.withLock { shared in
            shared.segments.filter { $0.lastSequence > position }
        }
        let pins = segments.map { SegmentPin($0.file) }
        defer { withExtendedLifetime(pins) {} }
        do throws(DiskError) {
            let found = try LogSnapshot.changes(
                in: segments, after: position, limit: min(limit, SpoolLimits.changesAtOnce))
            shared.withLock { shared in
                shared.served = (found.entries.last?.position ?? position, found.through)
            }
            return found.entries
        } catch {
            throw error.asSpoolError
        }
    }

    /// What was given up to here is kept elsewhere.
    package func projected(upTo position: UInt64) {
        shared.withLock { shared in
            let reached = shared.served.entry == position ? shared.served.through : position
            shared.projected = max(shared.projected, reached)
        }
    }

    package func balance(_ day: UTCDay) throws(SpoolError) -> DayBalance {
        try snapshot().balance(day)
    }

    package func verifyChain() throws(SpoolError) -> ChainVerification {
        try snapshot().verifyChain()
    }
}

extension DiskError {
    static let unreadable = DiskError(code: 5, call: "a record does not read as it was written")
}
