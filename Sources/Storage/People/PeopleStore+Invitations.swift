import Identities
import SQLDatabase

extension PeopleStore {
    /// Makes a place for somebody. The token goes into a link (`/join?token=…`) that works once.
    public func invite(
        _ remark: String, as standing: Standing, by actor: AuditActor, now: Int64
    ) async throws -> SecretToken {
        try Self.check(standing)
        let remark = String(
            PlainName.trimmed(remark).filter { PlainName.isPlain(String($0)) }
                .prefix(PeopleLimits.remark))
        let (owner, organisation) = (owner, organisation)
        let token = SecretToken()
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            try transaction.execute(
                "DELETE FROM invitation WHERE expires_at <= ?", [.integer(now)])
            let waiting = try transaction.rows(
                "SELECT COUNT(*) FROM invitation WHERE organisation_id = ?", [owner])[0].integer(0)
            guard waiting < PeopleLimits.invitations else { throw PeopleError.tooManyInvitations }
            let members = try transaction.rows(
                "SELECT COUNT(*) FROM membership WHERE organisation_id = ?", [owner])[0].integer(0)
            guard members + waiting < PeopleLimits.members else { throw PeopleError.tooManyPeople }
            let id = try IDBlock.next("invitation", transaction)
            try transaction.execute(
                """
                INSERT INTO invitation (id, organisation_id, digest, remark, role, domains, made_by,
                    made_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(id), owner, .text(token.digest), .text(remark),
                    .text(standing.role.rawValue), .text(standing.description),
                    .text(actor.name), .integer(now), .integer(now &+ PeopleLimits.invitation),
                ])
            try AuditChain.append(
                AuditChange(
                    by: actor, "member.invite", Self.subject(id, remark),
                    after: standing.description), to: organisation, at: now, in: transaction)
            return token
        }
    }

    /// Invitations that wait, the newest first.
    public func invitations(now: Int64) async throws -> [Invitation] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.selectInvitation
                    + " WHERE i.organisation_id = ? AND i.expires_at > ? ORDER BY i.id DESC",
                [owner, .integer(now)]
            ).compactMap { Self.invitation($0) }
        }
    }

    public func withdraw(
        _ invitation: Int64, by actor: AuditActor, now: Int64
    ) async throws {
        let (owner, organisation) = (owner, organisation)
        try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard
                let found = try transaction.rows(
                    Self.selectInvitation + " WHERE i.organisation_id = ? AND i.id = ?",
                    [owner, .integer(invitation)]
                ).first.flatMap({ Self.invitation($0) })
            else { throw PeopleError.unknownInvitation }
            try transaction.execute(
                "DELETE FROM invitation WHERE organisation_id = ? AND id = ?",
                [owner, .integer(invitation)])
            try AuditChain.append(
                AuditChange(
                    by: actor, "member.withdraw", Self.subject(found.id, found.remark),
                    before: found.standing.description), to: organisation, at: now,
                in: transaction)
        }
    }

    // MARK: Rows

    static let selectInvitation = """
        SELECT i.id, o.id, o.name, o.created_at, i.remark, i.domains, i.made_by, i.made_at,
            i.expires_at
        FROM invitation i JOIN organisation o ON o.id = i.organisation_id
        """

    static func invitation(_ row: SQLRow) -> Invitation? {
        guard let standing = Standing(row.text(5)) else { return nil }
        return Invitation(
            id: row.integer(0),
            organisation: Organisation(
                id: OrganisationID(rawValue: row.integer(1)), name: row.text(2),
                createdAt: row.integer(3)),
            remark: row.text(4), standing: standing, madeBy: row.text(6), madeAt: row.integer(7),
            expiresAt: row.integer(8))
    }

    static func subject(_ invitation: Int64, _ remark: String) -> String {
        remark.isEmpty ? "invitation \(invitation)" : "invitation \(invitation) for \(remark)"
    }
}

/// Numbers for new rows.
enum IDBlock {
    static func next(_ name: String, _ transaction: any SQLTransaction) throws -> Int64 {
        try transaction.execute(
            "UPDATE id_block SET next = next + 1 WHERE name = ?", [.text(name)])
        return try transaction.rows(
            "SELECT next - 1 FROM id_block WHERE name = ?", [.text(name)])[0].integer(0)
    }
}
