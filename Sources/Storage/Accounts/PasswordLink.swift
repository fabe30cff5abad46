import SQLDatabase

/// A link with which one person chooses a new password, once.
public struct PasswordLink: Hashable, Sendable {
    /// Whose password it changes.
    public var account: Account
    /// Who made it, and where it is told.
    public var madeBy: String
    var organisation: OrganisationID
    /// Seconds since 1970-01-01T00:00:00Z.
    public var expiresAt: Int64
}

/// What has become of a link.
public enum PasswordLinkState: Hashable, Sendable {
    case open(PasswordLink)
    /// Seconds since 1970-01-01T00:00:00Z.
    case used(at: Int64)
    case expired(at: Int64)
    /// Never made, or replaced by a newer one.
    case unknown
}

/// New passwords for people who lost theirs.
extension AccountStore {
    /// Makes a link with which this person chooses a new password; links made before stop working.
    ///
    /// - Parameter owner: who made it in the console, nil at the command line. An owner may reset
    ///   only who belongs to organisations of which this owner is an owner, all of them: an
    ///   account opens all its organisations.
    /// - Throws: `PeopleError.unknownMember`, `.belongsElsewhere`.
    public func passwordLink(
        for account: Int64, by actor: AuditActor, owner: Account?, in organisation: OrganisationID,
        now: Int64
    ) async throws -> SecretToken {
        let token = SecretToken()
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard let member = try PeopleStore.member(account, organisation, transaction) else {
                throw PeopleError.unknownMember
            }
            if let owner { try Self.checkRight(of: owner, over: account, transaction) }
            try transaction.execute(
                "DELETE FROM password_link WHERE account_id = ? AND used_at IS NULL",
                [.integer(account)])
            try transaction.execute(
                "DELETE FROM password_link WHERE expires_at <= ?",
                [.integer(now &- AccountLimits.oldLinks)])
            try transaction.execute(
                """
                INSERT INTO password_link
                    (digest, account_id, organisation_id, made_by, made_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(token.digest), .integer(account), .integer(organisation.rawValue),
                    .text(actor.name), .integer(now), .integer(now &+ AccountLimits.link),
                ])
            try AuditChain.append(
                AuditChange(
                    by: actor, "account.password-link", PeopleStore.subject(member.account)),
                to: organisation, at: now, in: transaction)
            return token
        }
    }

    /// What has become of a link. The first time that a used one is tried again, the log is told.
    public func passwordLink(_ token: SecretToken, now: Int64) async throws -> PasswordLinkState {
        let state = try await database.read { try Self.state(of: token, now, $0).state }
        guard case .used = state else { return state }
        try await database.write { transaction in
            guard let link = try Self.state(of: token, now, transaction).replayed else { return }
            try AuditChain.hold(link.organisation, in: transaction)
            guard try Self.state(of: token, now, transaction).replayed != nil else { return }
            try transaction.execute(
                "UPDATE password_link SET replayed_at = ? WHERE digest = ?",
                [.integer(now), .text(token.digest)])
            try AuditChain.append(
                AuditChange(
                    by: AuditActor(.rule, name: "somebody with the link"),
                    "account.password-replay", PeopleStore.subject(link.account)),
                to: link.organisation, at: now, in: transaction)
        }
        return state
    }

    /// Chooses a new password with a link, and uses the link up. All sessions of the person end;
    /// a second step stays on.
    ///
    /// - Throws: `AccountError` when the password is not taken, or the link is not.
    public func choosePassword(
        _ token: SecretToken, password: String, now: Int64
    ) async throws -> Account {
        // Asked before the password is hashed, so that a stranger cannot make us hash; asked
        // again below, where it counts.
        guard case .open(let seen) = try await passwordLink(token, now: now) else {
            throw AccountError.passwordLinkNotValid
        }
        _ = try Self.checked(name: seen.account.name, password: password)
        let hash = try await hasher.hash(password)
        return try await database.write { transaction in
            try AuditChain.hold(seen.organisation, in: transaction)
            guard case .open(let link) = try Self.state(of: token, now, transaction).state else {
                throw AccountError.passwordLinkNotValid
            }
            try transaction.execute(
                "UPDATE password_link SET used_at = ? WHERE digest = ?",
                [.integer(now), .text(token.digest)])
            try Self.write(
                hash, of: link.account, keeping: nil, "account.password-reset", link.organisation,
                now, transaction)
            return link.account
        }
    }

    private static func checkRight(
        of owner: Account, over account: Int64, _ transaction: any SQLTransaction
    ) throws {
        let others = try transaction.rows(
            """
            SELECT COUNT(*) FROM membership m WHERE m.account_id = ? AND NOT EXISTS (
                SELECT 1 FROM membership o WHERE o.organisation_id = m.organisation_id
                    AND o.account_id = ? AND o.role = ?)
            """, [.integer(account), .integer(owner.id), .text(Role.owner.rawValue)])
        guard others[0].integer(0) == 0 else { throw PeopleError.belongsElsewhere }
    }

    private static func state(
        of token: SecretToken, _ now: Int64, _ transaction: any SQLTransaction
    ) throws -> (state: PasswordLinkState, replayed: PasswordLink?) {
        guard
            let row = try transaction.rows(
                """
                SELECT a.id, a.name, a.created_at, l.organisation_id, l.made_by, l.expires_at,
                    l.used_at, l.replayed_at
                FROM password_link l JOIN account a ON a.id = l.account_id WHERE l.digest = ?
                """, [.text(token.digest)]
            ).first
        else { return (.unknown, nil) }
        let link = PasswordLink(
            account: Account(id: row.integer(0), name: row.text(1), createdAt: row.integer(2)),
            madeBy: row.text(4), organisation: OrganisationID(rawValue: row.integer(3)),
            expiresAt: row.integer(5))
        if let used = row.optionalInteger(6) {
            return (.used(at: used), row.optionalInteger(7) == nil ? link : nil)
        }
        return (now < link.expiresAt ? .open(link) : .expired(at: link.expiresAt), nil)
    }
}
