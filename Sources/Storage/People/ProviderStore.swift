import SQLDatabase

/// People who sign in at a provider of identities.
///
/// A person is known by issuer and subject alone. The pair belongs to an account only because its
/// person said so, signed in or with an invitation in hand: no claim of a provider makes anybody
/// anything.
public struct ProviderStore: Sendable {
    /// Bounds; each is hit by a test.
    public enum Limits {
        /// Somebody may be on the way for this long, in seconds.
        public static let visit: Int64 = 600
        /// People on the way at the same time.
        public static let visits: Int64 = 10_000
        /// Names tried for somebody whose name is taken.
        public static let names = 20
        public static let issuer = 2_000
        public static let subject = 255
    }

    let database: any SQLDatabase
    let accounts: AccountStore

    init(accounts: AccountStore) {
        self.database = accounts.database
        self.accounts = accounts
    }

    // MARK: There and back

    /// Remembers that somebody is on the way; what the browser holds stays with it.
    ///
    /// - Throws: `PeopleError.tooManySignIns`, `.linkNotValid` for an invitation that does not work.
    public func begin(
        _ browser: SecretToken, _ purpose: ProviderPurpose, next: String, now: Int64
    ) async throws {
        try await database.write { transaction in
            try transaction.execute(
                "DELETE FROM provider_visit WHERE expires_at <= ?", [.integer(now)])
            let waiting = try transaction.rows("SELECT COUNT(*) FROM provider_visit")[0].integer(0)
            guard waiting < Limits.visits else { throw PeopleError.tooManySignIns }
            var (invitation, account, organisation) = (String?.none, Int64?.none, Int64?.none)
            switch purpose {
            case .signIn: break
            case .join(let token):
                guard try AccountStore.invitation(token.digest, now, transaction) != nil else {
                    throw PeopleError.linkNotValid
                }
                invitation = token.digest
            case .link(let id, let place): (account, organisation) = (id, place.rawValue)
            }
            try transaction.execute(
                """
                INSERT INTO provider_visit
                    (digest, next, invitation, account_id, organisation_id, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(browser.digest), .text(next), .optional(invitation), .optional(account),
                    .optional(organisation), .integer(now &+ Limits.visit),
                ])
        }
    }

    /// What this browser is on the way for; nil when it is not, was too slow, or came before: it
    /// counts once.
    public func take(_ browser: SecretToken, now: Int64) async throws -> ProviderVisit? {
        let digest = SQLValue.text(browser.digest)
        return try await database.write { transaction in
            // Of two who come back at once, the second waits here and finds nothing.
            try transaction.execute(
                "UPDATE provider_visit SET next = next WHERE digest = ?", [digest])
            let found = try transaction.rows(
                """
                SELECT next, invitation, account_id, organisation_id FROM provider_visit
                WHERE digest = ? AND expires_at > ?
                """, [digest, .integer(now)]
            ).first
            try transaction.execute("DELETE FROM provider_visit WHERE digest = ?", [digest])
            guard let found else { return nil }
            var errand = ProviderVisit.Errand.signIn
            if let invitation = found.optionalText(1) {
                errand = .join(InvitationDigest(text: invitation))
            } else if let account = found.optionalInteger(2) {
                errand = .link(
                    account: account, organisation: OrganisationID(rawValue: found.integer(3)))
            }
            return ProviderVisit(errand: errand, next: found.text(0))
        }
    }

    // MARK: Whose identity it is

    /// Whose identity this is; nil where nobody said that it is theirs.
    public func account(of identity: ProviderIdentity) async throws -> Account? {
        try await database.read { try Self.account(of: identity, $0) }
    }

    /// Since when this account signs in at the issuer; nil when it does not.
    public func since(_ account: Account, issuer: String) async throws -> Int64? {
        try await database.read { transaction in
            try transaction.rows(
                "SELECT since FROM provider_identity WHERE account_id = ? AND issuer = ?",
                [.integer(account.id), .text(issuer)]
            ).first?.integer(0)
        }
    }

    /// Lets an account sign in with this identity from now on.
    ///
    /// - Throws: `PeopleError.identityTaken` when it is somebody's, or the account has another one.
    public func link(
        _ identity: ProviderIdentity, to account: Account, in organisation: OrganisationID,
        now: Int64
    ) async throws {
        try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            try Self.insert(identity, account, organisation, now, transaction)
        }
    }

    /// Ends it; only for who has a password to sign in with.
    ///
    /// - Throws: `PeopleError.noOtherWay`.
    public func unlink(
        _ account: Account, issuer: String, in organisation: OrganisationID, now: Int64
    ) async throws {
        try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            let key: [SQLValue] = [.integer(account.id), .text(issuer)]
            let rows = try transaction.rows(
                """
                SELECT a.password FROM provider_identity p JOIN account a ON a.id = p.account_id
                WHERE p.account_id = ? AND p.issuer = ?
                """, key)
            guard let row = rows.first else { return }
            guard !row.text(0).isEmpty else { throw PeopleError.noOtherWay }
            try transaction.execute(
                "DELETE FROM provider_identity WHERE account_id = ? AND issuer = ?", key)
            try AuditChain.append(
                AuditChange(
                    by: AuditActor(account), "account.provider", PeopleStore.subject(account),
                    before: issuer), to: organisation, at: now, in: transaction)
        }
    }

    /// Makes an account without a password, with the place that an invitation made, and uses the
    /// invitation up.
    ///
    /// - Parameter name: as the provider calls the person; a number is added where it is taken.
    /// - Throws: `PeopleError.linkNotValid`, `.identityTaken`.
    public func join(
        _ invitation: InvitationDigest, as identity: ProviderIdentity, name: String, now: Int64
    ) async throws -> Account {
        let owner = accounts.owner
        let wanted = Self.fit(name)
        return try await database.write { transaction in
            let place = try AccountStore.use(invitation.text, now, transaction)
            guard let name = try Self.free(wanted, owner, transaction) else {
                throw AccountError.nameTaken
            }
            let account = try AccountStore.insert(
                transaction, owner, name: name, hash: "", now: now)
            try AccountStore.join(
                account, place.standing, place.organisation.id, now, transaction)
            try Self.insert(identity, account, place.organisation.id, now, transaction)
            return account
        }
    }
}

extension ProviderStore {
    private static func account(
        of identity: ProviderIdentity, _ transaction: any SQLTransaction
    ) throws -> Account? {
        try transaction.rows(
            """
            SELECT a.id, a.name, a.created_at FROM provider_identity p
            JOIN account a ON a.id = p.account_id WHERE p.issuer = ? AND p.subject = ?
            """, [.text(identity.issuer), .text(identity.subject)]
        ).first.map { Account(id: $0.integer(0), name: $0.text(1), createdAt: $0.integer(2)) }
    }

    private static func insert(
        _ identity: ProviderIdentity, _ account: Account, _ organisation: OrganisationID,
        _ now: Int64, _ transaction: any SQLTransaction
    ) throws {
        guard PlainName.isPlain(identity.subject), !identity.subject.isEmpty,
            identity.subject.utf8.count <= Limits.subject,
            identity.issuer.utf8.count <= Limits.issuer
        else { throw PeopleError.identityTaken }
        // The account's row lines up: it gets one identity of an issuer, and an identity one
        // account.
        try transaction.execute(
            "UPDATE account SET name = name WHERE id = ?", [.integer(account.id)])
        let others = try transaction.rows(
            "SELECT COUNT(*) FROM provider_identity WHERE issuer = ? AND account_id = ?",
            [.text(identity.issuer), .integer(account.id)])[0].integer(0)
        guard others == 0, try Self.account(of: identity, transaction) == nil else {
            throw PeopleError.identityTaken
        }
        try transaction.execute(
            """
            INSERT INTO provider_identity (issuer, subject, account_id, since) VALUES (?, ?, ?, ?)
            """,
            [
                .text(identity.issuer), .text(identity.subject), .integer(account.id),
                .integer(now),
            ])
        try AuditChain.append(
            AuditChange(
                by: AuditActor(account), "account.provider", PeopleStore.subject(account),
                after: "\(identity.issuer) \(identity.subject)"),
            to: organisation, at: now, in: transaction)
    }

    /// A foreign name without what does not belong in one.
    private static func fit(_ name: String) -> String {
        let plain = name.unicodeScalars.filter {
            $0.value >= 32 && $0.value != 127 && !$0.properties.isDefaultIgnorableCodePoint
                && $0.properties.generalCategory != .format
        }.prefix(AccountLimits.nameCharacters - 3)
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: plain)
        let fitting = PlainName.trimmed(String(kept))
        return fitting.isEmpty ? "Somebody" : fitting
    }

    private static func free(
        _ wanted: String, _ owner: SQLValue, _ transaction: any SQLTransaction
    ) throws -> String? {
        for number in 1...Limits.names {
            let name = number == 1 ? wanted : "\(wanted) \(number)"
            let taken = try transaction.rows(
                "SELECT COUNT(*) FROM account WHERE organisation_id = ? AND folded_name = ?",
                [owner, .text(name.lowercased())])[0].integer(0)
            if taken == 0 { return name }
        }
        return nil
    }
}

extension AccountStore {
    public var providers: ProviderStore { ProviderStore(accounts: self) }
}
