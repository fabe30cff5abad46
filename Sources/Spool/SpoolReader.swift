/// A spool as somebody else's process has it on the disk: read without a lock, changed never.
public struct SpoolReader: Sendable {
    /// What reading it found; nothing was removed or recorded.
    public let recovery: SpoolRecovery
    private let snapshot: LogSnapshot
    private let options: SpoolOptions

    /// Every live message, in the order of the identifiers.
    public var messages: [LiveMessage] { recovery.messages }

    /// How often a segment may be used again while it is read.
    private static let attempts = 5

    init(
        _ folder: String, _ options: SpoolOptions, _ disk: any SpoolDisk
    ) throws(SpoolError) {
        self.options = options
        do throws(DiskError) {
            for _ in 1..<Self.attempts {
                let (snapshot, recovery) = try Self.load(folder, options, disk)
                guard try snapshot.isCurrent() else { continue }
                self.snapshot = snapshot
                self.recovery = recovery
                return
            }
            (snapshot, recovery) = try Self.load(folder, options, disk)
        } catch {
            throw error.asSpoolError
        }
    }

    private static func load(
        _ folder: String, _ options: SpoolOptions, _ disk: any SpoolDisk
    ) throws(DiskError) -> (LogSnapshot, SpoolRecovery) {
        let image = try LogImage(disk, folder: folder + "/segments", .read)
        let replay = try LogReplay.read(image, disk, folder, options)
        var recovery = SpoolRecovery()
        recovery.messages = replay.queue.inOrder
        recovery.wasClosed = replay.wasClosed
        recovery.tornRecords = replay.tornRecords
        recovery.gaps = replay.gaps
        recovery.unreadableSegments = image.unreadable.map(\.path)
        let snapshot = LogSnapshot(
            disk: disk, folder: folder, segments: replay.segments, queue: replay.queue)
        return (snapshot, recovery)
    }

    /// What became of every recipient accepted on a day.
    public func balance(_ day: UTCDay) throws(SpoolError) -> DayBalance {
        try consistent { snapshot throws(SpoolError) in try snapshot.balance(day) }
    }

    /// Verifies that every record continues the one before, in the journal and in the log.
    public func verifyChain() throws(SpoolError) -> ChainVerification {
        try consistent { snapshot throws(SpoolError) in try snapshot.verifyChain() }
    }

    /// Envelope and record of a live message.
    public func message(_ id: QueueIdentifier) throws(SpoolError) -> AcceptedMessage {
        guard let location = snapshot.queue.messages[id]?.location,
            let segment = snapshot.segments.first(where: { $0.generation == location.generation })
        else { throw .unknown(id) }
        do throws(DiskError) {
            return try SpoolCore.message(location, segment.file)
        } catch {
            throw error.asSpoolError
        }
    }

    /// What was recorded after a position, as `Spool.changes` gives it.
    public func changes(
        after position: UInt64, limit: Int
    ) throws(SpoolError) -> [(position: UInt64, entry: SpoolEntry)] {
        do throws(DiskError) {
            return try LogSnapshot.changes(
                in: snapshot.segments, after: position,
                limit: min(limit, SpoolLimits.changesAtOnce)
            ).entries
        } catch {
            throw error.asSpoolError
        }
    }

    /// Asks again of a newer state when a segment was used again in the meantime.
    private func consistent<Value>(
        _ ask: (LogSnapshot) throws(SpoolError) -> Value
    ) throws(SpoolError) -> Value {
        var snapshot = snapshot
        for _ in 0..<Self.attempts {
            let value = try ask(snapshot)
            do throws(DiskError) {
                if try snapshot.isCurrent() { return value }
                snapshot = try Self.load(snapshot.folder, options, snapshot.disk).0
            } catch {
                throw error.asSpoolError
            }
        }
        throw .failed("the spool changed while it was read")
    }
}

extension LogSnapshot {
    /// Whether no segment was used again since.
    func isCurrent() throws(DiskError) -> Bool {
        for segment in segments {
            guard try SegmentHeader.read(from: segment.file) == segment.header else { return false }
        }
        return true
    }
}
