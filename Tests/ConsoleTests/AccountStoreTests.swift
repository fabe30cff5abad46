import SQLDatabase
import Storage
import Testing

/// The store of accounts by itself.
@Suite struct AccountStoreTests {
    private static let now = SampleDomains.now
    private static let password = SampleConsole.password

    private func store(cost: PasswordCost = .none) async throws -> (AccountStore, SQLiteDatabase) {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        return (AccountStore(database: database, cost: cost), database)
    }

    private func welcome(_ store: AccountStore, name: String = "Ada", password: String = password)
        async throws -> Account
    {
        let token = try #require(try await store.oneTimeLink(now: Self.now))
        return try await store.welcome(token, name: name, password: password, now: Self.now)
    }

    @Test func `the database holds no password and no token`() async throws {
        let (store, database) = try await store()
        let token = try #require(try await store.oneTimeLink(now: Self.now))
        let account = try await store.welcome(
            token, name: "Ada", password: Self.password, now: Self.now)
        let session = try await store.openSession(for: account, now: Self.now)
        let kept = try await database.read { transaction in
            try transaction.rows("SELECT password FROM account")
                + transaction.rows("SELECT digest FROM session")
        }.map { $0.text(0) }
        #expect(kept.count == 2)
        #expect(kept[0].hasPrefix("scrypt$2$8$1$"))
        for secret in [Self.password, token.text, session.text] {
            #expect(!kept.contains { $0.contains(secret) })
        }
        #expect(try await store.account(in: session, now: Self.now) == account)
    }

    @Test func `names are the same in any case, passwords are not`() async throws {
        let (store, _) = try await store()
        _ = try await welcome(store, name: "  Ada Löwe ")
        #expect(
            try await store.account(named: "ada LÖWE", password: Self.password)?.name == "Ada Löwe")
        #expect(
            try await store.account(named: "Ada Löwe", password: Self.password.uppercased()) == nil)
        #expect(try await store.account(named: "Ada Löwe", password: "") == nil)
        let endless = String(repeating: "x", count: 100_000)
        #expect(try await store.account(named: "Ada Löwe", password: endless) == nil)
        #expect(try await store.account(named: endless, password: Self.password) == nil)
    }

    @Test(arguments: [
        ("", "four unrelated words", AccountError.emptyName),
        (" \t ", "four unrelated words", .emptyName),
        ("a\u{0}b", "four unrelated words", .emptyName),
        (String(repeating: "n", count: 81), "four unrelated words", .nameTooLong),
        ("Ada", "eleven char", .passwordTooShort),
        ("Ada", String(repeating: "p", count: 1_025), .passwordTooLong),
        ("Four unrelated words", "four unrelated words", .passwordIsName),
    ])
    func `bad names and passwords are refused and the link stays`(
        _ name: String, _ password: String, _ expected: AccountError
    ) async throws {
        let (store, _) = try await store()
        let token = try #require(try await store.oneTimeLink(now: Self.now))
        await #expect(throws: expected) {
            try await store.welcome(token, name: name, password: password, now: Self.now)
        }
        #expect(try await store.isLinkValid(token, now: Self.now))
    }

    @Test func `of many who open the link at once one becomes administrator`() async throws {
        let (store, _) = try await store()
        let token = try #require(try await store.oneTimeLink(now: Self.now))
        let made = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let account = try? await store.welcome(
                        token, name: "name \(number)", password: Self.password, now: Self.now)
                    return account != nil
                }
            }
            var count = 0
            for await isMade in group where isMade { count += 1 }
            return count
        }
        #expect(made == 1)
    }

    @Test func `an account keeps its newest sessions only`() async throws {
        let (store, _) = try await store()
        let account = try await welcome(store)
        var sessions: [SecretToken] = []
        for second in 0..<Int64(AccountLimits.sessions + 3) {
            sessions.append(try await store.openSession(for: account, now: Self.now + second))
        }
        let later = Self.now + Int64(AccountLimits.sessions + 3)
        var open = 0
        for session in sessions where try await store.account(in: session, now: later) != nil {
            open += 1
        }
        #expect(open == AccountLimits.sessions)
        #expect(try await store.account(in: sessions[0], now: later) == nil)
    }

    @Test func `a tampered hash is no password`() async throws {
        let (store, database) = try await store()
        _ = try await welcome(store)
        for hash in [
            "", "plain", "scrypt$3$8$1$00$00",
            "scrypt$1073741824$8$1$00$" + String(repeating: "0", count: 64),
            "scrypt$2$8$1$$" + String(repeating: "0", count: 64),
        ] {
            try await database.write { transaction in
                try transaction.execute("UPDATE account SET password = ?", [.text(hash)])
            }
            #expect(try await store.account(named: "Ada", password: Self.password) == nil)
        }
    }

    @Test func `tokens differ and only whole ones are read`() {
        let tokens = (0..<100).map { _ in SecretToken() }
        #expect(Set(tokens.map(\.text)).count == 100)
        #expect(tokens.allSatisfy { SecretToken($0.text) == $0 })
        for text in [
            "", "abc", String(repeating: "g", count: 64), String(repeating: "a", count: 65),
        ] {
            #expect(SecretToken(text) == nil)
        }
        let token = tokens[0]
        #expect(token.confirms(token.derived(for: "form"), for: "form"))
        #expect(!token.confirms(token.derived(for: "other"), for: "form"))
        #expect(!tokens[1].confirms(token.derived(for: "form"), for: "form"))
        #expect(!token.confirms("", for: "form"))
    }
}
