public import SQLDatabase

import Identities

/// The people of one organisation, and who may become one.
public struct PeopleStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID) {
        self.database = database
        self.organisation = organisation
    }

    var owner: SQLValue { .integer(organisation.rawValue) }

    /// Everybody, by name.
    public func members() async throws -> [Member] {
        let (owner, organisation) = (owner, organisation)
        return try await database.read { transaction in
            try transaction.rows(
                Self.selectMember + " WHERE m.organisation_id = ? ORDER BY a.folded_name", [owner]
            ).compactMap { try Self.member($0, organisation, transaction) }
        }
    }

    /// A member by number; nil when nobody of this organisation has it.
    public func member(_ account: Int64) async throws -> Member? {
        let organisation = organisation
        return try await database.read { transaction in
            try Self.member(account, organisation, transaction)
        }
    }

    /// A member by name, in any case.
    public func member(named name: String) async throws -> Member? {
        let folded = PlainName.trimmed(name).lowercased()
        return try await members().first { $0.account.name.lowercased() == folded }
    }

    /// Gives a member another role or other domains.
    ///
    /// - Returns: the entry of the log, by which it can be undone; nil when it was so already.
    @discardableResult
    public func change(
        _ account: Int64, to standing: Standing, by actor: AuditActor, now: Int64
    ) async throws -> AuditEntry? {
        try Self.check(standing)
        let organisation = organisation
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard let member = try Self.member(account, organisation, transaction) else {
                throw PeopleError.unknownMember
            }
            guard member.standing != standing else { return nil }
            if standing.role != .owner { try Self.keepAnOwner(member, organisation, transaction) }
            try Self.write(standing, of: account, in: organisation, since: nil, transaction)
            return try AuditChain.append(
                AuditChange(
                    by: actor, "member.role", Self.subject(member.account),
                    before: member.standing.description, after: standing.description),
                to: organisation, at: now, in: transaction)
        }
    }

    /// Takes somebody out of the organisation. The account and its other organisations stay.
    @discardableResult
    public func remove(
        _ account: Int64, by actor: AuditActor, now: Int64
    ) async throws -> AuditEntry {
        let organisation = organisation
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard let member = try Self.member(account, organisation, transaction) else {
                throw PeopleError.unknownMember
            }
            try Self.keepAnOwner(member, organisation, transaction)
            try Self.erase(account, in: organisation, transaction)
            return try AuditChain.append(
                AuditChange(
                    by: actor, "member.remove", Self.subject(member.account),
                    before: member.standing.description),
                to: organisation, at: now, in: transaction)
        }
    }

    /// Undoes a change of a role or a removal, if nothing has changed since.
    @discardableResult
    public func undo(
        _ sequence: Int64, by actor: AuditActor, now: Int64
    ) async throws -> AuditEntry {
        let organisation = organisation
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard let entry = try AuditStore.entry(sequence, organisation, transaction),
                let account = Self.account(ofSubject: entry.change.subject),
                let before = entry.change.before.flatMap({ Standing($0) }),
                entry.change.act == "member.role" || entry.change.act == "member.remove",
                try Self.hasAccount(account, transaction)
            else { throw PeopleError.cannotBeUndone }
            let member = try Self.member(account, organisation, transaction)
            guard member?.standing.description == entry.change.after else {
                throw PeopleError.cannotBeUndone
            }
            if let member, before.role != .owner {
                try Self.keepAnOwner(member, organisation, transaction)
            }
            try Self.write(
                before, of: account, in: organisation, since: member == nil ? now : nil,
                transaction)
            return try AuditChain.append(
                AuditChange(
                    by: actor, "member.undo", entry.change.subject, before: entry.change.after,
                    after: before.description), to: organisation, at: now, in: transaction)
        }
    }
}

// MARK: Rows

extension PeopleStore {
    static let selectMember = """
        SELECT a.id, a.name, a.created_at, m.role, m.since,
            (SELECT COUNT(*) FROM second_factor s
                WHERE s.account_id = a.id AND s.confirmed_at IS NOT NULL),
            CASE WHEN a.password = '' THEN 0 ELSE 1 END,
            (SELECT COUNT(*) FROM provider_identity p WHERE p.account_id = a.id)
        FROM membership m JOIN account a ON a.id = m.account_id
        """

