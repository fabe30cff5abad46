/// Goes through the records of the log from the oldest on and makes the queue of them again.
///
/// Only the last write may be incomplete: the one before was durable before it began. What is
/// missing earlier was lost by the disk.
struct LogReplay {
    private(set) var queue = LiveQueue()
    private(set) var segments: [Segment] = []
    private(set) var lastSequence: UInt64 = 0
    private(set) var chain = ChainValue.zero
    private(set) var wasClosed = true
    /// Numbers missing among writes that succeeded, and not recorded by an earlier start.
    private(set) var gaps: [ClosedRange<UInt64>] = []
    /// Numbers missing in the last write.
    private(set) var torn: [ClosedRange<UInt64>] = []
    private(set) var tornRecords = 0
    /// Records of the last write whose content is not whole: to be overwritten.
    private(set) var dropped: [StoredRecord] = []
    /// Where the last write begins in the last segment.
    private(set) var lastBatchStart: Int?
    /// Acceptances with their times, those of the last moments.
    private(set) var recent: [(time: Int64, id: QueueIdentifier, recipients: Int)] = []

    private let window: Int64
    private(set) var recorded: [ClosedRange<UInt64>] = []
    /// The records of the write that is being read: only the end shows whether it is the last.
    private var batch: [StoredRecord] = []
    private var batchFirst: UInt64 = 0
    private var batchGap: [ClosedRange<UInt64>] = []
    private var lastTime: Int64 = 0

    /// `isWhole` reads a content and compares its digest.
    init(
        _ image: LogImage, window: Int64,
        isWhole: (MessageLocation, QueueIdentifier, SegmentFile) throws(DiskError) -> Bool
    ) throws(DiskError) {
        self.window = window
        for part in image.parts { try read(part) }
        try finish(isWhole)
    }

    private mutating func read(_ part: LogImage.Part) throws(DiskError) {
        // The records of a write lie in one segment: that this one was begun shows that the write
        // before succeeded.
        settle()
        segments.append(Segment(file: part.file, header: part.header))
        if lastSequence == 0 {
            lastSequence = part.header.firstSequence - 1
            chain = part.header.chain
        }
        if part.header.firstSequence > lastSequence + 1 {
            addGap((lastSequence + 1)...(part.header.firstSequence - 1))
            lastSequence = part.header.firstSequence - 1
            chain = part.header.chain
        }
        var walk = RecordWalk(
            part.file, marker: part.header.marker, from: SegmentHeader.recordsStart, to: part.limit)
        while let record = try walk.next() { take(record) }
        let last = segments.count - 1
        segments[last].lastSequence = max(segments[last].lastSequence, lastSequence)
    }

    private mutating func take(_ record: StoredRecord) {
        let header = record.header
        let last = segments.count - 1
        guard header.sequence > lastSequence else {
            // A second record of a number does not count. It is not written over either: should the
            // first be dropped, the next start would read this one, and pass over what lay in it.
            segments[last].end = max(segments[last].end, Self.roundUp(record.end))
            return
        }
        if header.batchFirst > batchFirst { settle() }
        if header.batchFirst > lastSequence + 1 {
            addGap((lastSequence + 1)...(header.batchFirst - 1))
            lastSequence = header.batchFirst - 1
        }
        if header.sequence > lastSequence + 1 {
            batchGap.append((lastSequence + 1)...(header.sequence - 1))
        }
        batchFirst = header.batchFirst
        batch.append(record)
        lastSequence = header.sequence
        chain = record.value
        segments[last].note(header.sequence, at: record.offset)
        segments[last].end = Self.roundUp(record.end)
        segments[last].lastSequence = header.sequence
    }

    /// The write that was being read succeeded. Whether records are missing at its end shows the
    /// number that the next begins with.
    private mutating func settle() {
        for gap in batchGap { addGap(gap) }
        for record in batch { apply(record) }
        batch.removeAll(keepingCapacity: true)
        batchGap = []
    }

