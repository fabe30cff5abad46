import SQLDatabase

/// Taking the place that an invitation made.
extension AccountStore {
    /// What the link leads to; nil when it does not work any more.
    public func invitation(_ token: SecretToken, now: Int64) async throws -> Invitation? {
        try await database.read { transaction in
            try Self.invitation(token.digest, now, transaction)
        }
    }

    /// Makes an account with the place that the link leads to, and uses the link up.
    ///
    /// - Throws: `AccountError` when name or password are not taken, `PeopleError.linkNotValid`.
    public func join(
        _ token: SecretToken, name: String, password: String, now: Int64
    ) async throws -> Account {
        let name = try Self.checked(name: name, password: password)
        let owner = owner
        // Asked before the password is hashed, as for the first link.
        guard try await invitation(token, now: now) != nil else { throw PeopleError.linkNotValid }
        let hash = try await hasher.hash(password)
        return try await database.write { transaction in
            let invitation = try Self.use(token.digest, now, transaction)
            let account = try Self.insert(transaction, owner, name: name, hash: hash, now: now)
            try Self.join(
                account, invitation.standing, invitation.organisation.id, now, transaction)
            return account
        }
    }

    /// Gives somebody who is signed in the place that the link leads to.
    public func join(
        _ token: SecretToken, as account: Account, now: Int64
    ) async throws -> Invitation {
        try await database.write { transaction in
            let invitation = try Self.use(token.digest, now, transaction)
            let organisation = invitation.organisation.id
            guard try PeopleStore.member(account.id, organisation, transaction) == nil else {
                throw PeopleError.alreadyMember
            }
            try Self.join(account, invitation.standing, organisation, now, transaction)
            return invitation
        }
    }

    /// Makes a member, and says so in the organisation's log.
    static func join(
        _ account: Account, _ standing: Standing, _ organisation: OrganisationID, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws {
        try PeopleStore.write(standing, of: account.id, in: organisation, since: now, transaction)
        // Whoever made a link for a new password was no owner of this organisation.
        try transaction.execute(
            "DELETE FROM password_link WHERE account_id = ? AND used_at IS NULL",
            [.integer(account.id)])
        try AuditChain.append(
            AuditChange(
                by: AuditActor(account), "member.join", PeopleStore.subject(account),
                after: standing.description), to: organisation, at: now, in: transaction)
    }

    static func invitation(
        _ digest: String, _ now: Int64, _ transaction: any SQLTransaction
    ) throws -> Invitation? {
        try transaction.rows(
            PeopleStore.selectInvitation + " WHERE i.digest = ? AND i.expires_at > ?",
            [.text(digest), .integer(now)]
        ).first.flatMap { PeopleStore.invitation($0) }
    }

    static func use(
        _ digest: String, _ now: Int64, _ transaction: any SQLTransaction
    ) throws -> Invitation {
        guard let seen = try invitation(digest, now, transaction) else {
            throw PeopleError.linkNotValid
        }
        // Of two who open the link at once, the second waits here and finds it used.
        try AuditChain.hold(seen.organisation.id, in: transaction)
        guard let invitation = try Self.invitation(digest, now, transaction) else {
            throw PeopleError.linkNotValid
        }
        try transaction.execute(
            "DELETE FROM invitation WHERE digest = ?", [.text(digest)])
        return invitation
    }
}
