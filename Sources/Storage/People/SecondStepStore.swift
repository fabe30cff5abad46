public import SQLDatabase

/// The second step of signing in: a code from a device that the person holds.
public struct SecondStepStore: Sendable {
    let database: any SQLDatabase
    let secrets: SecretVault

    public init(database: any SQLDatabase, secrets: SecretVault) {
        self.database = database
        self.secrets = secrets
    }

    public enum Limits {
        /// A right password waits this long for its code, in seconds.
        public static let wait: Int64 = 300
        /// Wrong codes before all wait, and for how long, in seconds.
        public static let failures: Int64 = 5
        public static let pause: Int64 = 900
    }

    public enum State: Hashable, Sendable {
        case off
        /// A secret was made; no code from it was seen yet.
        case begun(secret: [UInt8])
        case on(since: Int64, recoveryCodes: Int)
    }

    /// What a code came to.
    public enum Outcome: Hashable, Sendable {
        case accepted
        case wrong
        /// Too many were wrong: seconds to wait.
        case wait(Int64)
        /// There is nothing to check: not switched on, or the password was too long ago.
        case nothing
    }

    public func state(of account: Int64) async throws -> State {
        let secrets = secrets
        return try await database.read { transaction in
            guard let row = try Self.row(account, transaction) else { return .off }
            guard let since = row.confirmedAt else {
                return .begun(secret: try Self.open(row, account, secrets, transaction).secret)
            }
            let left = try transaction.rows(
                "SELECT COUNT(*) FROM recovery_code WHERE account_id = ?", [.integer(account)])
            return .on(since: since, recoveryCodes: Int(left[0].integer(0)))
        }
    }

    // MARK: Switching on and off

    /// Makes a secret; one that was never confirmed is forgotten. Nothing where it is on already.
    public func begin(_ account: Int64) async throws {
        let code = OneTimeCode()
        let secrets = secrets
        try await database.write { transaction in
            guard try Self.row(account, transaction)?.confirmedAt == nil else { return }
            try transaction.execute(
                "DELETE FROM second_factor WHERE account_id = ?", [.integer(account)])
            let sealed = try secrets.seal(
                code.secret, for: Self.owner(account), in: transaction)
            try transaction.execute(
                """
                INSERT INTO second_factor
                    (account_id, secret, confirmed_at, step, failures, failed_since)
                VALUES (?, ?, NULL, 0, 0, 0)
                """, [.integer(account), .blob(sealed)])
        }
    }

    /// Switches it on with a first right code.
    ///
    /// - Returns: the recovery codes, shown this once; nil when the code was wrong.
    public func confirm(
        _ account: Account, code: String, in organisation: OrganisationID, now: Int64
    ) async throws -> [String]? {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.make() }
        let secrets = secrets
        return try await database.write { transaction in
            guard let row = try Self.row(account.id, transaction), row.confirmedAt == nil,
                try Self.check(code, of: row, account.id, secrets, now, transaction) == .accepted
            else { return nil }
            try transaction.execute(
                "UPDATE second_factor SET confirmed_at = ? WHERE account_id = ?",
                [.integer(now), .integer(account.id)])
            try Self.erase("recovery_code", account.id, transaction)
            for digest in codes.compactMap({ RecoveryCode.digest(of: $0) }) {
                try transaction.execute(
                    "INSERT INTO recovery_code (account_id, digest) VALUES (?, ?)",
                    [.integer(account.id), .text(digest)])
            }
            try AuditChain.append(
                AuditChange(
                    by: AuditActor(account), "account.second-step",
                    PeopleStore.subject(account), before: "off", after: "on"),
                to: organisation, at: now, in: transaction)
            return codes
        }
    }

    /// Switches it off with a right code.
    public func end(
        _ account: Account, code: String, in organisation: OrganisationID, now: Int64
    ) async throws -> Outcome {
        let secrets = secrets
        return try await database.write { transaction in
            guard let row = try Self.row(account.id, transaction) else { return .nothing }
            let outcome = try Self.check(code, of: row, account.id, secrets, now, transaction)
            guard outcome == .accepted else { return outcome }
            try Self.switchOff(
                account, by: AuditActor(account), organisation, now, transaction)
            return .accepted
        }
    }

    /// Switches it off for somebody who lost device and codes.
    public func reset(
        _ account: Account, by actor: AuditActor, in organisation: OrganisationID, now: Int64
    ) async throws {
        try await database.write { transaction in
            guard try Self.row(account.id, transaction) != nil else { return }
            try Self.switchOff(account, by: actor, organisation, now, transaction)
        }
    }

    // MARK: Signing in

    /// What stands for a right password until the code is there; nil when no code is asked for.
    public func owed(by account: Account, now: Int64) async throws -> SecretToken? {
        let token = SecretToken()
        return try await database.write { transaction in
            guard try Self.row(account.id, transaction)?.confirmedAt != nil else { return nil }
            try transaction.execute(
                "DELETE FROM sign_in_step WHERE expires_at <= ?", [.integer(now)])
            try transaction.execute(
                "INSERT INTO sign_in_step (digest, account_id, expires_at) VALUES (?, ?, ?)",
                [.text(token.digest), .integer(account.id), .integer(now &+ Limits.wait)])
            return token
        }
    }

    /// Checks the code that goes with a right password; the account when it is right.
    public func finish(
        _ step: SecretToken, code: String, now: Int64
    ) async throws -> (outcome: Outcome, account: Account?) {
        let digest = SQLValue.text(step.digest)
        let secrets = secrets
        return try await database.write { transaction in
            guard
                let found = try transaction.rows(
                    """
                    SELECT a.id, a.name, a.created_at FROM sign_in_step s
                    JOIN account a ON a.id = s.account_id WHERE s.digest = ? AND s.expires_at > ?
                    """, [digest, .integer(now)]
                ).first, let row = try Self.row(found.integer(0), transaction)
            else { return (.nothing, nil) }
            let account = Account(
                id: found.integer(0), name: found.text(1), createdAt: found.integer(2))
            let outcome = try Self.check(code, of: row, account.id, secrets, now, transaction)
            guard outcome == .accepted else { return (outcome, nil) }
            try transaction.execute("DELETE FROM sign_in_step WHERE digest = ?", [digest])
            return (.accepted, account)
        }
    }
}

