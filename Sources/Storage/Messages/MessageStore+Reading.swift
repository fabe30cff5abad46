public import MailReports
import SQLDatabase

extension MessageStore {
    /// One message with what became of it; nil when it is not there, or not any more.
    public func history(of id: Int64) async throws -> MessageHistory? {
        let organisation = organisation
        return try await database.read { transaction in
            let found = try transaction.rows(
                "SELECT \(Self.columns) FROM message WHERE id = ? AND organisation_id = ?",
                [.integer(id), .integer(organisation.rawValue)])
            guard let message = found.first.map(Self.message) else { return nil }
            return MessageHistory(
                message: message, recipients: try Self.recipients(of: id, transaction),
                events: try Self.events(of: id, transaction))
        }
    }

    /// One message alone.
    public func message(_ id: Int64) async throws -> StoredMessage? {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                "SELECT \(Self.columns) FROM message WHERE id = ? AND organisation_id = ?",
                [.integer(id), .integer(organisation.rawValue)]
            ).first.map(Self.message)
        }
    }

    private static func recipients(
        of id: Int64, _ transaction: any SQLTransaction
    ) throws -> [MessageRecipient] {
        try transaction.rows(
            """
            SELECT position, address, state, updated_at, host, reply FROM message_recipient
            WHERE message_id = ? ORDER BY position LIMIT ?
            """, [.integer(id), .integer(Limits.recipients)]
        ).map { row in
            MessageRecipient(
                position: Int(row.integer(0)), address: row.text(1),
                state: MessageState(rawValue: row.integer(2)) ?? .waiting,
                updatedAt: row.integer(3), host: row.optionalText(4), reply: row.optionalText(5))
        }
    }

    private static func events(
        of id: Int64, _ transaction: any SQLTransaction
    ) throws -> [MessageEvent] {
        try transaction.rows(
            """
            SELECT number, happened_at, kind, recipients, host, reply, detail, next_at
            FROM message_event WHERE message_id = ? ORDER BY number DESC LIMIT ?
            """, [.integer(id), .integer(Limits.events)]
        ).compactMap { row in
            MessageEvent.Kind(rawValue: row.integer(2)).map { kind in
                MessageEvent(
                    messageID: id, number: row.integer(0), happenedAt: row.integer(1), kind: kind,
                    recipients: PositionList.parse(row.text(3), limit: Limits.recipients),
                    host: row.optionalText(4), reply: row.optionalText(5),
                    detail: row.optionalText(6), nextAt: row.optionalInteger(7))
            }
        }.reversed()
    }

    /// What happened on some days, added up.
    public func counts(_ days: ClosedRange<UTCDay>) async throws -> [MessageCount] {
        let organisation = organisation
        let first = max(days.lowerBound.number, days.upperBound.number - Limits.days + 1)
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT day, kind, reason, messages FROM message_day
                WHERE organisation_id = ? AND day >= ? AND day <= ? ORDER BY day, kind, reason
                """,
                [
                    .integer(organisation.rawValue), .integer(first),
                    .integer(days.upperBound.number),
                ]
            ).compactMap { row in
                MessageCount.Kind(rawValue: row.integer(1)).map { kind in
                    MessageCount(
                        day: UTCDay(number: Int(row.integer(0))), kind: kind, reason: row.text(2),
                        messages: row.integer(3))
                }
            }
        }
    }
}
