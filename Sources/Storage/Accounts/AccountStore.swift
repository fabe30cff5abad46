public import SQLDatabase

/// Who may open the console, and who has it open.
public struct AccountStore: Sendable {
    let database: any SQLDatabase
    /// Where accounts are kept: a name is one person's in the whole installation.
    let organisation: OrganisationID
    let hasher: PasswordHasher
    /// What seals the secrets of second steps.
    let secrets: SecretVault

    public init(
        database: any SQLDatabase, organisation: OrganisationID = .first,
        cost: PasswordCost = .standard, secrets: SecretVault = .none
    ) {
        self.database = database
        self.secrets = secrets
        self.organisation = organisation
        self.hasher = PasswordHasher(cost: cost)
    }

    var owner: SQLValue { .integer(organisation.rawValue) }

    // MARK: The first administrator

    /// True when somebody can sign in.
    public func hasAccounts() async throws -> Bool {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                "SELECT COUNT(*) FROM account WHERE organisation_id = ?", [owner])[0].integer(0) > 0
        }
    }

    /// A new token for `/welcome?token=…`, with which the first administrator chooses a name and a
    /// password; nil when there is an administrator. Tokens made before stop working.
    public func oneTimeLink(now: Int64) async throws -> SecretToken? {
        let owner = owner
        let token = SecretToken()
        return try await database.write { transaction in
            guard try Self.countAccounts(transaction, owner) == 0 else { return nil }
            try transaction.execute(
                "DELETE FROM one_time_link WHERE organisation_id = ?", [owner])
            try transaction.execute(
                """
                INSERT INTO one_time_link (digest, organisation_id, purpose, created_at, expires_at)
                VALUES (?, ?, 'first-administrator', ?, ?)
                """,
                [
                    .text(token.digest), owner, .integer(now),
                    .integer(now &+ AccountLimits.link),
                ])
            return token
        }
    }

    /// True while `welcome` would take this token.
    public func isLinkValid(_ token: SecretToken, now: Int64) async throws -> Bool {
        let owner = owner
        return try await database.read { transaction in
            try Self.isLinkValid(transaction, owner, token, now)
        }
    }

    /// Makes the first administrator and uses up the link, in one step.
    ///
    /// - Throws: `AccountError` when the name, the password or the link is not taken.
    public func welcome(
        _ token: SecretToken, name: String, password: String, now: Int64
    ) async throws -> Account {
        let name = try Self.checked(name: name, password: password)
        let (owner, organisation) = (owner, organisation)
        // Asked before the password is hashed, so that a stranger cannot make us hash; asked
        // again below, where it counts.
        guard try await isLinkValid(token, now: now) else { throw AccountError.linkNotValid }
        let hash = try await hasher.hash(password)
        return try await database.write { transaction in
            guard try Self.isLinkValid(transaction, owner, token, now) else {
                throw AccountError.linkNotValid
            }
            try transaction.execute(
                "DELETE FROM one_time_link WHERE digest = ?", [.text(token.digest)])
            let account = try Self.insert(transaction, owner, name: name, hash: hash, now: now)
            try Self.join(account, Standing(.owner), organisation, now, transaction)
            return account
        }
    }

    // MARK: Signing in

    /// The account whose name and password these are; nil otherwise, after the same time.
    public func account(named name: String, password: String) async throws -> Account? {
        let owner = owner
        let folded = Self.folded(name)
        // A name with a control character is nobody's, and not every engine takes it as text.
        let isPossible = !folded.unicodeScalars.contains { $0.value < 32 }
        let row = try await database.read { transaction in
            guard isPossible else { return SQLRow?.none }
            return try transaction.rows(
                """
                SELECT id, name, created_at, password FROM account
                WHERE organisation_id = ? AND folded_name = ?
                """, [owner, .text(folded)]
            ).first
        }
        guard password.unicodeScalars.count <= AccountLimits.passwordCharacters.upperBound,
            try await hasher.verify(password, against: row?.text(3)), let row
        else { return nil }
        return Self.account(row)
    }

    /// Opens a session; the token goes to the browser and nowhere else.
    public func openSession(for account: Account, now: Int64) async throws -> SecretToken {
        let home = owner
        let token = SecretToken()
        try await database.write { transaction in
            try Self.sweep(transaction, now: now)
            let owner =
                try transaction.rows(
                    "SELECT MIN(organisation_id) FROM membership WHERE account_id = ?",
                    [.integer(account.id)])[0].optionalInteger(0).map { SQLValue.integer($0) }
                ?? home
            let open = try transaction.rows(
                "SELECT digest FROM session WHERE account_id = ? ORDER BY opened_at DESC, digest",
                [.integer(account.id)])
            for row in open.dropFirst(AccountLimits.sessions - 1) {
                try transaction.execute("DELETE FROM session WHERE digest = ?", [row.values[0]])
            }
            try transaction.execute(
                """
                INSERT INTO session (digest, organisation_id, account_id, opened_at, seen_at)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(token.digest), owner, .integer(account.id), .integer(now), .integer(now),
                ])
        }
        return token
    }

    /// Whose session this is; nil when there is none or it has ended. Keeps it alive.
    public func account(in session: SecretToken, now: Int64) async throws -> Account? {
        try await admission(in: session, now: now)?.account
    }

    public func closeSession(_ session: SecretToken) async throws {
        let digest = SQLValue.text(session.digest)
        try await database.write { transaction in
            try transaction.execute("DELETE FROM session WHERE digest = ?", [digest])
        }
    }
}

extension AccountStore {
    private static func countAccounts(
        _ transaction: any SQLTransaction, _ owner: SQLValue
    ) throws -> Int64 {
        try transaction.rows(
            "SELECT COUNT(*) FROM account WHERE organisation_id = ?", [owner])[0].integer(0)
    }

    private static func isLinkValid(
        _ transaction: any SQLTransaction, _ owner: SQLValue, _ token: SecretToken, _ now: Int64
    ) throws -> Bool {
        guard try countAccounts(transaction, owner) == 0 else { return false }
        return try transaction.rows(
            """
            SELECT COUNT(*) FROM one_time_link
            WHERE digest = ? AND organisation_id = ? AND expires_at > ?
            """, [.text(token.digest), owner, .integer(now)])[0].integer(0) > 0
    }

    static func insert(
        _ transaction: any SQLTransaction, _ owner: SQLValue, name: String, hash: String, now: Int64
    ) throws -> Account {
        // First the number, whose row lines up: two of one name cannot pass at the same time.
        let id = try IDBlock.next("account", transaction)
        let taken = try transaction.rows(
            "SELECT COUNT(*) FROM account WHERE organisation_id = ? AND folded_name = ?",
            [owner, .text(folded(name))])[0].integer(0)
        guard taken == 0 else { throw AccountError.nameTaken }
        try transaction.execute(
            """
            INSERT INTO account
                (id, organisation_id, name, folded_name, role, password, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), owner, .text(name), .text(folded(name)),
                // Read by programs from before there were memberships.
                .text("administrator"), .text(hash), .integer(now),
            ])
        return Account(id: id, name: name, createdAt: now)
    }

    /// Forgets sessions and links that have ended.
    private static func sweep(_ transaction: any SQLTransaction, now: Int64) throws {
        try transaction.execute(
            "DELETE FROM session WHERE opened_at <= ? OR seen_at <= ?",
            [
                .integer(now &- AccountLimits.wholeSession),
                .integer(now &- AccountLimits.idleSession),
            ])
        try transaction.execute(
            "DELETE FROM one_time_link WHERE expires_at <= ?", [.integer(now)])
    }

    private static func account(_ row: SQLRow) -> Account {
        Account(id: row.integer(0), name: row.text(1), createdAt: row.integer(2))
    }

    /// Names are the same whatever their case and the white space around them.
    private static func folded(_ name: String) -> String {
        PlainName.trimmed(name).lowercased()
    }

    static func checked(name: String, password: String) throws(AccountError) -> String {
        let name = PlainName.trimmed(name)
        // NUL cannot be stored as text by PostgreSQL, and no control belongs in a name.
        guard !name.isEmpty, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw .emptyName
        }
        guard name.unicodeScalars.count <= AccountLimits.nameCharacters else { throw .nameTooLong }
        let length = password.unicodeScalars.count
        guard length >= AccountLimits.passwordCharacters.lowerBound else {
            throw .passwordTooShort
        }
        guard length <= AccountLimits.passwordCharacters.upperBound else { throw .passwordTooLong }
        guard folded(password) != folded(name) else { throw .passwordIsName }
        return name
    }
}