    static func member(
        _ account: Int64, _ organisation: OrganisationID, _ transaction: any SQLTransaction
    ) throws -> Member? {
        try transaction.rows(
            selectMember + " WHERE m.organisation_id = ? AND m.account_id = ?",
            [.integer(organisation.rawValue), .integer(account)]
        ).first.flatMap { try member($0, organisation, transaction) }
    }

    private static func member(
        _ row: SQLRow, _ organisation: OrganisationID, _ transaction: any SQLTransaction
    ) throws -> Member? {
        let account = Account(id: row.integer(0), name: row.text(1), createdAt: row.integer(2))
        guard
            let standing = try Self.standing(
                role: row.text(3), of: account.id, in: organisation, transaction)
        else { return nil }
        return Member(
            account: account, standing: standing, since: row.integer(4),
            hasSecondStep: row.flag(5), hasPassword: row.flag(6), hasProvider: row.flag(7))
    }

    /// A role as stored, with its domains; nil for a role that this program does not know: then
    /// nothing is allowed.
    static func standing(
        role: String, of account: Int64, in organisation: OrganisationID,
        _ transaction: any SQLTransaction
    ) throws -> Standing? {
        guard let role = Role(rawValue: role) else { return nil }
        guard role == .domainOwner else { return Standing(role) }
        let rows = try transaction.rows(
            """
            SELECT domain FROM membership_domain WHERE account_id = ? AND organisation_id = ?
            """, [.integer(account), .integer(organisation.rawValue)])
        return Standing(role, domains: rows.compactMap { DomainName($0.text(0)) })
    }

    /// - Parameter since: for somebody who was no member before.
    static func write(
        _ standing: Standing, of account: Int64, in organisation: OrganisationID, since: Int64?,
        _ transaction: any SQLTransaction
    ) throws {
        let key: [SQLValue] = [.integer(account), .integer(organisation.rawValue)]
        if let since {
            try transaction.execute(
                """
                INSERT INTO membership (account_id, organisation_id, role, since)
                VALUES (?, ?, ?, ?)
                """, key + [.text(standing.role.rawValue), .integer(since)])
        } else {
            try transaction.execute(
                "UPDATE membership SET role = ? WHERE account_id = ? AND organisation_id = ?",
                [.text(standing.role.rawValue)] + key)
        }
        try transaction.execute(
            "DELETE FROM membership_domain WHERE account_id = ? AND organisation_id = ?", key)
        for domain in standing.domains {
            try transaction.execute(
                """
                INSERT INTO membership_domain (account_id, organisation_id, domain)
                VALUES (?, ?, ?)
                """, key + [.text(domain.text)])
        }
    }

    private static func erase(
        _ account: Int64, in organisation: OrganisationID, _ transaction: any SQLTransaction
    ) throws {
        for table in ["membership_domain", "membership"] {
            try transaction.execute(
                "DELETE FROM \(table) WHERE account_id = ? AND organisation_id = ?",
                [.integer(account), .integer(organisation.rawValue)])
        }
    }

    /// Refuses what would leave the organisation without an owner.
    private static func keepAnOwner(
        _ member: Member, _ organisation: OrganisationID, _ transaction: any SQLTransaction
    ) throws {
        guard member.standing.role == .owner else { return }
        let owners = try transaction.rows(
            "SELECT COUNT(*) FROM membership WHERE organisation_id = ? AND role = ?",
            [.integer(organisation.rawValue), .text(Role.owner.rawValue)])[0].integer(0)
        guard owners > 1 else { throw PeopleError.lastOwner }
    }

    private static func hasAccount(
        _ account: Int64, _ transaction: any SQLTransaction
    ) throws -> Bool {
        try transaction.rows(
            "SELECT COUNT(*) FROM account WHERE id = ?", [.integer(account)])[0].integer(0) > 0
    }

    static func check(_ standing: Standing) throws {
        guard standing.role == .domainOwner else { return }
        guard !standing.domains.isEmpty else { throw PeopleError.noDomain }
        guard standing.domains.count <= PeopleLimits.domains else {
            throw PeopleError.tooManyDomains
        }
    }

    /// `Ada (account 3)`: the name for people, the number for an undo.
    static func subject(_ account: Account) -> String { "\(account.name) (account \(account.id))" }

    private static func account(ofSubject subject: String) -> Int64? {
        guard subject.hasSuffix(")"), let start = subject.ranges(of: "(account ").last else {
            return nil
        }
        return Int64(subject[start.upperBound...].dropLast())
    }
}
