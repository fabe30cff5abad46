import DomainAnalysis
import FoundationEssentials
import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Proposed policies, who decided on them, and rules, on both engines.
@Suite struct WayStoreTests {
    static let ada = AuditActor(.person, id: 1, name: "Ada")
    static let ben = AuditActor(.person, id: 2, name: "Ben")
    static let rule = AuditActor(.rule, name: "rules agreed by Ada")

    static func risk(atRisk: Int64 = 0) -> PolicyRisk {
        let day = UTCDay(number: 20_000)
        var risk = PolicyRisk(
            domain: Samples.domain, record: "v=DMARC1; p=reject",
            coverage: ReportCoverage(first: day, last: day.advanced(by: 29)))
        (risk.messages, risk.legitimate, risk.atRisk) = (1_000, 1_000, atRisk)
        return risk
    }

    static func draft(_ record: String = "v=DMARC1; p=reject", domain: String = "example.com")
        throws
        -> WayDraft
    {
        WayDraft(
            domain: try #require(DomainName(domain)), record: record,
            replaces: "v=DMARC1; p=none", reason: "Because \u{0} 'of' \"this\"",
            known: risk(atRisk: 3))
    }

    private func with(
        _ engine: TestEngine, _ body: (WayStore, WayStore, AuditStore) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await database.write {
                try $0.execute(
                    "INSERT INTO organisation (id, name, created_at) VALUES (2, 'Other', 0)")
            }
            try await body(
                WayStore(database: database),
                WayStore(database: database, organisation: OrganisationID(rawValue: 2)),
                AuditStore(database: database, organisation: .first))
        }
    }

    private func refusal(_ body: () async throws -> Void) async throws -> WayError? {
        do {
            try await body()
            return nil
        } catch let error as WayError {
            return error
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a proposal is kept with what was known, decided once, and told in the audit log`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, other, audit in
            let draft = try Self.draft()
            let id = try await store.propose(draft, by: Self.ada, now: 100)
            let kept = try #require(try await store.proposal(id))
            #expect(kept.draft.known == draft.known && kept.draft.record == draft.record)
            #expect(kept.draft.reason == "Because  'of' \"this\"" && kept.askedBy == Self.ada)
            #expect(kept.state == .proposed && kept.step == .reject && kept.askedAt == 100)
            #expect(
                try await refusal { _ = try await store.propose(draft, by: Self.ben, now: 101) }
                    == .openAlready(id))
            // Another organisation's domain of the same name is another matter.
            let theirs = try await other.propose(draft, by: Self.ben, now: 102)
            #expect(try await store.proposal(theirs) == nil)
            #expect(
                try await refusal {
                    _ = try await store.approve(theirs, by: Self.ben, now: 103)
                } == .unknown(theirs))

            // One person is enough until an owner wants two.
            let approved = try await store.approve(id, by: Self.ada, now: 110)
            #expect(approved.state == .approved && approved.decidedBy == "Ada")
            #expect(
                try await refusal { _ = try await store.approve(id, by: Self.ben, now: 111) }
                    == .decided(id, .approved))
            #expect(
                try await store.reopen(id, because: "no zone", by: Self.ada, now: 112))
            let open = try #require(try await store.proposal(id))
            #expect(open.remark == "no zone" && open.state == .proposed && open.decidedBy == nil)
            #expect(!(try await store.made(id, change: 7, by: Self.ada, now: 113)))
            _ = try await store.approve(id, by: Self.ben, now: 114)
            #expect(try await store.made(id, change: 7, by: Self.ben, now: 115))
            #expect(!(try await store.made(id, change: 8, by: Self.ben, now: 116)))
            let made = try #require(try await store.proposal(id))
            #expect(made.state == .made && made.change == 7)

            let second = try await store.propose(draft, by: Self.ada, now: 120)
            let declined = try await store.decline(
                second, by: Self.ada, because: "later", now: 121)
            #expect(declined.state == .declined && declined.remark == "later")
            #expect(try await store.proposals(of: Samples.domain).map(\.id) == [second, id])
            #expect(try await store.proposals(limit: 1).map(\.id) == [second])
            let entries = try await audit.entries(after: 0)
            #expect(
                entries.map(\.change.act) == [
                    "way.propose", "way.approve", "way.stuck", "way.approve", "way.change",
                    "way.propose", "way.decline",
                ])
            #expect(entries[0].change.subject == "proposal \(id) for example.com")
            #expect(entries[0].change.after?.contains("3 (0.3 %)") == true)
            #expect(entries[4].change.after == "DNS change 7")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `where two people are wanted nobody approves what they proposed`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, other, audit in
            #expect(!(try await store.wantsTwoPeople()))
            try await store.wantTwoPeople(true, by: Self.ben, now: 1)
            try await store.wantTwoPeople(true, by: Self.ben, now: 2)
            #expect(try await store.wantsTwoPeople())
            #expect(!(try await other.wantsTwoPeople()))
            let entries = try await audit.entries(after: 0)
            #expect(entries.map(\.change.act) == ["way.two-people"])
            #expect(entries[0].change.before == "one person")

            let id = try await store.propose(try Self.draft(), by: Self.ada, now: 3)
            // The same person under another name, at the command line, and with another letter.
            for actor in [
                Self.ada, AuditActor(.person, id: 1, name: "Renamed"),
                AuditActor(.commandLine, name: "ADA"),
            ] {
                #expect(
                    try await refusal { _ = try await store.approve(id, by: actor, now: 4) }
                        == .ownProposal(id), "\(actor)")
            }
            #expect(try await store.approve(id, by: Self.ben, now: 5).state == .approved)
            #expect(try await store.made(id, change: 1, by: Self.ben, now: 6))

            // What rules propose, who agreed on them has asked for.
            try await store.agree(
                try WayRules(), for: Samples.domain, at: WayPosition(.none), before: Self.risk(),
                by: Self.ada,
                now: 7)
            let ruled = try await store.propose(try Self.draft(), by: Self.rule, now: 8)
            #expect(
                try await refusal { _ = try await store.approve(ruled, by: Self.ada, now: 9) }
                    == .ownProposal(ruled))
            #expect(
                try await store.approve(ruled, by: Self.rule, isAgreed: true, now: 10).state
                    == .approved)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of many who decide at once one does`(_ engine: TestEngine) async throws {
        try await with(engine) { store, _, audit in
            let id = try await store.propose(try Self.draft(), by: Self.ada, now: 1)
            let won = await withTaskGroup(of: Bool.self) { group in
                for person in 0..<8 {
                    group.addTask {
                        let actor = AuditActor(.person, id: Int64(person), name: "p\(person)")
                        let decided =
                            person % 2 == 0
                            ? try? await store.approve(id, by: actor, now: 2)
                            : try? await store.decline(id, by: actor, because: "", now: 2)
                        return decided != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
            #expect(try await audit.entries(after: 0).count == 2)
            let domains = try (0..<6).map { try Self.draft(domain: "d\($0 % 2).example") }
            let kept = await withTaskGroup(of: Bool.self) { group in
                for draft in domains {
                    group.addTask {
                        (try? await store.propose(draft, by: Self.ben, now: 3)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(kept == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `rules are agreed, followed, ended, and agreed anew`(_ engine: TestEngine) async throws {
        try await with(engine) { store, other, audit in
            let domain = Samples.domain
            let rules = try WayRules(testDays: 7)
            try await store.agree(
                rules, for: domain, at: WayPosition(.none), before: Self.risk(), by: Self.ada,
                now: 10)
            let kept = try #require(try await store.rules(of: domain))
            #expect(kept.rules == rules && kept.agreedBy == "Ada" && kept.step == WayStep.none)
            #expect(kept.stepSince == 10 && kept.before == Self.risk() && kept.stoppedAt == nil)
            #expect(try await other.rules(of: domain) == nil)
            #expect(try await store.domainsWithRules(limit: 10) == [domain])
            #expect(try await store.domainsWithRules(limit: 0).isEmpty)
            #expect(try await other.domainsWithRules(limit: 10).isEmpty)
            try await store.entered(
                WayPosition(.quarantine), domain, before: Self.risk(atRisk: 5), now: 20)
            let open = SubdomainPolicies(record: "v=DMARC1; p=reject; sp=none").open
            let place = WayPosition(.quarantine, open: open)
            try await store.entered(place, domain, before: Self.risk(atRisk: 5), now: 20)
            #expect(try await store.rules(of: domain)?.position == place)
            try await store.checked(domain, remark: "a\u{0}b", now: 21)
            let later = try #require(try await store.rules(of: domain))
            #expect(later.step == .quarantine && later.stepSince == 20)
            #expect(later.before.atRisk == 5 && later.remark == "ab" && later.checkedAt == 21)
            #expect(try await store.stop(domain, because: "enough", by: Self.ben, now: 30))
            #expect(!(try await store.stop(domain, because: "enough", by: Self.ben, now: 31)))
            #expect(try await store.domainsWithRules(limit: 10).isEmpty)
            try await store.agree(
                try WayRules(), for: domain, at: WayPosition(.quarantine), before: Self.risk(),
                by: Self.ben,
                now: 40)
            #expect(try await store.rules(of: domain)?.stoppedAt == nil)
            let told = try await audit.entries(after: 0)
            #expect(told.map(\.change.act) == ["way.agree", "way.stop", "way.agree"])
            #expect(told[1].change.after == "enough")
            #expect(told[2].change.before == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `names from reports make no proposal too long`(_ engine: TestEngine) async throws {
        try await with(engine) { store, _, _ in
            var draft = try Self.draft()
            draft.known.senders = (0..<WayLimits.senders).map {
                PolicyRisk.Sender(
                    key: "\($0)", name: String(repeating: "\u{1F600}\"\\", count: 3_000))
            }
            let id = try await store.propose(draft, by: Self.ada, now: 1)
            let kept = try #require(try await store.proposal(id))
            #expect(!kept.draft.known.senders.isEmpty)
            #expect(kept.draft.known.senders.count < WayLimits.senders)
            #expect(kept.draft.known.atRisk == 3)
        }
    }
}
