extension LogSnapshot {
    /// Counts what became of the recipients accepted on a day, and compares what should still be
    /// there with what is.
    package func balance(_ day: UTCDay) throws(SpoolError) -> DayBalance {
        var fold = BalanceFold(day: day)
        do throws(DiskError) {
            try forEachRecord(since: day) { record throws(DiskError) in fold.take(record) }
        } catch {
            throw error.asSpoolError
        }
        return fold.finish(queue)
    }

    /// Verifies that every record continues the one before.
    package func verifyChain() throws(SpoolError) -> ChainVerification {
        var result = ChainVerification()
        var gaps: [ClosedRange<UInt64>] = []
        var recorded: [ClosedRange<UInt64>] = []
        var before: (sequence: UInt64, value: ChainValue) = (0, .zero)
        do throws(DiskError) {
            try forEachRecord(since: nil) { record throws(DiskError) in
                let sequence = record.header.sequence
                if result.first == 0 {
                    result.first = sequence
                    // Journals of old days may have been taken away: the chain begins where it
                    // does.
                    if sequence > 1 { before = (sequence - 1, record.header.previous) }
                }
                if sequence == before.sequence + 1 {
                    if record.header.previous == before.value {
                        result.verified += 1
                    } else if result.broken.count < SpoolLimits.listedGaps {
                        result.broken.append(sequence)
                    }
                } else if gaps.count < SpoolLimits.listedGaps {
                    gaps.append((before.sequence + 1)...(sequence - 1))
                }
                before = (sequence, record.value)
                if record.header.kind == .recovered,
                    let note = RecoveryNote(encoded: record.body)
                {
                    recorded += note.gaps
                }
            }
        } catch {
            throw error.asSpoolError
        }
        result.last = before.sequence
        result.gaps = LogReplay.subtract(recorded, from: gaps)
        result.recordedGaps = LogReplay.subtract(result.gaps, from: gaps)
        return result
    }
}

/// Follows the messages of one day through all records.
struct BalanceFold {
    private var balance: DayBalance
    /// Those with recipients whose outcome is open.
    private var open: [QueueIdentifier: LiveMessage] = [:]

    init(day: UTCDay) { balance = DayBalance(day: day) }

    mutating func take(_ record: StoredRecord) {
        switch record.header.kind {
        case .accepted:
            var reader = OctetReader(record.body)
            guard UTCDay(containing: record.header.time) == balance.day,
                let summary = AcceptanceSummary(&reader)
            else { return }
            balance.messages += 1
            balance.accepted += summary.recipients
            let nowhere = MessageLocation(
                generation: 0, body: 0, bodyCount: 0, content: 0, prefixCount: 0, contentCount: 0,
                isFile: false, octets: 0)
            let message = LiveMessage(
                summary, acceptedAt: record.header.time, location: nowhere)
            if !message.isFinal { open[message.id] = message }
        case .changed:
            guard let change = QueueChange(encoded: record.body) else { return }
            if case .duplicateRisk(let id, let positions, _, _) = change {
                // The message may be finished; its identifier tells when it came.
                risk(id, positions)
            }
            guard let index = open.index(forKey: change.id) else { return }
            open.values[index].apply(change)
            if open.values[index].isFinal { count(open.remove(at: index).value) }
        case .carried, .recovered, .closed:
            break
        }
    }

    mutating func finish(_ queue: LiveQueue) -> DayBalance {
        for message in open.values.sorted(by: { $0.id < $1.id }) {
            count(message)
            if queue.messages[message.id] == nil { balance.missing.append(message.id) }
        }
        for message in queue.messages.values
        where UTCDay(containing: message.acceptedAt) == balance.day && open[message.id] == nil {
            balance.unexplained.append(message.id)
        }
        balance.unexplained.sort()
        return balance
    }

    private mutating func risk(_ id: QueueIdentifier, _ positions: [Int]) {
        let isOfDay = UTCDay(containing: Int64(id.rawValue >> 20)) == balance.day
        guard open[id] != nil || isOfDay else { return }
        balance.duplicateRisks += positions.count
        for position in positions { Self.list(&balance.riskedRecipients, id, position) }
    }

    private mutating func count(_ message: LiveMessage) {
        for (position, recipient) in message.recipients.enumerated() {
            switch recipient.status {
            case .delivered:
                balance.delivered += 1
            case .failed, .bounced:
                balance.failed += 1
                Self.list(&balance.failedRecipients, message.id, position)
            case .deleted:
                balance.deleted += 1
                Self.list(&balance.deletedRecipients, message.id, position)
            case .lost:
                balance.lost += 1
                Self.list(&balance.lostRecipients, message.id, position)
            case .queued where message.holdReason != nil:
                balance.held += 1
                Self.list(&balance.heldRecipients, message.id, position)
            case .queued:
                balance.queued += 1
                Self.list(&balance.queuedRecipients, message.id, position)
            }
        }
    }

    private static func list(
        _ entries: inout [DayBalance.Entry], _ id: QueueIdentifier, _ position: Int
    ) {
        guard entries.count < SpoolLimits.listedRecipients else { return }
        entries.append(DayBalance.Entry(id: id, recipient: position))
    }
}
