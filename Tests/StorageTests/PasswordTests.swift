import SQLDatabase
import Storage
import TestSupport
import Testing

/// New passwords: by whom one belongs to, and by a link.
struct PasswordTests {
    typealias Samples = PeopleSamples
    static let now = PeopleSamples.now
    static let next = "five entirely other words"

    private static func acts(_ samples: Samples) async throws -> [String] {
        try await samples.audit.search(.init(what: "account.")).entries.map(\.change.act)
    }

    @Test(arguments: TestEngine.allCases)
    func `the owner of a password changes it, and all other sessions end`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (accounts, ada) = (samples.accounts, samples.ada)
            let here = try await accounts.openSession(for: ada, now: Self.now)
            let elsewhere = try await accounts.openSession(for: ada, now: Self.now)
            let link = try await accounts.passwordLink(
                for: ada.id, by: samples.actor, owner: nil, in: .first, now: Self.now)
            func change(
                _ old: String, _ new: String, _ code: String = ""
            ) async throws -> AccountStore.PasswordOutcome {
                try await accounts.changePassword(
                    of: ada, from: old, to: new, code: code, keeping: here, in: .first,
                    now: Self.now)
            }
            #expect(try await change("wrong password", Self.next) == .wrongPassword)
            #expect(
                try await change(String(repeating: "x", count: 2_000), Self.next) == .wrongPassword)
            for (new, error) in [
                ("short", AccountError.passwordTooShort),
                (String(repeating: "x", count: 1_025), .passwordTooLong),
                (Samples.password, .passwordSame),
            ] {
                await #expect(throws: error) { try await change(Samples.password, new) }
            }
            #expect(try await accounts.account(in: elsewhere, now: Self.now) == ada)
            #expect(try await Self.acts(samples) == ["account.password-link"])

            #expect(try await change(Samples.password, Self.next) == .changed)
            #expect(try await accounts.account(in: here, now: Self.now) == ada)
            #expect(try await accounts.account(in: elsewhere, now: Self.now) == nil)
            #expect(try await accounts.account(named: "Ada", password: Samples.password) == nil)
            #expect(try await accounts.account(named: "Ada", password: Self.next) == ada)
            // A link from before is of no use to whoever holds it.
            #expect(try await accounts.passwordLink(link, now: Self.now) == .unknown)
            #expect(
                try await Self.acts(samples) == ["account.password", "account.password-link"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `with a second step its code is asked for, and a wrong one changes nothing`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (accounts, ada) = (samples.accounts, samples.ada)
            let steps = accounts.secondStep
            try await steps.begin(ada.id)
            guard case .begun(let secret) = try await steps.state(of: ada.id) else { return }
            let device = OneTimeCode(secret: secret)
            func code(_ now: Int64) -> String { device.code(at: OneTimeCode.step(at: now)) }
            _ = try await steps.confirm(ada, code: code(Self.now), in: .first, now: Self.now)
            let session = try await accounts.openSession(for: ada, now: Self.now)
            func change(_ code: String, _ now: Int64) async throws -> AccountStore.PasswordOutcome {
                try await accounts.changePassword(
                    of: ada, from: Samples.password, to: Self.next, code: code, keeping: session,
                    in: .first, now: now)
            }
            #expect(try await change("", Self.now) == .code(.wrong))
            // The one that switched it on counts no second time.
            #expect(try await change(code(Self.now), Self.now) == .code(.wrong))
            #expect(try await accounts.account(named: "ada", password: Samples.password) == ada)
            #expect(try await change(code(Self.now + 60), Self.now + 60) == .changed)
            #expect(try await accounts.account(named: "ada", password: Self.next) == ada)
            guard case .on = try await steps.state(of: ada.id) else {
                Issue.record("the second step is off")
                return
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a link changes one person's password once, and trying it again is told`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let accounts = samples.accounts
            let ben = try await samples.join("Ben", Standing(.auditor))
            func make(_ now: Int64 = Self.now) async throws -> SecretToken {
                try await accounts.passwordLink(
                    for: ben.id, by: samples.actor, owner: samples.ada, in: .first, now: now)
            }
            let session = try await accounts.openSession(for: ben, now: Self.now)
            let replaced = try await make()
            let link = try await make()
            #expect(try await accounts.passwordLink(replaced, now: Self.now) == .unknown)
            #expect(try await accounts.passwordLink(SecretToken(), now: Self.now) == .unknown)
            guard case .open(let seen) = try await accounts.passwordLink(link, now: Self.now)
            else {
                Issue.record("not open")
                return
            }
            #expect(seen.account == ben)
            #expect(seen.madeBy == "Ada")
            await #expect(throws: AccountError.passwordTooShort) {
                try await accounts.choosePassword(link, password: "short", now: Self.now)
            }
            await #expect(throws: AccountError.passwordLinkNotValid) {
                try await accounts.choosePassword(replaced, password: Self.next, now: Self.now)
            }
            // Four at once: one chooses.
            let chosen = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let account = try? await accounts.choosePassword(
                            link, password: Self.next, now: Self.now)
                        return account == ben
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(chosen == 1)
            #expect(try await accounts.account(named: "Ben", password: Self.next) == ben)
            #expect(try await accounts.account(named: "Ben", password: Samples.password) == nil)
            #expect(
                try await accounts.account(named: "Ada", password: Samples.password) == samples.ada)
            #expect(try await accounts.account(in: session, now: Self.now) == nil)
            for _ in 0..<3 {
                #expect(
                    try await accounts.passwordLink(link, now: Self.now + 5)
                        == .used(at: Self.now))
            }
            let told = try await Self.acts(samples)
            #expect(told.filter { $0 == "account.password-replay" }.count == 1)
            #expect(told.filter { $0 == "account.password-reset" }.count == 1)
            #expect(told.filter { $0 == "account.password-link" }.count == 2)

            let old = try await make()
            let late = Self.now + AccountLimits.link
            #expect(try await accounts.passwordLink(old, now: late) == .expired(at: late))
            await #expect(throws: AccountError.passwordLinkNotValid) {
                try await accounts.choosePassword(old, password: Self.next, now: late)
            }
            // The database holds digests alone.
            let kept = try await samples.database.read { transaction in
                try transaction.rows("SELECT digest FROM password_link").map { $0.text(0) }
            }
            #expect(!kept.isEmpty)
            #expect(!kept.contains(link.text))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `no owner gets into organisations of others by a link`(_ engine: TestEngine) async throws {
        try await Samples.each(engine) { samples in
            let accounts = samples.accounts
            let ben = try await samples.join("Ben", Standing(.auditor))
            func make(_ account: Account, owner: Account?) async throws -> SecretToken {
                try await accounts.passwordLink(
                    for: account.id, by: samples.actor, owner: owner, in: .first, now: Self.now)
            }
            let link = try await make(ben, owner: samples.ada)
            // Ben joins another organisation: the link of before would open that too.
            let token = try await accounts.people(of: samples.other.id).invite(
                "Ben", as: Standing(.owner), by: samples.actor, now: Self.now)
            _ = try await accounts.join(token, as: ben, now: Self.now)
            #expect(try await accounts.passwordLink(link, now: Self.now) == .unknown)
            await #expect(throws: PeopleError.belongsElsewhere) {
                try await make(ben, owner: samples.ada)
            }
            // Whoever runs the machine may, and whoever is an owner of both.
            _ = try await make(ben, owner: nil)
            let both = try await accounts.people(of: samples.other.id).invite(
                "Ada", as: Standing(.owner), by: samples.actor, now: Self.now)
            _ = try await accounts.join(both, as: samples.ada, now: Self.now)
            _ = try await make(ben, owner: samples.ada)
            // Not somebody who is no owner at all, nor for who belongs elsewhere only.
            let cleo = try await samples.join("Cleo", Standing(.operator))
            await #expect(throws: PeopleError.belongsElsewhere) {
                try await make(samples.ada, owner: cleo)
            }
            let dan = try await samples.join(
                "Dan", Standing(.auditor), organisation: samples.other.id)
            await #expect(throws: PeopleError.unknownMember) {
                try await make(dan, owner: samples.ada)
            }
        }
    }
}
