import SQLDatabase

/// Changing one's own password.
extension AccountStore {
    /// What became of a change.
    public enum PasswordOutcome: Hashable, Sendable {
        case changed
        case wrongPassword
        /// What the code of the second step came to.
        case code(SecondStepStore.Outcome)
    }

    /// Whether somebody signs in with a password; without, they do at the provider of identities.
    public func hasPassword(_ account: Account) async throws -> Bool {
        try await stored(account)?.isEmpty == false
    }

    /// True when this is the account's password; false after the same time.
    public func isPassword(_ password: String, of account: Account) async throws -> Bool {
        guard password.unicodeScalars.count <= AccountLimits.passwordCharacters.upperBound else {
            return false
        }
        return try await hasher.verify(password, against: try await stored(account))
    }

    /// Changes a password for who knows the present one, and has the second step where there is
    /// one. All other sessions of the person end, and links for a new password stop working.
    ///
    /// - Parameters:
    ///   - code: of the second step; not looked at where there is none.
    ///   - session: the one that stays.
    /// - Throws: `AccountError` when the new password is not taken.
    public func changePassword(
        of account: Account, from old: String, to new: String, code: String,
        keeping session: SecretToken, in organisation: OrganisationID, now: Int64
    ) async throws -> PasswordOutcome {
        let present = try await stored(account)
        guard try await isPassword(old, of: account) else { return .wrongPassword }
        _ = try Self.checked(name: account.name, password: new)
        guard old != new else { throw AccountError.passwordSame }
        let hash = try await hasher.hash(new)
        let secrets = secrets
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            // Somebody may have changed it since it was looked at.
            guard try Self.stored(account, transaction) == present else { return .wrongPassword }
            let outcome = try SecondStepStore.checkIfOn(account.id, code, secrets, now, transaction)
            guard outcome == .accepted else { return .code(outcome) }
            try Self.write(
                hash, of: account, keeping: session, "account.password", organisation, now,
                transaction)
            return .changed
        }
    }

    /// Writes a password, ends what the old one opened, and says so in the log.
    static func write(
        _ hash: String, of account: Account, keeping session: SecretToken?, _ act: String,
        _ organisation: OrganisationID, _ now: Int64, _ transaction: any SQLTransaction
    ) throws {
        let id = SQLValue.integer(account.id)
        try transaction.execute(
            "UPDATE account SET password = ? WHERE id = ?", [.text(hash), id])
        try transaction.execute(
            "DELETE FROM session WHERE account_id = ? AND digest <> ?",
            [id, .text(session?.digest ?? "")])
        try transaction.execute("DELETE FROM sign_in_step WHERE account_id = ?", [id])
        try transaction.execute(
            "DELETE FROM password_link WHERE account_id = ? AND used_at IS NULL", [id])
        try AuditChain.append(
            AuditChange(by: AuditActor(account), act, PeopleStore.subject(account)),
            to: organisation, at: now, in: transaction)
    }

    private func stored(_ account: Account) async throws -> String? {
        try await database.read { try Self.stored(account, $0) }
    }

    private static func stored(
        _ account: Account, _ transaction: any SQLTransaction
    ) throws -> String? {
        try transaction.rows("SELECT password FROM account WHERE id = ?", [.integer(account.id)])
            .first?.text(0)
    }
}

extension SecondStepStore {
    /// What a code comes to that somebody who is signed in shows once more; accepted where no
    /// second step is on.
    public func proves(_ account: Account, code: String, now: Int64) async throws -> Outcome {
        let secrets = secrets
        return try await database.write { transaction in
            try Self.checkIfOn(account.id, code, secrets, now, transaction)
        }
    }

    /// Checks a code where the second step is on; without one, nothing is asked for.
    static func checkIfOn(
        _ account: Int64, _ code: String, _ secrets: SecretVault, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws -> Outcome {
        guard let row = try row(account, transaction), row.confirmedAt != nil else {
            return .accepted
        }
        return try check(code, of: row, account, secrets, now, transaction)
    }
}
