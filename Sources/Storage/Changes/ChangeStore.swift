public import DomainAnalysis
public import Identities
public import SQLDatabase

import FoundationEssentials

/// The changes of an organisation's DNS records, each with its state and its history.
///
/// A state changes only from the one that the caller knows: of two people who apply or undo the
/// same change at once, one does.
public struct ChangeStore: Sendable {
    /// Bounds of what is kept and read.
    public enum Limits {
        /// Changes listed at once, and events shown of one.
        public static let listed = 500
        public static let events = 500
        /// Looks at a change that are kept as events; the newest remark is always kept.
        public static let remark = 2_000
    }

    let database: any SQLDatabase
    let organisation: OrganisationID
    /// Whose acts these are, for the audit log.
    private let people: AuditActor.Kind

    /// - Parameter people: what the persons that acts name are: at a browser, or at the command
    ///   line.
    public init(
        database: any SQLDatabase, organisation: OrganisationID = .first,
        people: AuditActor.Kind = .person
    ) {
        self.database = database
        self.organisation = organisation
        self.people = people
    }

    /// The same store for acts of others than people.
    public func acting(as kind: AuditActor.Kind) -> ChangeStore {
        ChangeStore(database: database, organisation: organisation, people: kind)
    }

    private var owner: SQLValue { .integer(organisation.rawValue) }

    /// Whether a change of a policy may not be made by this person alone: the organisation wants
    /// two, no approved proposal stands behind it, and it takes nothing back.
    public func needsAnother(than person: String, for stored: StoredChange) async throws -> Bool {
        let owner = owner
        guard stored.undoOf == nil else { return false }
        let wants = try await database.read { transaction in
            try transaction.rows(
                "SELECT two_people FROM way_setting WHERE organisation_id = ?", [owner]
            ).first?.integer(0) == 1
                && transaction.rows(
                    """
                    SELECT COUNT(*) FROM way_proposal WHERE organisation_id = ? AND change_id = ?
                    """, [owner, .integer(stored.id)])[0].integer(0) == 0
        }
        // A token bears a name of its own, which says nothing about whose it is.
        return wants && (people == .token || person == stored.change.askedBy)
    }

    // MARK: Writing

    /// Keeps a change that is asked for; gives its number.
    public func add(
        _ change: ZoneChange, undoOf: Int64? = nil, remark: String = "", now: Int64
    ) async throws -> Int64 {
        let owner = owner
        let text = try Self.json(change)
        return try await database.write { transaction in
            try transaction.execute(
                "UPDATE id_block SET next = next + 1 WHERE name = 'zone_change'")
            let id = try transaction.rows(
                "SELECT next - 1 FROM id_block WHERE name = 'zone_change'")[0].integer(0)
            try transaction.execute(
                """
                INSERT INTO zone_change (id, organisation_id, domain, state, change, created_at,
                    undo_of, remark)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(id), owner, .text(change.domain.text),
                    .text(ChangeState.proposed.rawValue), .text(text), .integer(now),
                    .optional(undoOf), .text(Self.cut(remark)),
                ])
            try record(
                transaction, id,
                ChangeMove(to: .proposed, by: change.askedBy, remark: remark), now)
            return id
        }
    }

    /// Moves a change on; false, and nothing is written, when it is in none of these states.
    public func move(
        _ id: Int64, from states: Set<ChangeState>, _ move: ChangeMove, now: Int64
    ) async throws -> Bool {
        let owner = owner
        let known = states.sorted { $0.rawValue < $1.rawValue }
        let marks = Array(repeating: "?", count: known.count).joined(separator: ", ")
        guard !known.isEmpty else { return false }
        return try await database.write { transaction in
            let rows = try transaction.rows(
                """
                UPDATE zone_change SET state = ?, remark = ?, zone = COALESCE(?, zone),
                    server = COALESCE(?, server), applied_at = COALESCE(?, applied_at),
                    due_at = COALESCE(?, due_at), next_check_at = ?
                WHERE organisation_id = ? AND id = ? AND state IN (\(marks)) RETURNING id
                """,
                [
                    .text(move.state.rawValue), .text(Self.cut(move.remark)),
                    .optional(move.zone), .optional(move.server), .optional(move.appliedAt),
                    .optional(move.dueAt), .optional(move.nextCheckAt), owner, .integer(id),
                ] + known.map { .text($0.rawValue) })
            guard !rows.isEmpty else { return false }
            try record(transaction, id, move, now)
            return true
        }
    }

    /// Notes that a change was looked at and stays in its state; a remark that is new becomes part
    /// of its history.
    public func checked(
        _ id: Int64, in state: ChangeState, remark: String, nextCheckAt: Int64, now: Int64
    ) async throws {
        let owner = owner
        let remark = Self.cut(remark)
        try await database.write { transaction in
            let rows = try transaction.rows(
                """
                SELECT remark FROM zone_change WHERE organisation_id = ? AND id = ? AND state = ?
                """, [owner, .integer(id), .text(state.rawValue)])
            guard let row = rows.first else { return }
            try transaction.execute(
                """
                UPDATE zone_change SET remark = ?, checked_at = ?, next_check_at = ?
                WHERE organisation_id = ? AND id = ? AND state = ?
                """,
                [
                    .text(remark), .integer(now), .integer(nextCheckAt), owner, .integer(id),
                    .text(state.rawValue),
                ])
            if row.text(0) != remark, !remark.isEmpty {
                try record(transaction, id, ChangeMove(to: state, remark: remark), now)
            }
        }
    }

    /// Takes changes that are to be looked at, those that wait longest first, so that nobody else
    /// looks at them before `until`.
    public func claimDue(
        now: Int64, until: Int64, limit: Int
    ) async throws -> [StoredChange] {
        let owner = owner
        return try await database.write { transaction in
            let rows = try transaction.rows(
                Self.select
                    + """
                     WHERE organisation_id = ? AND next_check_at <= ?
                    ORDER BY next_check_at, id LIMIT ?
                    """,
                [owner, .integer(now), .integer(min(max(0, limit), Limits.listed))])
            var taken: [StoredChange] = []
            for row in rows {
                let won = try transaction.rows(
                    """
                    UPDATE zone_change SET next_check_at = ?
                    WHERE organisation_id = ? AND id = ? AND next_check_at <= ? RETURNING id
                    """, [.integer(until), owner, row.values[0], .integer(now)])
                if !won.isEmpty, let change = Self.change(row) { taken.append(change) }
            }
            return taken
        }
    }

    /// Adds to the change's history and, where a person acts, to the audit log.
    private func record(
        _ transaction: any SQLTransaction, _ id: Int64, _ move: ChangeMove, _ now: Int64
    ) throws {
        try transaction.execute(
            """
            INSERT INTO zone_change_event (change_id, number, organisation_id, happened_at, state,
                person, remark)
            VALUES (?, (SELECT COALESCE(MAX(number), 0) + 1 FROM zone_change_event
                WHERE change_id = ?), ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .integer(id), owner, .integer(now), .text(move.state.rawValue),
                .text(Self.cut(move.person)), .text(Self.cut(move.remark)),
            ])
        guard !move.person.isEmpty else { return }
        let domain = try transaction.rows(
            "SELECT domain FROM zone_change WHERE organisation_id = ? AND id = ?",
            [owner, .integer(id)])
        let subject = domain.first.map { "change \(id) of \($0.text(0))" } ?? "change \(id)"
        let change = AuditChange(
            by: AuditActor(people, name: Self.cut(move.person)),
            "dns.\(move.state.rawValue)", subject,
            after: move.remark.isEmpty ? nil : Self.cut(move.remark))
        try AuditChain.append(change, to: organisation, at: now, in: transaction)
    }

    /// PostgreSQL takes no text with a zero octet.
    private static func cut(_ text: String) -> String {
        var kept = ""
        for scalar in text.unicodeScalars.prefix(Limits.remark) where scalar.value != 0 {
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }

    private static func json(_ change: ZoneChange) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(change), as: UTF8.self)
    }

