import DomainAnalysis
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Decisions about senders: what they change, how they are undone, what the log tells; on both
/// engines.
@Suite struct SenderDecisionTests {
    private struct House {
        let stores: Stores
        let decisions: SenderDecisionStore
        let audit: AuditStore
        let other: SenderDecisionStore
    }

    private static let ada = AuditActor(.person, id: 1, name: "Ada")
    private static let ben = AuditActor(.person, id: 2, name: "Ben")
    private static let (now, domain) = (Samples.now, Samples.domain)
    private static let service = "service:x"

    private static func each(
        _ engine: TestEngine, _ body: (House) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await database.write {
                try $0.execute(
                    "INSERT INTO organisation (id, name, created_at) VALUES (2, 'Other', 0)")
            }
            let stores = Stores(
                intake: IntakeStore(database: database), reports: ReportStore(database: database),
                domains: DomainStore(database: database))
            _ = try await stores.take(
                Samples.report("r1"),
                [
                    Samples.row("192.0.2.1", 100),
                    Samples.row(
                        "203.0.113.4", 30, sender: service, class: .unknown),
                    Samples.row("203.0.113.5", 7, sender: service, class: .spoofing),
                    Samples.row("203.0.113.6", 3, sender: service),
                    Samples.row("198.51.100.9", 20, sender: "unknown", class: .unknown),
                ], raw: "one")
            try await body(
                House(
                    stores: stores, decisions: SenderDecisionStore(database: database),
                    audit: AuditStore(database: database, organisation: .first),
                    other: SenderDecisionStore(
                        database: database, organisation: OrganisationID(rawValue: 2))))
        }
    }

    private static func volume(_ house: House, _ key: String = service) async throws -> SenderVolume
    {
        try #require(
            try await house.stores.domains.sender(
                key, of: domain, days: 30, until: nil, now: now)
        ).volume
    }

    @Test(arguments: TestEngine.allCases)
    func `a decision moves the sender's mail wherever it is counted`(
        _ engine: TestEngine
    ) async throws {
        try await Self.each(engine) { house in
            let (domains, decisions) = (house.stores.domains, house.decisions)
            func look() async throws -> (DomainOverview, Portfolio, ReplayMaterial) {
                (
                    try #require(
                        try await domains.overview(
                            of: Self.domain, days: 30, until: nil, now: Self.now)),
                    try await domains.portfolio(days: 30, until: nil, now: Self.now),
                    try #require(
                        try await domains.replayMaterial(
                            of: Self.domain, days: 30, until: nil, now: Self.now))
                )
            }
            func classes(_ material: ReplayMaterial) -> [SourceClass: Int64] {
                material.rows.filter { $0.senderKey == Self.service }
                    .reduce(into: [:]) { $0[$1.sourceClass, default: 0] += $1.messages }
            }
            var (overview, portfolio, material) = try await look()
            #expect(overview.undecidedSenders == 2)
            #expect(overview.counts.unknown == 50 && overview.counts.spoofing == 7)
            #expect(classes(material) == [.unknown: 30, .spoofing: 7, .compliant: 3])
            #expect(try await Self.volume(house).group == .unknown)

            try await decisions.act(
                .authorise(change: nil), on: Self.service, of: Self.domain, by: Self.ada,
                now: Self.now)
            (overview, portfolio, material) = try await look()
            #expect(overview.undecidedSenders == 1 && overview.undecidedMessages == 20)
            #expect(overview.counts.misconfigured == 37 && overview.counts.spoofing == 0)
            #expect(overview.counts == portfolio.counts)
            #expect(portfolio.domains[0].counts == overview.counts)
            #expect(portfolio.domains[0].days == overview.days)
            #expect(portfolio.domains[0].undecidedSenders == 1)
            #expect(classes(material) == [.misconfigured: 37, .compliant: 3])
            #expect(try await Self.volume(house).group == .legitimate)
            #expect(!(try await Self.volume(house).needsDecision))

            try await decisions.act(
                .reject, on: Self.service, of: Self.domain, by: Self.ben, now: Self.now)
            (overview, portfolio, material) = try await look()
            #expect(overview.counts.misconfigured == 0 && overview.counts.spoofing == 37)
            #expect(overview.counts == portfolio.counts)
            #expect(classes(material) == [.spoofing: 37, .compliant: 3])
            #expect(try await Self.volume(house).group == .spoofing)

            // Back to the first, then to none.
            try await decisions.undo(
                nil, on: Self.service, of: Self.domain, by: Self.ada, now: Self.now)
            #expect(try await Self.volume(house).decision?.verdict == .authorised)
            try await decisions.undo(
                nil, on: Self.service, of: Self.domain, by: Self.ada, now: Self.now)
            (overview, portfolio, material) = try await look()
            #expect(overview.undecidedSenders == 2 && overview.counts.unknown == 50)
            #expect(overview.counts == portfolio.counts)
            await #expect(throws: SenderDecisionError.nothingToUndo) {
                try await decisions.undo(
                    nil, on: Self.service, of: Self.domain, by: Self.ada, now: Self.now)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `every act is one entry of the log, and an act that changes nothing is none`(
        _ engine: TestEngine
    ) async throws {
        try await Self.each(engine) { house in
            let decisions = house.decisions
            func act(_ act: SenderAct, by actor: AuditActor = Self.ada) async throws -> SenderEvent?
            {
                try await decisions.act(
                    act, on: Self.service, of: Self.domain, by: actor, now: Self.now)
            }
            let first = try #require(try await act(.authorise(change: 7)))
            #expect(first.number == 1 && first.after.change == 7)
            #expect(try await act(.authorise(change: nil), by: Self.ben) == nil)
            #expect(try await act(.assign("  Ben \u{0} ", account: 2)) != nil)
            #expect(try await act(.note("asked the \"shop\"; DROP TABLE sender; --")) != nil)
            #expect(try await act(.note("asked the \"shop\"; DROP TABLE sender; --")) == nil)
            #expect(try await act(.reject, by: Self.ben) != nil)
            let undone = try await decisions.undo(
                4, on: Self.service, of: Self.domain, by: Self.ada, now: Self.now)
            #expect(undone.after.verdict == .authorised && undone.after.decidedBy == "Ada")
            let entries = try await house.audit.entries(after: 0).map(\.change)
            #expect(
                entries.map(\.act) == [
                    "sender.authorise", "sender.owner", "sender.note", "sender.reject",
                    "sender.undo",
                ])
            #expect(entries.map(\.actor.name) == ["Ada", "Ada", "Ada", "Ben", "Ada"])
            #expect(
                entries.allSatisfy {
                    $0.subject == "Name of service:x (service:x) for example.com"
                })
            #expect(entries[0].before == nil && entries[0].after == "authorised; DNS change 7")
            #expect(entries[3].after?.hasPrefix("rejected; owner: Ben") == true)
            #expect(entries[4].before == entries[3].after)
            #expect(entries[4].after == entries[3].before)
            let volume = try await Self.volume(house)
            #expect(volume.decision?.owner == "Ben \u{FFFD}")
            #expect(volume.decision?.ownerAccount == 2)
            let events = try await decisions.events(on: Self.service, of: Self.domain)
            #expect(events.map(\.act) == ["undo", "reject", "note", "owner", "authorise"])
            #expect(events.map(\.isUndone) == [false, true, false, false, false])
            #expect(try await decisions.lastEvents(of: Self.domain) == [Self.service: 3])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what is refused changes nothing and is not told`(_ engine: TestEngine) async throws {
        try await Self.each(engine) { house in
            let decisions = house.decisions
            func refused(
                _ act: SenderAct, _ error: SenderDecisionError, on sender: String = Self.service,
                in store: SenderDecisionStore? = nil
            ) async {
                await #expect(throws: error) {
                    try await (store ?? decisions).act(
                        act, on: sender, of: Self.domain, by: Self.ada, now: Self.now)
                }
            }
            await refused(.authorise(change: nil), .unnamed, on: "unknown")
            await refused(.reject, .unknownSender, on: "service:other")
            // Another organisation's domain is nobody's there.
            await refused(.reject, .unknownSender, in: house.other)
            await refused(
                .note(String(repeating: "x", count: SenderDecisionLimits.note + 1)),
                .tooLong(limit: SenderDecisionLimits.note))
            await refused(
                .assign(
                    String(repeating: "é", count: SenderDecisionLimits.owner + 1), account: nil),
                .tooLong(limit: SenderDecisionLimits.owner))
            #expect(try await house.audit.entries(after: 0).isEmpty)
            #expect(try await Self.volume(house).decision == nil)

            try await decisions.act(
                .reject, on: Self.service, of: Self.domain, by: Self.ada, now: Self.now)
            try await decisions.act(
                .note("n"), on: Self.service, of: Self.domain, by: Self.ada, now: Self.now)
            // Somebody else's page still shows the first event as the last.
            await #expect(throws: SenderDecisionError.changedSince) {
                try await decisions.undo(
                    1, on: Self.service, of: Self.domain, by: Self.ben, now: Self.now)
            }
            #expect(try await house.audit.entries(after: 0).count == 2)
            #expect(try await house.other.events(on: Self.service, of: Self.domain).isEmpty)
            #expect(try await house.other.lastEvents(of: Self.domain).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of two who undo the same decision at once one does`(_ engine: TestEngine) async throws {
        try await Self.each(engine) { house in
            let decisions = house.decisions
            try await decisions.act(
                .reject, on: Self.service, of: Self.domain, by: Self.ada, now: Self.now)
            try await decisions.act(
                .authorise(change: nil), on: Self.service, of: Self.domain, by: Self.ada,
                now: Self.now)
            let done = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        (try? await decisions.undo(
                            2, on: Self.service, of: Self.domain, by: Self.ben, now: Self.now))
                            != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await Self.volume(house).decision?.verdict == .rejected)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what is new since a person's last visit stands out for the whole of this one`(
        _ engine: TestEngine
    ) async throws {
        try await Self.each(engine) { house in
            func visit(
                _ senders: [String: String], at: Int64, by account: Int64 = 1
            ) async throws -> SenderMemory {
                try await house.decisions.visit(
                    by: account, to: Self.domain, senders: senders, now: at)
            }
            let first = try await visit(["a": "known"], at: 1_000)
            #expect(first.at == nil && first.mark("a", group: "known") == nil)
            #expect(first.mark("b", group: "known") == nil)
            let later = 1_000 + SenderDecisionLimits.visit
            let now = ["a": "legitimate", "b": "unknown"]
            for at in [later, later + 5] {
                let memory = try await visit(now, at: at)
                #expect(memory.at == 1_000, "\(at)")
                #expect(memory.mark("a", group: "legitimate") == .changed(from: "known"))
                #expect(memory.mark("b", group: "unknown") == .new)
            }
            let next = try await visit(now, at: later + 5 + SenderDecisionLimits.visit)
            #expect(next.at == later + 5 && next.mark("b", group: "unknown") == nil)
            // Of other people nothing is known, and no more is kept than a limit.
            #expect(try await visit(now, at: later, by: 2).at == nil)
            let many = Dictionary(
                uniqueKeysWithValues: (0..<SenderDecisionLimits.seen + 20).map { ("k\($0)", "g") })
            _ = try await visit(many, at: 1_000_000)
            let kept = try await visit(many, at: 1_000_000 + SenderDecisionLimits.visit)
            #expect(kept.senders.count == SenderDecisionLimits.seen)
        }
    }
}
