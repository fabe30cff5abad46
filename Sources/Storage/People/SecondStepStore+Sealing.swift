import SQLDatabase

/// How the secrets of second steps lie in the database.
extension SecondStepStore {
    /// Seals the secrets of a database from before they were sealed, all in one transaction: a
    /// kill leaves all of them open or all of them sealed. Nothing where there are none.
    ///
    /// - Returns: how many were sealed.
    /// - Throws: `SecretFault`; the secrets are as they were.
    @discardableResult
    public func sealOldSecrets() async throws -> Int {
        let secrets = secrets
        let isOld: @Sendable (any SQLTransaction) throws -> Bool = { transaction in
            guard try !secrets.isInUse(in: transaction) else { return false }
            let count = try transaction.rows("SELECT COUNT(*) FROM second_factor")
            return count[0].integer(0) > 0
        }
        // Asked first, so that a start without anything to do writes nothing.
        guard try await database.read(isOld) else { return 0 }
        return try await database.write { transaction in
            // Of two nodes that start at once, the second waits here, and finds nothing to do.
            try transaction.execute("UPDATE second_factor SET step = step")
            guard try isOld(transaction) else { return 0 }
            let rows = try transaction.rows("SELECT account_id, secret FROM second_factor")
            for row in rows {
                let account = row.integer(0)
                let sealed = try secrets.seal(
                    row.blob(1), for: Self.owner(account), in: transaction)
                try transaction.execute(
                    "UPDATE second_factor SET secret = ? WHERE account_id = ?",
                    [.blob(sealed), .integer(account)])
            }
            return rows.count
        }
    }

    /// Says what keeps the codes of devices from being checked; nil when nothing does.
    public func fault() async throws -> SecretFault? {
        let secrets = secrets
        do {
            try await database.read { transaction in
                let row = try transaction.rows(
                    "SELECT account_id, secret FROM second_factor ORDER BY account_id LIMIT 1"
                ).first
                guard let row, try secrets.isInUse(in: transaction) else { return }
                _ = try secrets.open(
                    row.blob(1), for: Self.owner(row.integer(0)), what: Self.what(row.integer(0)),
                    in: transaction)
            }
            return nil
        } catch let fault as SecretFault {
            return fault
        }
    }

    /// What a secret is bound to: copied to another person's row, it does not open.
    static func owner(_ account: Int64) -> String { "second-step of account \(account)" }

    private static func what(_ account: Int64) -> String {
        "The secret of the second step of account \(account)"
    }

    static func open(
        _ row: Row, _ account: Int64, _ secrets: SecretVault, _ transaction: any SQLTransaction
    ) throws -> OneTimeCode {
        OneTimeCode(
            secret: try secrets.open(
                row.sealed, for: owner(account), what: what(account), in: transaction))
    }
}
