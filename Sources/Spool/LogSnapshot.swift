/// Journal and log as they are at one moment, for questions that read all of it.
package struct LogSnapshot: Sendable {
    let disk: any SpoolDisk
    let folder: String
    let segments: [Segment]
    let queue: LiveQueue
    private let pins: [SegmentPin]

    init(disk: any SpoolDisk, folder: String, segments: [Segment], queue: LiveQueue) {
        self.disk = disk
        self.folder = folder
        self.segments = segments
        self.queue = queue
        pins = segments.map { SegmentPin($0.file) }
    }

    /// Every record in the order of the numbers: from the journal, from a day on, then from the
    /// log.
    func forEachRecord(
        since day: UTCDay?, _ body: (StoredRecord) throws(DiskError) -> Void
    ) throws(DiskError) {
        let journal = folder + "/journal"
        let firstInLog = segments.first?.header.firstSequence ?? UInt64.max
        var last: UInt64 = 0
        for file in try Journal.days(disk, journal) {
            if let day, file < day { continue }
            let file = try SegmentFile(disk, path: Journal.path(journal, file), .read)
            guard let header = try SegmentHeader.read(from: file, copies: 1) else { continue }
            var walk = RecordWalk(
                file, marker: header.marker, from: Journal.recordsStart, to: file.count,
                hasContents: false)
            while let record = try walk.next(), record.header.sequence < firstInLog {
                guard record.header.sequence > last else { continue }
                last = record.header.sequence
                try body(record)
            }
        }
        for segment in segments {
            var walk = RecordWalk(
                segment.file, marker: segment.marker, from: SegmentHeader.recordsStart,
                to: segment.end)
            while let record = try walk.next() {
                guard record.header.sequence > last else { continue }
                last = record.header.sequence
                try body(record)
            }
        }
    }

    /// What is about messages after a position, and the number up to which nothing else is.
    static func changes(
        in segments: [Segment], after position: UInt64, limit: Int
    ) throws(DiskError) -> (entries: [(position: UInt64, entry: SpoolEntry)], through: UInt64) {
        var entries: [(position: UInt64, entry: SpoolEntry)] = []
        var through = position
        for segment in segments where segment.lastSequence > position {
            var walk = RecordWalk(
                segment.file, marker: segment.marker, from: segment.place(before: position + 1),
                to: segment.end)
            while let record = try walk.next() {
                let sequence = record.header.sequence
                guard sequence > position, sequence > through else { continue }
                if let entry = SpoolEntry(record) {
                    if entries.count >= limit { return (entries, through) }
                    entries.append((sequence, entry))
                }
                through = sequence
            }
            through = max(through, segment.lastSequence)
        }
        return (entries, through)
    }
}

extension SpoolEntry {
    /// Nil for records that tell nothing new about a message.
    init?(_ record: StoredRecord) {
        switch record.header.kind {
        case .accepted:
            guard let message = AcceptanceBody.decode(record.body) else { return nil }
            self = .accepted(message)
        case .changed:
            guard let change = QueueChange(encoded: record.body) else { return nil }
            self = .changed(change)
        case .carried, .recovered, .closed:
            return nil
        }
    }
}
