public import SQLDatabase

/// The API tokens of one organisation.
public struct TokenStore: Sendable {
    private let database: any SQLDatabase
    private let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID) {
        self.database = database
        self.organisation = organisation
    }

    private var owner: SQLValue { .integer(organisation.rawValue) }

    /// Makes a token.
    ///
    /// - Parameter days: how long it may be used.
    /// - Returns: the token, and the text that is shown this once.
    public func make(
        _ name: String, scopes: Set<TokenScope>, role: Role, days: Int64, by actor: AuditActor,
        now: Int64
    ) async throws -> (token: APIToken, text: String) {
        let name = PlainName.trimmed(name)
        guard (1...PeopleLimits.tokenName).contains(name.count), PlainName.isPlain(name) else {
            throw PeopleError.tokenName
        }
        guard !scopes.isEmpty else { throw PeopleError.noScope }
        guard role != .domainOwner else { throw PeopleError.tokenRole }
        guard (1...PeopleLimits.tokenDays).contains(days) else { throw PeopleError.tokenLife }
        let (owner, organisation) = (owner, organisation)
        let secret = SecretToken()
        let token = try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            let inUse = try transaction.rows(
                """
                SELECT COUNT(*) FROM api_token
                WHERE organisation_id = ? AND revoked_at IS NULL AND expires_at > ?
                """, [owner, .integer(now)])[0].integer(0)
            guard inUse < PeopleLimits.tokens else { throw PeopleError.tooManyTokens }
            let token = APIToken(
                id: try IDBlock.next("api_token", transaction), organisation: organisation,
                name: name, scopes: scopes, role: role, madeBy: actor.name, madeAt: now,
                expiresAt: now &+ days &* 86_400)
            try transaction.execute(
                """
                INSERT INTO api_token
                    (id, organisation_id, digest, name, scopes, role, made_by, made_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(token.id), owner, .text(secret.digest), .text(name),
                    .text(Self.text(scopes)), .text(role.rawValue), .text(token.madeBy),
                    .integer(now), .integer(token.expiresAt),
                ])
            try AuditChain.append(
                AuditChange(
                    by: actor, "token.make", Self.subject(token),
                    after: "\(role.rawValue): \(Self.text(scopes)); \(days) days"),
                to: organisation, at: now, in: transaction)
            return token
        }
        return (token, APIToken.text(of: secret))
    }

    /// All tokens, those in use and the newest first; the oldest of the others are left out.
    public func all(now: Int64) async throws -> [APIToken] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.select + " WHERE organisation_id = ? ORDER BY id DESC LIMIT ?",
                [owner, .integer(PeopleLimits.tokens * 2)]
            ).compactMap { Self.token($0) }
        }.sorted {
            let (left, right) = ($0.isInUse(at: now), $1.isInUse(at: now))
            return left == right ? $0.id > $1.id : left
        }
    }

    public func token(_ id: Int64) async throws -> APIToken? {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.select + " WHERE organisation_id = ? AND id = ?", [owner, .integer(id)]
            ).first.flatMap { Self.token($0) }
        }
    }

    /// Ends a token for good, from the next request on.
    public func revoke(_ id: Int64, by actor: AuditActor, now: Int64) async throws {
        let (owner, organisation) = (owner, organisation)
        try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard
                let token = try transaction.rows(
                    Self.select + " WHERE organisation_id = ? AND id = ? AND revoked_at IS NULL",
                    [owner, .integer(id)]
                ).first.flatMap({ Self.token($0) })
            else { throw PeopleError.unknownToken }
            try transaction.execute(
                "UPDATE api_token SET revoked_at = ? WHERE organisation_id = ? AND id = ?",
                [.integer(now), owner, .integer(id)])
            try AuditChain.append(
                AuditChange(
                    by: actor, "token.revoke", Self.subject(token),
                    before: "\(token.role.rawValue): \(Self.text(token.scopes))"),
                to: organisation, at: now, in: transaction)
        }
    }

    // MARK: Use

    /// The token that a program showed, whatever organisation it is of; nil when there is none,
    /// it was revoked, or its time is over.
    public static func token(
        shown text: String, in database: any SQLDatabase, now: Int64
    ) async throws -> APIToken? {
        guard let secret = APIToken.secret(in: text) else { return nil }
        let found = try await database.read { transaction in
            try transaction.rows(select + " WHERE digest = ?", [.text(secret.digest)])
                .first.flatMap { token($0) }
        }
        guard let found, found.isInUse(at: now) else { return nil }
        if now - (found.usedAt ?? 0) >= PeopleLimits.usedInterval {
            try await database.write { transaction in
                try transaction.execute(
                    "UPDATE api_token SET used_at = ? WHERE id = ?",
                    [.integer(now), .integer(found.id)])
            }
        }
        return found
    }

    // MARK: Rows

    private static let select = """
        SELECT id, organisation_id, name, scopes, role, made_by, made_at, expires_at, used_at,
            revoked_at FROM api_token
        """

    private static func token(_ row: SQLRow) -> APIToken? {
        guard let role = Role(rawValue: row.text(4)) else { return nil }
        return APIToken(
            id: row.integer(0), organisation: OrganisationID(rawValue: row.integer(1)),
            name: row.text(2),
            scopes: Set(
                row.text(3).split(separator: " ").compactMap { TokenScope(rawValue: String($0)) }),
            role: role, madeBy: row.text(5), madeAt: row.integer(6), expiresAt: row.integer(7),
            usedAt: row.optionalInteger(8), revokedAt: row.optionalInteger(9))
    }

    private static func text(_ scopes: Set<TokenScope>) -> String {
        scopes.map(\.rawValue).sorted().joined(separator: " ")
    }

    private static func subject(_ token: APIToken) -> String { "\(token.name) (token \(token.id))" }
}
