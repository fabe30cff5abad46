import SQLDatabase
import Storage
import TestSupport
import Testing

/// People who sign in at a provider of identities, as they are kept.
struct ProviderStoreTests {
    typealias Samples = PeopleSamples
    static let now = PeopleSamples.now
    static let jane = ProviderIdentity(issuer: "https://login.example", subject: "7")

    @Test(arguments: TestEngine.allCases)
    func `whoever is on the way comes back once, in time`(_ engine: TestEngine) async throws {
        try await Samples.each(engine) { samples in
            let store = samples.accounts.providers
            let browser = SecretToken()
            try await store.begin(browser, .signIn, next: "/people", now: Self.now)
            #expect(try await store.take(SecretToken(), now: Self.now) == nil)
            // Four at once: one comes back.
            let back = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let visit = try? await store.take(browser, now: Self.now)
                        return visit?.errand == .signIn && visit?.next == "/people"
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(back == 1)
            let late = SecretToken()
            try await store.begin(late, .signIn, next: "/", now: Self.now)
            #expect(
                try await store.take(late, now: Self.now + ProviderStore.Limits.visit) == nil)
            let purpose = ProviderPurpose.link(account: samples.ada.id, organisation: .first)
            let linking = SecretToken()
            try await store.begin(linking, purpose, next: "/", now: Self.now)
            #expect(
                try await store.take(linking, now: Self.now)?.errand
                    == .link(account: samples.ada.id, organisation: .first))
            await #expect(throws: PeopleError.linkNotValid) {
                try await store.begin(
                    SecretToken(), .join(invitation: SecretToken()), next: "/", now: Self.now)
            }
        }
    }

    @Test func `more on the way than there is room for are told to come back`() async throws {
        try await Samples.each(.sqlite) { samples in
            let store = samples.accounts.providers
            try await samples.database.write { transaction in
                for number in 0..<ProviderStore.Limits.visits {
                    try transaction.execute(
                        """
                        INSERT INTO provider_visit (digest, next, expires_at) VALUES (?, '/', ?)
                        """, [.text("\(number)"), .integer(Self.now + 1)])
                }
            }
            await #expect(throws: PeopleError.tooManySignIns) {
                try await store.begin(SecretToken(), .signIn, next: "/", now: Self.now)
            }
            // Those whose time is over make room.
            try await store.begin(SecretToken(), .signIn, next: "/", now: Self.now + 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an identity is one account's, and an account has one of an issuer`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let store = samples.accounts.providers
            let ben = try await samples.join("Ben", Standing(.auditor))
            #expect(try await store.account(of: Self.jane) == nil)
            // Both want it at once.
            let linked = await withTaskGroup(of: Bool.self) { group in
                for account in [samples.ada, ben] {
                    group.addTask {
                        do {
                            try await store.link(
                                Self.jane, to: account, in: .first, now: Self.now)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(linked == 1)
            let account = try #require(try await store.account(of: Self.jane))
            #expect(try await store.since(account, issuer: Self.jane.issuer) == Self.now)
            let second = ProviderIdentity(issuer: Self.jane.issuer, subject: "8")
            await #expect(throws: PeopleError.identityTaken) {
                try await store.link(second, to: account, in: .first, now: Self.now)
            }
            for subject in ["", "a\nb", String(repeating: "x", count: 256)] {
                await #expect(throws: PeopleError.identityTaken) {
                    try await store.link(
                        ProviderIdentity(issuer: Self.jane.issuer, subject: subject), to: ben,
                        in: .first, now: Self.now)
                }
            }
            try await store.unlink(account, issuer: Self.jane.issuer, in: .first, now: Self.now)
            #expect(try await store.account(of: Self.jane) == nil)
            let told = try await samples.audit.search(.init(what: "account.provider")).entries
            #expect(told.map(\.change.after) == [nil, "https://login.example 7"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an invitation makes an account without a password, and names stay one person's`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let store = samples.accounts.providers
            func join(_ subject: String, _ name: String) async throws -> Account {
                let token = try await samples.people.invite(
                    "x", as: Standing(.auditor), by: samples.actor, now: Self.now)
                let browser = SecretToken()
                try await store.begin(
                    browser, .join(invitation: token), next: "/", now: Self.now)
                guard
                    case .join(let invitation)? = try await store.take(browser, now: Self.now)?
                        .errand
                else { throw PeopleError.linkNotValid }
                let identity = ProviderIdentity(issuer: Self.jane.issuer, subject: subject)
                let account = try await store.join(
                    invitation, as: identity, name: name, now: Self.now)
                await #expect(throws: PeopleError.linkNotValid) {
                    try await store.join(invitation, as: identity, name: name, now: Self.now)
                }
                return account
            }
            for (subject, name, expected) in [
                ("1", "Jane", "Jane"), ("2", " jane ", "jane 2"), ("3", "ADA", "ADA 2"),
                ("4", "", "Somebody"), ("5", "\u{202E}x\u{0}\n", "x"),
                ("6", String(repeating: "y", count: 500), String(repeating: "y", count: 77)),
            ] {
                let account = try await join(subject, name)
                #expect(account.name == expected)
                #expect(try await !samples.accounts.hasPassword(account))
                for password in ["", "scrypt"] {
                    #expect(
                        try await samples.accounts.account(named: expected, password: password)
                            == nil)
                }
                let member = try await samples.people.member(account.id)
                #expect(member?.standing == Standing(.auditor))
                await #expect(throws: PeopleError.noOtherWay) {
                    try await store.unlink(
                        account, issuer: Self.jane.issuer, in: .first, now: Self.now)
                }
            }
            // An identity that is somebody's makes no second account.
            await #expect(throws: PeopleError.identityTaken) { try await join("1", "Jane") }
            for number in 3...ProviderStore.Limits.names {
                _ = try await join("many \(number)", "Jane")
            }
            await #expect(throws: AccountError.nameTaken) { try await join("one more", "Jane") }
        }
    }
}
