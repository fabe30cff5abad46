import SQLDatabase

/// Writes a batch: new rows table by table in the order of their keys, changed rows many at a time.
struct MessageBatchWriter {
    let transaction: any SQLTransaction
    let organisation: OrganisationID

    private var owner: SQLValue { .integer(organisation.rawValue) }

    /// - Parameter skippingKnown: leaves out messages and events that are there already.
    func write(_ batch: MessageBatch, skippingKnown: Bool) throws {
        let known = skippingKnown ? try self.known(in: batch) : []
        let messages = batch.messages.filter { !known.contains($0.entry.id) }
        try insertTerms(messages)
        try insertEvents(
            skippingKnown ? try unknownEvents(of: batch, known) : batch.events)
        try update(batch.changes)
        for move in batch.moves { try carryOut(move) }
        for late in batch.lateTerms { try insertLate(late.term, of: late.messageID) }
        try batch.tally.write(to: transaction, organisation)
        try insert(messages)
        try number(messages)
    }

    // MARK: New rows

    /// Gives messages their numbers in the order of recording; the last step, since other writers
    /// wait from here on until the transaction ends.
    private func number(_ messages: [MessageBatch.Pending]) throws {
        guard !messages.isEmpty else { return }
        let first = try Recording.next(.message, count: messages.count, owner, transaction)
        var values: [SQLValue] = []
        values.reserveCapacity(messages.count * 3)
        for (index, message) in messages.enumerated() {
            values += [owner, .integer(first + Int64(index)), .integer(message.entry.id)]
        }
        try transaction.insert(
            into: "message_recorded", columns: ["organisation_id", "sequence", "message_id"],
            values: values)
    }

    private func insert(_ messages: [MessageBatch.Pending]) throws {
        let sorted = messages.sorted { $0.entry.id < $1.entry.id }
        var values: [SQLValue] = []
        values.reserveCapacity(sorted.count * 7)
        var recipients: [SQLValue] = []
        recipients.reserveCapacity(sorted.count * 8)
        for message in sorted {
            let entry = message.entry
            values.append(.integer(entry.id))
            values.append(owner)
            values.append(.integer(entry.receivedAt))
            values.append(.integer(entry.state.rawValue))
            values.append(.text(StoredText.cut(entry.reason, to: MessageStore.Limits.reasonOctets)))
            values.append(.integer(max(1, entry.standsFor)))
            values.append(.blob(entry.record))
            for (position, recipient) in message.recipients.enumerated() {
                recipients.append(.integer(entry.id))
                recipients.append(.integer(position))
                recipients.append(owner)
                recipients.append(.text(recipient.address))
                recipients.append(.integer(recipient.state.rawValue))
                recipients.append(.integer(recipient.updatedAt))
                recipients.append(.optional(recipient.host))
                recipients.append(.optional(recipient.reply))
            }
        }
        try transaction.insert(
            into: "message",
            columns: [
                "id", "organisation_id", "received_at", "state", "reason", "stands_for", "record",
            ], values: values)
        try transaction.insert(
            into: "message_recipient",
            columns: [
                "message_id", "position", "organisation_id", "address", "state", "updated_at",
                "host", "reply",
            ], values: recipients)
    }

    private func insertTerms(_ messages: [MessageBatch.Pending]) throws {
        var terms: [(day: Int64, term: Int64, message: Int64)] = []
        terms.reserveCapacity(messages.count * 16)
        for message in messages {
            let day = MessageStore.day(of: message.entry.receivedAt)
            var seen: Set<SearchTerm> = []
            seen.reserveCapacity(message.entry.terms.count)
            for term in message.entry.terms.prefix(MessageStore.Limits.terms)
            where seen.insert(term).inserted {
                terms.append((day, term.code, message.entry.id))
            }
        }
        // In the order of the key, neighbours go to the same page of the tree.
        terms.sort { ($0.day, $0.term, $0.message) < ($1.day, $1.term, $1.message) }
        var values: [SQLValue] = []
        values.reserveCapacity(terms.count * 4)
        for term in terms {
            values.append(owner)
            values.append(.integer(term.day))
            values.append(.integer(term.term))
            values.append(.integer(term.message))
        }
        try transaction.insert(
            into: "message_term", columns: ["organisation_id", "day", "term", "message_id"],
            values: values)
    }

