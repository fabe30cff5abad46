public import SQLDatabase

/// The organisations that this installation serves.
public struct OrganisationStore: Sendable {
    let database: any SQLDatabase

    public init(database: any SQLDatabase) { self.database = database }

    /// All of them, the oldest first.
    public func all() async throws -> [Organisation] {
        try await database.read { transaction in
            try transaction.rows(
                "SELECT id, name, created_at FROM organisation ORDER BY id"
            ).map { Self.organisation($0) }
        }
    }

    /// The organisation of this number or this name; nil when there is none.
    public func find(_ text: String) async throws -> Organisation? {
        let all = try await all()
        let folded = text.lowercased()
        return all.first { $0.name.lowercased() == folded }
            ?? all.first { String($0.id.rawValue) == text }
    }

    /// Adds an organisation without domains and people.
    public func add(
        _ name: String, by actor: AuditActor, now: Int64
    ) async throws -> Organisation {
        let name = try Self.checked(name)
        return try await database.write { transaction in
            // First the row that lines up: then nobody takes the same name at the same time.
            try transaction.execute(
                "UPDATE id_block SET next = next + 1 WHERE name = 'organisation'")
            try Self.refuseTaken(name, except: nil, transaction)
            let count = try transaction.rows("SELECT COUNT(*) FROM organisation")[0].integer(0)
            guard count < PeopleLimits.organisations else {
                throw PeopleError.tooManyOrganisations
            }
            let id = try transaction.rows(
                "SELECT next - 1 FROM id_block WHERE name = 'organisation'")[0].integer(0)
            try transaction.execute(
                "INSERT INTO organisation (id, name, created_at) VALUES (?, ?, ?)",
                [.integer(id), .text(name), .integer(now)])
            let organisation = OrganisationID(rawValue: id)
            try AuditChain.append(
                AuditChange(by: actor, "organisation.add", name, after: name), to: organisation,
                at: now, in: transaction)
            return Organisation(id: organisation, name: name, createdAt: now)
        }
    }

    public func rename(
        _ organisation: OrganisationID, to name: String, by actor: AuditActor, now: Int64
    ) async throws {
        let name = try Self.checked(name)
        try await database.write { transaction in
            try transaction.execute(
                "UPDATE id_block SET next = next WHERE name = 'organisation'")
            try Self.refuseTaken(name, except: organisation, transaction)
            let owner = SQLValue.integer(organisation.rawValue)
            guard
                let old = try transaction.rows(
                    "SELECT name FROM organisation WHERE id = ?", [owner]
                ).first?.text(0), old != name
            else { return }
            try transaction.execute(
                "UPDATE organisation SET name = ? WHERE id = ?", [.text(name), owner])
            try AuditChain.append(
                AuditChange(by: actor, "organisation.rename", name, before: old, after: name),
                to: organisation, at: now, in: transaction)
        }
    }

    /// Where somebody belongs to, the oldest organisation first.
    public func memberships(of account: Int64) async throws -> [Membership] {
        try await database.read { transaction in
            try Self.memberships(of: account, limit: PeopleLimits.organisations, transaction)
        }
    }

    // MARK: Rows

    static func organisation(_ row: SQLRow) -> Organisation {
        Organisation(
            id: OrganisationID(rawValue: row.integer(0)), name: row.text(1),
            createdAt: row.integer(2))
    }

    static func memberships(
        of account: Int64, limit: Int, _ transaction: any SQLTransaction
    ) throws -> [Membership] {
        try transaction.rows(
            selectMembership + " ORDER BY o.id LIMIT ?", [.integer(account), .integer(limit)]
        ).compactMap { try membership($0, of: account, transaction) }
    }

    static func membership(
        of account: Int64, in organisation: OrganisationID, _ transaction: any SQLTransaction
    ) throws -> Membership? {
        try transaction.rows(
            selectMembership + " AND o.id = ?",
            [.integer(account), .integer(organisation.rawValue)]
        ).first.flatMap { try membership($0, of: account, transaction) }
    }

    private static let selectMembership = """
        SELECT o.id, o.name, o.created_at, m.role
        FROM membership m JOIN organisation o ON o.id = m.organisation_id
        WHERE m.account_id = ?
        """

    private static func membership(
        _ row: SQLRow, of account: Int64, _ transaction: any SQLTransaction
    ) throws -> Membership? {
        let organisation = Self.organisation(row)
        return try PeopleStore.standing(
            role: row.text(3), of: account, in: organisation.id, transaction
        ).map { Membership(organisation: organisation, standing: $0) }
    }

    private static func refuseTaken(
        _ name: String, except own: OrganisationID?, _ transaction: any SQLTransaction
    ) throws {
        // Folded here: what the two engines call lower case differs beyond ASCII.
        let folded = name.lowercased()
        try transaction.forEachRow("SELECT id, name FROM organisation", []) { row in
            if row.text(1).lowercased() == folded, row.integer(0) != own?.rawValue {
                throw PeopleError.organisationNameTaken
            }
            return true
        }
    }

    private static func checked(_ name: String) throws -> String {
        let name = PlainName.trimmed(name)
        guard (1...PeopleLimits.organisationName).contains(name.count), PlainName.isPlain(name)
        else { throw PeopleError.organisationName }
        return name
    }
}

/// Names that people give.
enum PlainName {
    static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// No control characters: PostgreSQL stores no NUL, and no control belongs in a name.
    static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
    }
}
