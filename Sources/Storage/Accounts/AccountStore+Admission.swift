import SQLDatabase

/// Whose session it is, and which organisation they look at.
extension AccountStore {
    /// Who this session belongs to and what they may see; nil when there is none or it has ended.
    /// Keeps it alive.
    public func admission(in session: SecretToken, now: Int64) async throws -> Admission? {
        let digest = SQLValue.text(session.digest)
        let found = try await database.read { transaction in
            try Self.admission(digest, now, transaction)
        }
        guard let found else { return nil }
        if now - found.seen >= AccountLimits.seenInterval {
            try await database.write { transaction in
                try transaction.execute(
                    "UPDATE session SET seen_at = ? WHERE digest = ?", [.integer(now), digest])
            }
        }
        return found.admission
    }

    /// Looks at another organisation from now on.
    ///
    /// - Returns: false, and nothing changes, when the session's person does not belong to it.
    public func look(
        at organisation: OrganisationID, in session: SecretToken, now: Int64
    ) async throws -> Bool {
        let digest = SQLValue.text(session.digest)
        return try await database.write { transaction in
            guard let found = try Self.admission(digest, now, transaction),
                try OrganisationStore.membership(
                    of: found.admission.account.id, in: organisation, transaction) != nil
            else { return false }
            try transaction.execute(
                "UPDATE session SET organisation_id = ? WHERE digest = ?",
                [.integer(organisation.rawValue), digest])
            return true
        }
    }

    private static func admission(
        _ digest: SQLValue, _ now: Int64, _ transaction: any SQLTransaction
    ) throws -> (admission: Admission, seen: Int64)? {
        guard
            let row = try transaction.rows(
                """
                SELECT a.id, a.name, a.created_at, s.opened_at, s.seen_at, s.organisation_id
                FROM session s JOIN account a ON a.id = s.account_id WHERE s.digest = ?
                """, [digest]
            ).first
        else { return nil }
        let (opened, seen) = (row.integer(3), row.integer(4))
        guard now - opened < AccountLimits.wholeSession, now - seen < AccountLimits.idleSession
        else { return nil }
        let account = Account(id: row.integer(0), name: row.text(1), createdAt: row.integer(2))
        let count = try transaction.rows(
            "SELECT COUNT(*) FROM membership WHERE account_id = ?", [.integer(account.id)])
        // Who was taken out of the organisation looks at the next one.
        let membership =
            try OrganisationStore.membership(
                of: account.id, in: OrganisationID(rawValue: row.integer(5)), transaction)
            ?? OrganisationStore.memberships(of: account.id, limit: 1, transaction).first
        return (
            Admission(
                account: account, membership: membership,
                organisations: Int(count[0].integer(0))), seen
        )
    }
}

/// The stores that go with the accounts, for whoever has these.
extension AccountStore {
    public var organisations: OrganisationStore { OrganisationStore(database: database) }
    public var secondStep: SecondStepStore {
        SecondStepStore(database: database, secrets: secrets)
    }

    public func people(of organisation: OrganisationID) -> PeopleStore {
        PeopleStore(database: database, organisation: organisation)
    }

    public func tokens(of organisation: OrganisationID) -> TokenStore {
        TokenStore(database: database, organisation: organisation)
    }

    public func audit(of organisation: OrganisationID) -> AuditStore {
        AuditStore(database: database, organisation: organisation)
    }

    /// The token that a program showed; nil when it is none that works.
    public func token(shown text: String, now: Int64) async throws -> APIToken? {
        try await TokenStore.token(shown: text, in: database, now: now)
    }
}
