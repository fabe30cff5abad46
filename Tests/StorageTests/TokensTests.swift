import SQLDatabase
import Storage
import TestSupport
import Testing

/// Keys for programs.
struct TokensTests {
    typealias Samples = PeopleSamples
    static let now = PeopleSamples.now

    @Test(arguments: TestEngine.allCases)
    func `a token works until it is revoked or its time is over`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let tokens = samples.accounts.tokens(of: .first)
            let made = try await tokens.make(
                " Import ", scopes: [.read, .bringReports], role: .operator, days: 2,
                by: samples.actor, now: Self.now)
            func shown(_ text: String, at now: Int64) async throws -> APIToken? {
                try await samples.accounts.token(shown: text, now: now)
            }
            let found = try #require(try await shown(made.text, at: Self.now + 10))
            #expect(found.name == "Import")
            #expect(found.scopes == [.read, .bringReports])
            #expect(found.organisation == .first)
            #expect(try await tokens.token(found.id)?.usedAt == Self.now + 10)
            // Written once in a while, not at each use.
            _ = try await shown(made.text, at: Self.now + 11)
            #expect(try await tokens.token(found.id)?.usedAt == Self.now + 10)
            #expect(try await shown(made.text, at: Self.now + 2 * 86_400 - 1) != nil)
            #expect(try await shown(made.text, at: Self.now + 2 * 86_400) == nil)
            let bare = String(made.text.dropFirst("sealgate_".count))
            for wrong in ["", bare, made.text + "0", "sealgate_" + String(bare.reversed())] {
                #expect(try await shown(wrong, at: Self.now) == nil)
            }
            // Another organisation neither sees nor revokes it.
            let others = samples.accounts.tokens(of: samples.other.id)
            #expect(try await others.token(found.id) == nil)
            #expect(try await others.all(now: Self.now).isEmpty)
            await #expect(throws: PeopleError.unknownToken) {
                try await others.revoke(found.id, by: samples.actor, now: Self.now)
            }
            try await tokens.revoke(found.id, by: samples.actor, now: Self.now + 20)
            #expect(try await shown(made.text, at: Self.now + 21) == nil)
            await #expect(throws: PeopleError.unknownToken) {
                try await tokens.revoke(found.id, by: samples.actor, now: Self.now + 22)
            }
            let kept = try await samples.database.read { transaction in
                try transaction.rows("SELECT digest FROM api_token")[0].text(0)
            }
            #expect(!made.text.contains(kept))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `tokens are bounded in name, life and number`(_ engine: TestEngine) async throws {
        try await Samples.each(engine) { samples in
            let tokens = samples.accounts.tokens(of: .first)
            func make(
                _ name: String = "x", _ scopes: Set<TokenScope> = [.read], _ role: Role = .auditor,
                _ days: Int64 = 1
            ) async throws {
                _ = try await tokens.make(
                    name, scopes: scopes, role: role, days: days, by: samples.actor, now: Self.now)
            }
            await #expect(throws: PeopleError.tokenName) { try await make(" ") }
            await #expect(throws: PeopleError.tokenName) {
                try await make(String(repeating: "x", count: PeopleLimits.tokenName + 1))
            }
            await #expect(throws: PeopleError.noScope) { try await make("x", []) }
            await #expect(throws: PeopleError.tokenRole) {
                try await make("x", [.read], .domainOwner)
            }
            for days in [0, -1, PeopleLimits.tokenDays + 1, .max] {
                await #expect(throws: PeopleError.tokenLife) {
                    try await make("x", [.read], .auditor, days)
                }
            }
            for _ in 0..<PeopleLimits.tokens { try await make() }
            await #expect(throws: PeopleError.tooManyTokens) { try await make() }
            let all = try await tokens.all(now: Self.now)
            #expect(all.count == PeopleLimits.tokens)
            try await tokens.revoke(all[0].id, by: samples.actor, now: Self.now)
            try await make("again")
        }
    }
}