    /// The end of the log: of the last write only what is whole counts, contents included. The
    /// numbers of the others are not given again.
    private mutating func finish(
        _ isWhole: (MessageLocation, QueueIdentifier, SegmentFile) throws(DiskError) -> Bool
    ) throws(DiskError) {
        if let end = batch.last?.header, let file = segments.last?.file {
            torn = batchGap
            for record in batch {
                let message: LiveMessage? =
                    switch record.header.kind {
                    case .accepted: accepted(record)?.1
                    case .carried: carried(record)
                    default: nil
                    }
                let hasContent =
                    try message.map { message throws(DiskError) in
                        try isWhole(message.location, message.id, file)
                    } ?? true
                if hasContent {
                    apply(record)
                } else {
                    dropped.append(record)
                    torn.append(record.header.sequence...record.header.sequence)
                }
            }
            lastSequence = end.batchFirst + UInt64(end.batchCount) - 1
            if lastSequence > end.sequence { torn.append((end.sequence + 1)...lastSequence) }
            tornRecords = torn.reduce(0) { $0 + $1.count }
            lastBatchStart = batch[0].offset & ~(SegmentHeader.sectorOctets - 1)
            segments[segments.count - 1].lastSequence = lastSequence
            if !dropped.isEmpty { wasClosed = false }
        }
        gaps = Self.subtract(recorded, from: gaps)
        recent.removeAll { $0.time < lastTime &- window }
    }

    private mutating func apply(_ record: StoredRecord) {
        wasClosed = record.header.kind == .closed
        lastTime = record.header.time
        let number = record.header.sequence
        switch record.header.kind {
        case .accepted:
            guard let (summary, message) = accepted(record) else { return addGap(number...number) }
            queue.insert(message)
            recent.append((record.header.time, summary.id, summary.recipients))
            if recent.count > SpoolLimits.recentAcceptances {
                recent.removeFirst(recent.count / 2)
            }
        case .carried:
            guard let message = carried(record) else { return addGap(number...number) }
            queue.insert(message)
        case .changed:
            guard let change = QueueChange(encoded: record.body) else {
                return addGap(number...number)
            }
            _ = queue.apply(change)
        case .recovered:
            guard let note = RecoveryNote(encoded: record.body) else { return }
            recorded += note.gaps
        case .closed:
            break
        }
    }

    private func accepted(_ record: StoredRecord) -> (AcceptanceSummary, LiveMessage)? {
        var reader = OctetReader(record.body)
        guard let summary = AcceptanceSummary(&reader),
            let location = location(
                record, summary, body: record.bodyOffset, count: record.header.bodyCount)
        else { return nil }
        let message = LiveMessage(summary, acceptedAt: record.header.time, location: location)
        return (summary, message)
    }

    private func carried(_ record: StoredRecord) -> LiveMessage? {
        guard let body = CarriedBody(record.body) else { return nil }
        var reader = OctetReader(Array(body.acceptance))
        guard let summary = AcceptanceSummary(&reader), summary.recipients == body.recipients.count,
            let location = location(
                record, summary, body: record.bodyOffset + CarriedBody.acceptanceOffset,
                count: body.acceptance.count)
        else { return nil }
        var message = LiveMessage(summary, acceptedAt: body.acceptedAt, location: location)
        message.holdReason = body.holdReason
        message.recipients = body.recipients
        return message
    }

    private func location(
        _ record: StoredRecord, _ summary: AcceptanceSummary, body: Int, count: Int
    ) -> MessageLocation? {
        guard let segment = segments.last, record.header.contentCount == summary.inlineCount
        else { return nil }
        return MessageLocation(
            generation: segment.generation, body: body, bodyCount: count,
            content: record.contentOffset, prefixCount: summary.prefixCount,
            contentCount: summary.contentCount, isFile: summary.isFile,
            octets: record.header.octets)
    }

    private mutating func addGap(_ gap: ClosedRange<UInt64>) {
        guard gaps.count >= SpoolLimits.listedGaps, let last = gaps.popLast() else {
            gaps.append(gap)
            return
        }
        gaps.append(min(last.lowerBound, gap.lowerBound)...max(last.upperBound, gap.upperBound))
    }

    static func roundUp(_ offset: Int) -> Int {
        (offset + SegmentHeader.sectorOctets - 1) & ~(SegmentHeader.sectorOctets - 1)
    }

    /// What is left of the gaps without the recorded ones.
    static func subtract(
        _ recorded: [ClosedRange<UInt64>], from gaps: [ClosedRange<UInt64>]
    ) -> [ClosedRange<UInt64>] {
        guard !recorded.isEmpty else { return gaps }
        let known = recorded.sorted { $0.lowerBound < $1.lowerBound }
        var left: [ClosedRange<UInt64>] = []
        for gap in gaps {
            var from = gap.lowerBound
            var isLeft = true
            for range in known where range.upperBound >= from && range.lowerBound <= gap.upperBound
            {
                if range.lowerBound > from { left.append(from...(range.lowerBound - 1)) }
                guard range.upperBound < gap.upperBound else {
                    isLeft = false
                    break
                }
                from = range.upperBound + 1
            }
            if isLeft { left.append(from...gap.upperBound) }
        }
        return left
    }
}
