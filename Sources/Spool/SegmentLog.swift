/// The end of the log, where records are added: only the writer has it.
struct SegmentLog {
    /// A segment that is written to.
    struct Open {
        var file: SegmentFile
        var header: SegmentHeader
        var end = SegmentHeader.recordsStart
        /// Whether its header and a write to it are durable.
        var isBegun = false
    }

    var current: Open?
    var nextGeneration: UInt64
    /// The segment of the last durable write, and where that ends.
    var tail: (generation: UInt64, end: Int)
    var sequence: UInt64
    var chain: ChainValue
    let buffer: BatchBuffer
    /// When the disk refused everything.
    var refusedAt: Int64?
    /// What must be written, alone, before anything else: what the start found missing.
    var first: Submission?
    /// How far the oldest segment was searched for messages to carry.
    var carried: (generation: UInt64, offset: Int) = (0, 0)

    /// Octets that one more write may have.
    var room: Int { current.map { $0.file.count - $0.end } ?? 0 }

    init(_ replay: LogReplay, lastGeneration: UInt64, batchOctets: Int) {
        nextGeneration = lastGeneration + 1
        sequence = replay.lastSequence
        chain = replay.chain
        buffer = BatchBuffer(capacity: batchOctets)
        guard let last = replay.segments.last else {
            tail = (0, 0)
            return
        }
        tail = (last.generation, last.end)
        current = Open(file: last.file, header: last.header, end: last.end, isBegun: true)
    }

    /// Lays out the records after one another. Gives the chain's value after them.
    func build(_ records: [Submission.Record], octets: Int, time: Int64) -> ChainValue {
        buffer.clear(reserving: octets)
        var value = chain
        let marker = current?.header.marker ?? 0
        for (index, record) in records.enumerated() {
            let header = RecordHeader(
                sequence: sequence + UInt64(index) + 1, time: time, bodyCount: record.body.count,
                contentCount: record.contentCount, kind: record.kind, batchIndex: UInt32(index),
                batchCount: UInt32(records.count), previous: value)
            value = buffer.append(record, header, marker: marker)
        }
        buffer.pad()
        return value
    }

    /// Writes what was built behind the last write and makes it durable.
    func write() throws(DiskError) {
        guard let current else { throw DiskError(code: 0, call: "no segment") }
        if !current.isBegun { try current.header.write(copy: 0, to: current.file) }
        try current.file.write(buffer.written, at: current.end)
        try current.file.sync()
        // The second copy only now: until here it says that the segment is free.
        if !current.isBegun { try? current.header.write(copy: 1, to: current.file) }
    }
}