    /// A term that its message got later; the message may be gone.
    private func insertLate(_ term: SearchTerm, of message: Int64) throws {
        let found = try transaction.rows(
            "SELECT received_at FROM message WHERE id = ? AND organisation_id = ?",
            [.integer(message), owner])
        guard let row = found.first else { return }
        try transaction.execute(
            """
            INSERT INTO message_term (organisation_id, day, term, message_id)
            VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                owner, .integer(MessageStore.day(of: row.integer(0))), .integer(term.code),
                .integer(message),
            ])
    }

    private func insertEvents(_ events: [MessageEvent]) throws {
        var values: [SQLValue] = []
        values.reserveCapacity(events.count * 10)
        for event in events {
            values.append(.integer(event.messageID))
            values.append(.integer(event.number))
            values.append(owner)
            values.append(.integer(event.happenedAt))
            values.append(.integer(event.kind.rawValue))
            values.append(.text(PositionList.render(event.recipients)))
            values.append(.optional(event.host))
            values.append(.optional(event.reply))
            values.append(.optional(event.detail))
            values.append(.optional(event.nextAt))
        }
        try transaction.insert(
            into: "message_event",
            columns: [
                "message_id", "number", "organisation_id", "happened_at", "kind", "recipients",
                "host", "reply", "detail", "next_at",
            ], values: values)
    }

    // MARK: What is there already

    private func known(in batch: MessageBatch) throws -> Set<Int64> {
        var known: Set<Int64> = []
        for message in batch.messages {
            let found = try transaction.rows(
                "SELECT id FROM message WHERE id = ?", [.integer(message.entry.id)])
            if !found.isEmpty { known.insert(message.entry.id) }
        }
        return known
    }

    private func unknownEvents(
        of batch: MessageBatch, _ known: Set<Int64>
    ) throws -> [MessageEvent] {
        var seen: Set<[Int64]> = []
        return try batch.events.filter { event in
            guard seen.insert([event.messageID, event.number]).inserted else { return false }
            return try transaction.rows(
                "SELECT number FROM message_event WHERE message_id = ? AND number = ?",
                [.integer(event.messageID), .integer(event.number)]
            ).isEmpty
        }
    }

    // MARK: Changed rows

    /// Rows changed by one statement; the last one is repeated to fill it, so that there is only
    /// one statement to prepare.
    private static let changedAtOnce = 64

    private static let updateRecipients: String = {
        let row =
            "(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), "
            + "CAST(? AS TEXT), CAST(? AS TEXT))"
        let rows = Array(repeating: row, count: changedAtOnce).joined(separator: ", ")
        return """
            WITH changed (message_id, position, state, updated_at, host, reply) AS (VALUES \(rows))
            UPDATE message_recipient SET
                state = CASE WHEN changed.state = \(MessageState.waiting.rawValue)
                    THEN message_recipient.state ELSE changed.state END,
                updated_at = changed.updated_at, host = changed.host, reply = changed.reply
            FROM changed WHERE message_recipient.message_id = changed.message_id
                AND message_recipient.position = changed.position
            """
    }()

    private func update(_ changes: [MessageBatch.Change]) throws {
        let size = Self.changedAtOnce
        for start in stride(from: 0, to: changes.count, by: size) {
            var values: [SQLValue] = []
            values.reserveCapacity(size * 6)
            for offset in 0..<size {
                let change = changes[min(start + offset, changes.count - 1)]
                values.append(.integer(change.place.messageID))
                values.append(.integer(change.place.position))
                values.append(.integer(change.recipient.state.rawValue))
                values.append(.integer(change.recipient.updatedAt))
                values.append(.optional(change.recipient.host))
                values.append(.optional(change.recipient.reply))
            }
            try transaction.execute(Self.updateRecipients, values)
        }
    }

    /// What happened to all recipients of a message that were not settled.
    private func carryOut(_ move: MessageBatch.Move) throws {
        guard let (from, to) = move.kind.move else { return }
        let marks = Array(repeating: "?", count: from.count).joined(separator: ", ")
        try transaction.execute(
            """
            UPDATE message_recipient SET state = ?, updated_at = ?
            WHERE message_id = ? AND organisation_id = ? AND state IN (\(marks))
            """,
            [.integer(to.rawValue), .integer(move.at), .integer(move.messageID), owner]
                + from.map { .integer($0.rawValue) })
    }
}
