import Identities
import MailReports
public import SQLDatabase

/// What happened in one organisation, for who keeps it elsewhere: nothing is left out, and nothing
/// comes twice.
public struct ExportStore: Sendable {
    private let database: any SQLDatabase
    public let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    /// What comes next, in the order of each kind; empty at the end.
    ///
    /// - Parameter limit: rows at most, bounded by three times `ExportLimits.rows`.
    public func rows(after cursor: ExportCursor, limit: Int) async throws -> [ExportRow] {
        let organisation = organisation
        let owner = SQLValue.integer(organisation.rawValue)
        return try await database.read { transaction in
            var (cursor, rows) = (cursor, [ExportRow]())
            // A share for each, so that no kind waits for the end of another.
            func room(_ kindsLeft: Int) -> SQLValue {
                let rest = max(0, limit - rows.count)
                return .integer(min((rest + kindsLeft - 1) / kindsLeft, ExportLimits.rows))
            }
            for row in try transaction.rows(
                AuditStore.select
                    + " WHERE organisation_id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                [owner, .integer(cursor.audit), room(3)])
            {
                let entry = AuditStore.entry(row, organisation)
                cursor.audit = entry.sequence
                rows.append(ExportRow(content: .audit(entry), cursor: cursor))
            }
            for event in try Self.alerts(after: cursor.alert, owner, room(2), transaction) {
                cursor.alert = event.sequence
                rows.append(ExportRow(content: .alert(event), cursor: cursor))
            }
            for message in try Self.messages(after: cursor.message, owner, room(1), transaction) {
                cursor.message = message.sequence
                rows.append(ExportRow(content: .message(message), cursor: cursor))
            }
            return rows
        }
    }

    /// Behind everything that there is now.
    public func end() async throws -> ExportCursor {
        let owner = SQLValue.integer(organisation.rawValue)
        return try await database.read { transaction in
            let audit = try transaction.rows(
                "SELECT sequence FROM audit_chain WHERE organisation_id = ?", [owner])
            return ExportCursor(
                audit: audit.first?.integer(0) ?? 0,
                alert: try Recording.last(.alert, owner, transaction),
                message: try Recording.last(.message, owner, transaction))
        }
    }

    // MARK: Where somebody stands

    /// How far somebody was told; nil for who never was.
    public func position(of name: String) async throws -> ExportCursor? {
        let owner = SQLValue.integer(organisation.rawValue)
        return try await database.read { transaction in
            try Self.position(of: name, owner, transaction)
        }
    }

    /// Notes how far somebody was told.
    ///
    /// - Returns: false where it stands somewhere else than `before` by now.
    public func move(
        _ name: String, from before: ExportCursor?, to after: ExportCursor
    ) async throws -> Bool {
        let owner = SQLValue.integer(organisation.rawValue)
        return try await database.write { transaction in
            guard try Self.position(of: name, owner, transaction) == before else { return false }
            try transaction.execute(
                """
                INSERT INTO projection (organisation_id, name, position) VALUES (?, ?, ?)
                ON CONFLICT (organisation_id, name) DO UPDATE SET position = excluded.position
                """, [owner, .text(name), .text(after.description)])
            return true
        }
    }

    private static func position(
        of name: String, _ owner: SQLValue, _ transaction: any SQLTransaction
    ) throws -> ExportCursor? {
        try transaction.rows(
            "SELECT position FROM projection WHERE organisation_id = ? AND name = ?",
            [owner, .text(name)]
        ).first.flatMap { ExportCursor($0.text(0)) }
    }

    // MARK: Rows

    private static func alerts(
        after sequence: Int64, _ owner: SQLValue, _ limit: SQLValue,
        _ transaction: any SQLTransaction
    ) throws -> [RecordedAlert] {
        try transaction.rows(
            """
            SELECT a.id, a.kind, a.domain, a.place, a.what, a.evidence, a.advice, a.since_day,
                a.raised_at, a.seen_at, a.over_at, a.acknowledged_at, a.acknowledged_by,
                e.sequence, e.kind, e.happened_at
            FROM alert_event e JOIN alert a ON a.id = e.alert_id
            WHERE e.organisation_id = ? AND e.sequence > ? ORDER BY e.sequence LIMIT ?
            """, [owner, .integer(sequence), limit]
        ).compactMap { row in
            guard let alert = AlertStore.alert(row),
                let kind = RecordedAlert.Kind(rawValue: row.text(14))
            else { return nil }
            return RecordedAlert(
                sequence: row.integer(13), kind: kind, happenedAt: row.integer(15), alert: alert)
        }
    }

    private static func messages(
        after sequence: Int64, _ owner: SQLValue, _ limit: SQLValue,
        _ transaction: any SQLTransaction
    ) throws -> [RecordedMessage] {
        // Messages that were forgotten meanwhile are told no more.
        try transaction.rows(
            """
            SELECT r.sequence, m.id, m.received_at, m.state, m.reason, m.stands_for, m.record
            FROM message_recorded r JOIN message m ON m.id = r.message_id
            WHERE r.organisation_id = ? AND r.sequence > ? ORDER BY r.sequence LIMIT ?
            """, [owner, .integer(sequence), limit]
        ).map { row in
            RecordedMessage(
                sequence: row.integer(0),
                message: StoredMessage(
                    id: row.integer(1), receivedAt: row.integer(2),
                    state: MessageState(rawValue: row.integer(3)) ?? .waiting,
                    reason: row.text(4), standsFor: row.integer(5), record: row.blob(6)))
        }
    }
}

extension AccountStore {
    /// What happened in an organisation, to be kept elsewhere.
    public func export(of organisation: OrganisationID) -> ExportStore {
        ExportStore(database: database, organisation: organisation)
    }
}