// MARK: Rows

extension SecondStepStore {
    struct Row {
        /// As it lies in the database.
        var sealed: [UInt8]
        var confirmedAt: Int64?
        var step: Int64
        var failures: Int64
        var failedSince: Int64
    }

    /// Holds the row until the end of a transaction that writes, so that a code counts once.
    static func row(_ account: Int64, _ transaction: any SQLTransaction) throws -> Row? {
        try transaction.rows(
            """
            SELECT secret, confirmed_at, step, failures, failed_since FROM second_factor
            WHERE account_id = ?
            """, [.integer(account)]
        ).first.map { row in
            Row(
                sealed: row.blob(0), confirmedAt: row.optionalInteger(1),
                step: row.integer(2), failures: row.integer(3), failedSince: row.integer(4))
        }
    }

    static func check(
        _ typed: String, of unlocked: Row, _ account: Int64, _ secrets: SecretVault, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws -> Outcome {
        // Two who show the same code at once are lined up here, and the row is read again.
        try transaction.execute(
            "UPDATE second_factor SET step = step WHERE account_id = ?", [.integer(account)])
        let row = try Self.row(account, transaction) ?? unlocked
        var failures = row.failures
        var since = row.failedSince
        if failures == 0 || now - since >= Limits.pause { (failures, since) = (0, now) }
        guard failures < Limits.failures else { return .wait(since + Limits.pause - now) }
        // First the codes on paper: they need no key, should its file be lost.
        if let digest = RecoveryCode.digest(of: typed) {
            let key: [SQLValue] = [.integer(account), .text(digest)]
            let isKnown = try transaction.rows(
                "SELECT COUNT(*) FROM recovery_code WHERE account_id = ? AND digest = ?", key)
            if isKnown[0].integer(0) > 0 {
                try transaction.execute(
                    "DELETE FROM recovery_code WHERE account_id = ? AND digest = ?", key)
                return .accepted
            }
        }
        let code = typed.filter { !$0.isWhitespace }
        let device = try open(row, account, secrets, transaction)
        if let step = device.acceptedStep(of: code, at: now, after: row.step) {
            try transaction.execute(
                "UPDATE second_factor SET step = ?, failures = 0 WHERE account_id = ?",
                [.integer(step), .integer(account)])
            return .accepted
        }
        try transaction.execute(
            "UPDATE second_factor SET failures = ?, failed_since = ? WHERE account_id = ?",
            [.integer(failures + 1), .integer(since), .integer(account)])
        return .wrong
    }

    private static func switchOff(
        _ account: Account, by actor: AuditActor, _ organisation: OrganisationID, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws {
        for table in ["recovery_code", "sign_in_step", "second_factor"] {
            try erase(table, account.id, transaction)
        }
        try AuditChain.append(
            AuditChange(
                by: actor, "account.second-step", PeopleStore.subject(account), before: "on",
                after: "off"), to: organisation, at: now, in: transaction)
    }

    private static func erase(
        _ table: String, _ account: Int64, _ transaction: any SQLTransaction
    ) throws {
        try transaction.execute(
            "DELETE FROM \(table) WHERE account_id = ?", [.integer(account)])
    }
}
