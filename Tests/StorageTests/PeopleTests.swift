import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Who belongs to an organisation, and what can be changed about it.
struct PeopleTests {
    typealias Samples = PeopleSamples
    static let now = PeopleSamples.now

    @Test(arguments: TestEngine.allCases)
    func `whoever had an account before there were roles is an owner`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.migrate(Schema.migrations.filter { $0.number < 6 })
            try await database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO account
                        (id, organisation_id, name, folded_name, role, password, created_at)
                    VALUES (1, 1, 'Ada', 'ada', 'administrator', 'x', 5)
                    """)
                try transaction.execute("UPDATE id_block SET next = 2 WHERE name = 'account'")
            }
            try await Schema.prepare(database)
            let accounts = AccountStore(database: database, cost: .none)
            let members = try await accounts.people(of: .first).members()
            #expect(members.map(\.account.name) == ["Ada"])
            #expect(members.map(\.standing) == [Standing(.owner)])
            #expect(members[0].since == 5)
            let session = try await accounts.openSession(for: members[0].account, now: Self.now)
            let admission = try await accounts.admission(in: session, now: Self.now)
            #expect(admission?.membership?.role == .owner)
            #expect(admission?.organisations == 1)
            #expect(try await accounts.audit(of: .first).head().sequence == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the last owner stays, whatever is asked`(_ engine: TestEngine) async throws {
        try await Samples.each(engine) { samples in
            let (people, actor) = (samples.people, samples.actor)
            await #expect(throws: PeopleError.lastOwner) {
                try await people.remove(samples.ada.id, by: actor, now: Self.now)
            }
            await #expect(throws: PeopleError.lastOwner) {
                try await people.change(
                    samples.ada.id, to: Standing(.auditor), by: actor, now: Self.now)
            }
            let ben = try await samples.join("Ben", Standing(.owner))
            // Both at once: one of them must fail.
            let done = await withTaskGroup(of: Bool.self) { group in
                for account in [samples.ada, ben] {
                    group.addTask {
                        (try? await people.remove(account.id, by: actor, now: Self.now)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await people.members().map(\.standing) == [Standing(.owner)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a change of role and a removal can be undone until something else happens`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (people, actor) = (samples.people, samples.actor)
            let own = Standing(
                .domainOwner,
                domains: [try Samples.domain("b.example"), try Samples.domain("a.example")])
            let ben = try await samples.join("Ben", own)
            #expect(try await people.member(named: " BEN ")?.standing == own)
            let change = try #require(
                try await people.change(
                    ben.id, to: Standing(.operator), by: actor, now: Self.now))
            #expect(change.change.before == "domain-owner a.example b.example")
            #expect(change.change.after == "operator")
            #expect(
                try await people.change(ben.id, to: Standing(.operator), by: actor, now: Self.now)
                    == nil)
            try await people.undo(change.sequence, by: actor, now: Self.now)
            #expect(try await people.member(ben.id)?.standing == own)

            let removal = try await people.remove(ben.id, by: actor, now: Self.now)
            #expect(try await people.member(ben.id) == nil)
            // The older change is not the last word any more.
            await #expect(throws: PeopleError.cannotBeUndone) {
                try await people.undo(change.sequence, by: actor, now: Self.now)
            }
            try await people.undo(removal.sequence, by: actor, now: Self.now)
            #expect(try await people.member(ben.id)?.standing == own)
            await #expect(throws: PeopleError.cannotBeUndone) {
                try await people.undo(removal.sequence, by: actor, now: Self.now)
            }
            // An undo cannot take the last owner away either, nor touch other organisations.
            await #expect(throws: PeopleError.cannotBeUndone) {
                try await samples.accounts.people(of: samples.other.id).undo(
                    removal.sequence, by: actor, now: Self.now)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an invitation works once, for a week, and not after it was withdrawn`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (accounts, people, actor) = (samples.accounts, samples.people, samples.actor)
            func join(_ token: SecretToken, _ name: String, at now: Int64) async throws -> Account {
                try await accounts.join(token, name: name, password: Samples.password, now: now)
            }
            let late = try await people.invite(
                "late", as: Standing(.auditor), by: actor, now: Self.now)
            let end = Self.now + PeopleLimits.invitation
            #expect(try await accounts.invitation(late, now: end - 1)?.standing.role == .auditor)
            await #expect(throws: PeopleError.linkNotValid) {
                _ = try await join(late, "Late", at: end)
            }
            let token = try await people.invite(
                "Ben", as: Standing(.auditor), by: actor, now: Self.now)
            await #expect(throws: AccountError.nameTaken) {
                _ = try await join(token, "ADA", at: Self.now)
            }
            // Of many who open it at once one gets in.
            let made = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        (try? await accounts.join(
                            token, name: "Ben \(number)", password: Samples.password,
                            now: Self.now)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
            #expect(try await people.members().count == 2)

            let gone = try await people.invite(
                "Cy", as: Standing(.auditor), by: actor, now: Self.now)
            let waiting = try await people.invitations(now: Self.now)
            #expect(waiting.map(\.remark) == ["Cy", "late"])
            await #expect(throws: PeopleError.unknownInvitation) {
                try await accounts.people(of: samples.other.id).withdraw(
                    waiting[0].id, by: actor, now: Self.now)
            }
            try await people.withdraw(waiting[0].id, by: actor, now: Self.now)
            #expect(try await accounts.invitation(gone, now: Self.now) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `one account belongs to several organisations and looks at one`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (accounts, other) = (samples.accounts, samples.other.id)
            let token = try await accounts.people(of: other).invite(
                "Ada", as: Standing(.auditor), by: samples.actor, now: Self.now)
            let session = try await accounts.openSession(for: samples.ada, now: Self.now)
            #expect(
                try await !accounts.look(at: other, in: session, now: Self.now))
            _ = try await accounts.join(token, as: samples.ada, now: Self.now)
            #expect(try await accounts.look(at: other, in: session, now: Self.now))
            var seen = try await accounts.admission(in: session, now: Self.now)
            #expect(seen?.membership?.organisation.name == "Other")
            #expect(seen?.membership?.role == .auditor)
            #expect(seen?.organisations == 2)
            let again = try await accounts.people(of: other).invite(
                "Ada", as: Standing(.owner), by: samples.actor, now: Self.now)
            await #expect(throws: PeopleError.alreadyMember) {
                try await accounts.join(again, as: samples.ada, now: Self.now)
            }
            // Taken out, she looks at what is left to her.
            try await accounts.people(of: other).remove(
                samples.ada.id, by: samples.actor, now: Self.now)
            seen = try await accounts.admission(in: session, now: Self.now)
            #expect(seen?.membership?.organisation.id == .first)
            #expect(seen?.membership?.role == .owner)
            // Each organisation's log tells of its own people alone.
            #expect(try await samples.export().allSatisfy { $0.contains("\"organisation\":1,") })
            #expect(
                try await accounts.audit(of: other).search(.init(what: "member.remove")).entries
                    .count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what is too much or too little is refused with its reason`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (people, actor) = (samples.people, samples.actor)
            await #expect(throws: PeopleError.noDomain) {
                try await people.invite(
                    "x", as: Standing(.domainOwner), by: actor, now: Self.now)
            }
            let many = try (0...PeopleLimits.domains).map { try Samples.domain("d\($0).example") }
            await #expect(throws: PeopleError.tooManyDomains) {
                try await people.invite(
                    "x", as: Standing(.domainOwner, domains: many), by: actor, now: Self.now)
            }
            for number in 0..<PeopleLimits.invitations {
                _ = try await people.invite(
                    "\(number)", as: Standing(.auditor), by: actor, now: Self.now)
            }
            await #expect(throws: PeopleError.tooManyInvitations) {
                try await people.invite("x", as: Standing(.auditor), by: actor, now: Self.now)
            }
            await #expect(throws: PeopleError.unknownMember) {
                try await people.change(99, to: Standing(.owner), by: actor, now: Self.now)
            }
            let organisations = samples.accounts.organisations
            for (name, error) in [
                ("", PeopleError.organisationName), ("a\u{0}b", .organisationName),
                (String(repeating: "x", count: 121), .organisationName),
                ("OTHER", .organisationNameTaken),
            ] {
                await #expect(throws: error) {
                    try await organisations.add(name, by: actor, now: Self.now)
                }
            }
            try await organisations.rename(.first, to: "Acme", by: actor, now: Self.now)
            #expect(try await organisations.find("acme")?.id == .first)
            #expect(try await organisations.find("2")?.name == "Other")
            #expect(try await organisations.find("3") == nil)
        }
    }

    @Test func `a domain owner sees the domain and what is below it`() throws {
        let own = Standing(.domainOwner, domains: [try Samples.domain("a.example")])
        #expect(own.covers(try Samples.domain("a.example")))
        #expect(own.covers(try Samples.domain("mail.a.example")))
        #expect(!own.covers(try Samples.domain("ba.example")))
        #expect(!own.covers(try Samples.domain("example")))
        #expect(Standing(.auditor).covers(try Samples.domain("b.example")))
        #expect(Standing("domain-owner a.example") == own)
        #expect(Standing("domain-owner not..a..name") == nil)
        #expect(Standing("administrator") == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `one installation has room for so many people and organisations`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let actor = samples.actor
            try await samples.database.write { transaction in
                for id in 100..<(Int64(PeopleLimits.members) + 99) {
                    let name = SQLValue.text("p\(id)")
                    try transaction.execute(
                        """
                        INSERT INTO account
                            (id, organisation_id, name, folded_name, role, password, created_at)
                        VALUES (?, 1, ?, ?, '', '', 0)
                        """, [.integer(id), name, name])
                    try transaction.execute(
                        """
                        INSERT INTO membership (account_id, organisation_id, role, since)
                        VALUES (?, 1, 'auditor', 0)
                        """, [.integer(id)])
                }
                for id in 100..<(Int64(PeopleLimits.organisations) + 98) {
                    try transaction.execute(
                        "INSERT INTO organisation (id, name, created_at) VALUES (?, ?, 0)",
                        [.integer(id), .text("o\(id)")])
                }
            }
            #expect(try await samples.people.members().count == PeopleLimits.members)
            await #expect(throws: PeopleError.tooManyPeople) {
                try await samples.people.invite(
                    "x", as: Standing(.auditor), by: actor, now: Self.now)
            }
            let organisations = samples.accounts.organisations
            #expect(try await organisations.all().count == PeopleLimits.organisations)
            await #expect(throws: PeopleError.tooManyOrganisations) {
                try await organisations.add("one more", by: actor, now: Self.now)
            }
            #expect(try await organisations.find("o5097")?.id.rawValue == 5_097)
        }
    }
}
