import Synchronization

extension SpoolCore {
    /// Copies live messages of the oldest segment to the end of the log, as many as one write
    /// takes, when too much of the log is about finished ones. Whether there may be more to do.
    package func carry() -> Bool {
        guard let oldest = shared.withLock({ $0.carriable(options) }) else { return false }
        return log.withLock { log in
            guard log.first == nil else { return false }
            if log.carried.generation != oldest.generation {
                log.carried = (oldest.generation, SegmentHeader.recordsStart)
            }
            guard let found = try? collect(oldest, from: log.carried.offset) else { return false }
            for error in commit(found.submissions, &log) where error != nil { return false }
            log.carried.offset = found.next
            if found.next >= oldest.end {
                // Once more from the beginning, should one have been left out.
                log.carried = (0, 0)
            }
            return true
        }
    }

    /// Live messages of a segment from an offset on, about a quarter of a write.
    private func collect(
        _ segment: Segment, from offset: Int
    ) throws(DiskError) -> (submissions: [Submission], next: Int) {
        var walk = RecordWalk(
            segment.file, marker: segment.marker, from: offset, to: segment.end)
        var submissions: [Submission] = []
        var octets = 0
        while octets < options.batchOctets / 4 {
            guard let record = try walk.next() else {
                if submissions.isEmpty { submissions = try leftOver(segment) }
                return (submissions, segment.end)
            }
            guard record.header.kind == .accepted || record.header.kind == .carried,
                let id = Self.identifier(of: record),
                let message = shared.withLock({ $0.queue.messages[id] }),
                message.location.generation == segment.generation,
                message.location.content == record.contentOffset
            else { continue }
            let submission = try carrying(message, segment)
            octets += submission.octets
            submissions.append(submission)
        }
        return (submissions, walk.offset)
    }

    /// Live messages of a segment whose records the disk does not give back any more.
    private func leftOver(_ segment: Segment) throws(DiskError) -> [Submission] {
        let messages = shared.withLock { shared in
            shared.queue.messages.values.filter { $0.location.generation == segment.generation }
                .prefix(100)
        }
        var submissions: [Submission] = []
        for message in messages { submissions.append(try carrying(message, segment)) }
        return submissions
    }

    private static func identifier(of record: StoredRecord) -> QueueIdentifier? {
        let skipped = record.header.kind == .carried ? CarriedBody.acceptanceOffset : 0
        var reader = OctetReader(Array(record.body.dropFirst(skipped).prefix(8)))
        return reader.integer(UInt64.self).map(QueueIdentifier.init)
    }

    private func carrying(
        _ message: LiveMessage, _ segment: Segment
    ) throws(DiskError) -> Submission {
        let place = message.location
        let acceptance = try segment.file.read(place.body..<(place.body + place.bodyCount))
        let inline = place.prefixCount + (place.isFile ? 0 : place.contentCount)
        let content = try segment.file.read(place.content..<(place.content + inline))
        let isWhole = try ContentDigest.isWhole(
            place, id: message.id, segment.file, disk, largeFolder)
        guard isWhole, content.count == inline else {
            return .changes([
                .lost(id: message.id, at: options.now(), why: "its content was damaged")
            ])
        }
        let record = Submission.Record(
            kind: .carried, body: CarriedBody.encode(message, acceptance: acceptance),
            content: content, effect: .carry(message, acceptanceCount: acceptance.count))
        return Submission([record])
    }
}