    // MARK: Reading

    public func change(_ id: Int64) async throws -> StoredChange? {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.select + " WHERE organisation_id = ? AND id = ?", [owner, .integer(id)]
            ).first.flatMap(Self.change)
        }
    }

    /// The newest first; page on with the last number as `before`.
    public func list(
        of domain: DomainName? = nil, limit: Int = 50, before: Int64? = nil
    ) async throws -> [StoredChange] {
        let owner = owner
        let part = domain == nil ? "" : " AND domain = ?"
        return try await database.read { transaction in
            try transaction.rows(
                Self.select
                    + " WHERE organisation_id = ? AND id < ?\(part) ORDER BY id DESC LIMIT ?",
                [owner, .integer(before ?? .max)] + (domain.map { [.text($0.text)] } ?? [])
                    + [.integer(min(max(1, limit), Limits.listed))]
            ).compactMap(Self.change)
        }
    }

    /// The newest proposal to take a change back that nobody has decided on.
    public func openUndo(of id: Int64) async throws -> StoredChange? {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.select
                    + """
                     WHERE organisation_id = ? AND undo_of = ? AND state = ?
                    ORDER BY id DESC LIMIT 1
                    """, [owner, .integer(id), .text(ChangeState.proposed.rawValue)]
            ).first.flatMap(Self.change)
        }
    }

    /// The changes of a domain whose records are watched.
    public func watched(_ domain: DomainName) async throws -> [StoredChange] {
        let owner = owner
        let states = ChangeState.watched.map(\.rawValue).sorted()
        let marks = Array(repeating: "?", count: states.count).joined(separator: ", ")
        return try await database.read { transaction in
            try transaction.rows(
                Self.select
                    + """
                     WHERE organisation_id = ? AND domain = ? AND state IN (\(marks))
                    ORDER BY id DESC LIMIT \(Limits.listed)
                    """,
                [owner, .text(domain.text)] + states.map { .text($0) }
            ).compactMap(Self.change)
        }
    }

    /// What happened to a change, the oldest first.
    public func events(of id: Int64) async throws -> [ChangeEvent] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT happened_at, state, person, remark FROM zone_change_event
                WHERE organisation_id = ? AND change_id = ?
                ORDER BY number DESC LIMIT \(Limits.events)
                """, [owner, .integer(id)]
            ).compactMap { row in
                guard let state = ChangeState(rawValue: row.text(1)) else { return nil }
                return ChangeEvent(
                    happenedAt: row.integer(0), state: state, person: row.text(2),
                    remark: row.text(3))
            }.reversed()
        }
    }

    private static let select = """
        SELECT id, change, state, zone, server, created_at, applied_at, due_at, checked_at,
            next_check_at, undo_of, remark
        FROM zone_change
        """

    private static func change(_ row: SQLRow) -> StoredChange? {
        guard let state = ChangeState(rawValue: row.text(2)),
            let change = try? JSONDecoder().decode(ZoneChange.self, from: Data(row.text(1).utf8))
        else { return nil }
        return StoredChange(
            id: row.integer(0), change: change, state: state, zone: row.optionalText(3),
            server: row.optionalText(4), createdAt: row.integer(5),
            appliedAt: row.optionalInteger(6), dueAt: row.optionalInteger(7),
            checkedAt: row.optionalInteger(8), nextCheckAt: row.optionalInteger(9),
            undoOf: row.optionalInteger(10), remark: row.text(11))
    }
}
