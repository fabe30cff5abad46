import SQLDatabase

/// Mail from one proved sender to one recipient, as it stood at some moment.
public struct Relationship: Hashable, Sendable {
    public var sender: ProvedSender
    public var recipient: String
    /// The first message, milliseconds since 1970.
    public var firstAt: Int64
    /// The last one that was there at the moment asked for.
    public var lastAt: Int64
    public var messages: Int64
}

extension MessageStore {
    /// Which relationships to read.
    public enum RelationshipScope: Hashable, Sendable {
        /// Everybody who wrote to this address.
        case to(String)
        /// Everybody that this organizational domain vouched for wrote to.
        case fromIdentity(String)
        /// Everybody whom this sender wrote to.
        case from(ProvedSender)
        /// One sender and one recipient.
        case between(ProvedSender, String)
    }

    /// Who wrote to whom, as it stood at a moment (milliseconds since 1970).
    ///
    /// Exact for every day before the moment's own; of that day's messages it counts, where some
    /// came later, only the first one, which is certain.
    public func relationships(
        _ scope: RelationshipScope, asOf moment: Int64, limit: Int = Limits.relationships
    ) async throws -> [Relationship] {
        let organisation = organisation
        let (condition, arguments) = Self.condition(scope)
        let limit = min(max(1, limit), Limits.relationships)
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT recipient, identity, sender, MIN(first_at),
                    MAX(CASE WHEN last_at <= ? THEN last_at ELSE first_at END),
                    CAST(SUM(CASE WHEN last_at <= ? THEN messages ELSE 1 END) AS BIGINT)
                FROM relationship
                WHERE organisation_id = ? AND \(condition) AND day <= ? AND first_at <= ?
                GROUP BY recipient, identity, sender
                ORDER BY recipient, identity, sender LIMIT ?
                """,
                [.integer(moment), .integer(moment), .integer(organisation.rawValue)]
                    + arguments
                    + [.integer(Self.day(of: moment)), .integer(moment), .integer(limit)]
            ).map { row in
                Relationship(
                    sender: ProvedSender(identity: row.text(1), address: row.text(2)),
                    recipient: row.text(0), firstAt: row.integer(3), lastAt: row.integer(4),
                    messages: row.integer(5))
            }
        }
    }

    private static func condition(_ scope: RelationshipScope) -> (String, [SQLValue]) {
        switch scope {
        case .to(let recipient): ("recipient = ?", [text(recipient)])
        case .fromIdentity(let identity): ("identity = ?", [text(identity)])
        case .from(let sender):
            ("identity = ? AND sender = ?", [text(sender.identity), text(sender.address)])
        case .between(let sender, let recipient):
            (
                "recipient = ? AND identity = ? AND sender = ?",
                [text(recipient), text(sender.identity), text(sender.address)]
            )
        }
    }

    private static func text(_ address: String) -> SQLValue {
        .text(StoredText.cut(address.lowercased(), to: Limits.addressOctets))
    }
}
