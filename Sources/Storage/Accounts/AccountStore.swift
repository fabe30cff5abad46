public import SQLDatabase

/// Who may open the console, and who has it open.
public struct AccountStore: Sendable {
    private let database: any SQLDatabase
    private let organisation: OrganisationID
    private let hasher: PasswordHasher

    public init(
        database: any SQLDatabase, organisation: OrganisationID = .first,
        cost: PasswordCost = .standard
    ) {
        self.database = database
        self.organisation = organisation
        self.hasher = PasswordHasher(cost: cost)
    }

    private var owner: SQLValue { .integer(organisation.rawValue) }

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
        let owner = owner
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
            return try Self.insert(transaction, owner, name: name, hash: hash, now: now)
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
                SELECT id, name, role, created_at, password FROM account
                WHERE organisation_id = ? AND folded_name = ?
                """, [owner, .text(folded)]
            ).first
        }
        guard password.unicodeScalars.count <= AccountLimits.passwordCharacters.upperBound,
            try await hasher.verify(password, against: row?.text(4)), let row
        else { return nil }
        return Self.account(row)
    }

    /// Opens a session; the token goes to the browser and nowhere else.
    public func openSession(for account: Account, now: Int64) async throws -> SecretToken {
        let owner = owner
        let token = SecretToken()
        try await database.write { transaction in
            try Self.sweep(transaction, now: now)
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
        let owner = owner
        let digest = SQLValue.text(session.digest)
        let row = try await database.read { transaction in
            try transaction.rows(
                """
                SELECT account.id, account.name, account.role, account.created_at,
                    session.opened_at, session.seen_at
                FROM session JOIN account ON account.id = session.account_id
                WHERE session.digest = ? AND session.organisation_id = ?
                """, [digest, owner]
            ).first
        }
        guard let row else { return nil }
        let (opened, seen) = (row.integer(4), row.integer(5))
        guard now - opened < AccountLimits.wholeSession, now - seen < AccountLimits.idleSession
        else { return nil }
        if now - seen >= AccountLimits.seenInterval {
            try await database.write { transaction in
                try transaction.execute(
                    "UPDATE session SET seen_at = ? WHERE digest = ?", [.integer(now), digest])
            }
        }
        return Self.account(row)
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

    private static func insert(
        _ transaction: any SQLTransaction, _ owner: SQLValue, name: String, hash: String, now: Int64
    ) throws -> Account {
        let taken = try transaction.rows(
            "SELECT COUNT(*) FROM account WHERE organisation_id = ? AND folded_name = ?",
            [owner, .text(folded(name))])[0].integer(0)
        guard taken == 0 else { throw AccountError.nameTaken }
        try transaction.execute("UPDATE id_block SET next = next + 1 WHERE name = 'account'")
        let id = try transaction.rows(
            "SELECT next - 1 FROM id_block WHERE name = 'account'")[0].integer(0)
        try transaction.execute(
            """
            INSERT INTO account
                (id, organisation_id, name, folded_name, role, password, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), owner, .text(name), .text(folded(name)),
                .text(Account.Role.administrator.rawValue), .text(hash), .integer(now),
            ])
        return Account(id: id, name: name, role: .administrator, createdAt: now)
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
        Account(
            id: row.integer(0), name: row.text(1),
            role: Account.Role(rawValue: row.text(2)) ?? .administrator, createdAt: row.integer(3))
    }

    /// Names are the same whatever their case and the white space around them.
    private static func folded(_ name: String) -> String { trimmed(name).lowercased() }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    private static func checked(name: String, password: String) throws(AccountError) -> String {
        let name = trimmed(name)
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
