/// What the writer, the caretaker and readers share; the lock on it is held for moments only.
struct SharedState: Sendable {
    var queue: LiveQueue
    /// In use, oldest first; the last is being written.
    var segments: [Segment]
    /// Full of zeros or of old records, free by their headers, and durable so.
    var pool: [SegmentFile]
    /// To be made free, or to be removed when they failed.
    var retiring: [SegmentFile] = []
    /// Contents of finished messages.
    var removals: [QueueIdentifier] = []
    /// What is kept elsewhere too.
    var projected: UInt64 = 0
    /// The last entry that `changes` gave, and the record up to which there are no entries after
    /// it.
    var served: (entry: UInt64, through: UInt64) = (0, 0)
    var lastSequence: UInt64
    var lastIdentifier: QueueIdentifier
    /// The disk has less room than `SpoolOptions.minimumFreeOctets`.
    var isLowOnSpace = false
    /// The last try to make a segment failed.
    var isExhausted = false

    /// Takes note of a write that has become durable.
    mutating func apply(
        _ records: [Submission.Record], at offsets: [Int], start: Int, end: Int, first: UInt64,
        time: Int64
    ) {
        let index = segments.count - 1
        let generation = segments[index].generation
        segments[index].note(first, at: start)
        segments[index].end = end
        lastSequence = first + UInt64(records.count) - 1
        segments[index].lastSequence = lastSequence
        for (record, offset) in zip(records, offsets) {
            switch record.effect {
            case .accept(let summary):
                let location = Self.location(
                    record, summary.prefixCount, summary.contentCount, isFile: summary.isFile,
                    generation: generation, offset: start + offset, bodyOffset: 0,
                    bodyCount: record.body.count)
                let message = LiveMessage(summary, acceptedAt: time, location: location)
                queue.insert(message)
                lastIdentifier = max(lastIdentifier, summary.id)
                if message.isFinal, summary.isFile { removals.append(summary.id) }
            case .carry(let message, let acceptanceCount):
                let old = message.location
                queue.relocate(
                    message.id,
                    to: Self.location(
                        record, old.prefixCount, old.contentCount, isFile: old.isFile,
                        generation: generation, offset: start + offset,
                        bodyOffset: CarriedBody.acceptanceOffset, bodyCount: acceptanceCount))
            case .change(let change):
                if let message = queue.apply(change), message.location.isFile {
                    removals.append(message.id)
                }
            case .none:
                break
            }
        }
    }

    private static func location(
        _ record: Submission.Record, _ prefixCount: Int, _ contentCount: Int, isFile: Bool,
        generation: UInt64, offset: Int, bodyOffset: Int, bodyCount: Int
    ) -> MessageLocation {
        let body = offset + RecordHeader.count
        return MessageLocation(
            generation: generation, body: body + bodyOffset, bodyCount: bodyCount,
            content: body + record.body.count, prefixCount: prefixCount,
            contentCount: contentCount, isFile: isFile, octets: record.octets)
    }

    /// The segment at the old end, when nothing in it is needed any more.
    func recyclable(awaitsProjection: Bool) -> Segment? {
        guard segments.count > 1, let oldest = segments.first,
            queue.countBySegment[oldest.generation] == nil,
            !awaitsProjection || projected >= oldest.lastSequence
        else { return nil }
        return oldest
    }

    /// The segment at the old end, when so much room is taken by what is finished that carrying its
    /// live messages away is worth it. Where everything is live nothing is carried.
    func carriable(_ options: SpoolOptions) -> Segment? {
        guard segments.count > max(2, options.segmentsBeforeCarry), !pool.isEmpty,
            let oldest = segments.first, queue.countBySegment[oldest.generation] != nil
        else { return nil }
        let isPressed = isLowOnSpace || pool.count < 2
        let room = segments.count * (options.segmentOctets - SegmentHeader.recordsStart)
        let needed = isPressed ? queue.octets + queue.octets / 4 : 2 * queue.octets
        return room > needed + 2 * options.segmentOctets ? oldest : nil
    }

    func segment(_ generation: UInt64) -> Segment? {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].generation < generation { low = middle + 1 } else { high = middle }
        }
        guard low < segments.count, segments[low].generation == generation else { return nil }
        return segments[low]
    }
}
