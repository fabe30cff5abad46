import DomainAnalysis
import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// The portfolio is remembered, and never told when it is no longer so: on both engines.
struct PortfolioMemoryTests {
    @Test("what is remembered is forgotten with the next report", arguments: TestEngine.allCases)
    func next(engine: TestEngine) async throws {
        try await IngestTests.each(engine) { stores in
            for count in 1...4 {
                _ = try await stores.take(
                    Samples.report("r\(count)"), [Samples.row("192.0.2.1", 10)], raw: "\(count)")
                for _ in 1...2 {
                    let portfolio = try await stores.domains.portfolio(
                        days: 30, until: nil, now: Samples.now)
                    #expect(portfolio.counts.total == Int64(count) * 10)
                }
            }
            // Another question has another answer.
            let before = try await stores.domains.portfolio(
                days: 30, until: Samples.day.advanced(by: -1), now: Samples.now)
            #expect(before.counts.total == 0)
            let other = try await stores.domains.beside(OrganisationID(rawValue: 2)).portfolio(
                days: 30, until: nil, now: Samples.now)
            #expect(other.domains.isEmpty)
        }
    }

    @Test(
        "what another process takes in is seen at once, and what was given up changes nothing",
        arguments: TestEngine.allCases)
    func others(engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            func stores() -> Stores {
                Stores(
                    intake: IntakeStore(database: database),
                    reports: ReportStore(database: database),
                    domains: DomainStore(database: database))
            }
            let (mine, theirs) = (stores(), stores())
            _ = try await mine.take(
                Samples.report("r1"), [Samples.row("192.0.2.1", 10)], raw: "1")
            func total() async throws -> Int64 {
                try await mine.domains.portfolio(days: 30, until: nil, now: Samples.now)
                    .counts.total
            }
            #expect(try await total() == 10)
            _ = try await theirs.take(
                Samples.report("r2"), [Samples.row("192.0.2.1", 5)], raw: "2")
            #expect(try await total() == 15)
            // The same report again: nothing new.
            _ = try await theirs.take(
                Samples.report("r2"), [Samples.row("192.0.2.1", 5)], raw: "3")
            #expect(try await total() == 15)
        }
    }

    @Test(
        "what is read anew of some domains is what is read of all of them",
        arguments: TestEngine.allCases)
    func some(engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let intake = IntakeStore(database: database)
            let decisions = SenderDecisionStore(database: database)
            let kept = DomainStore(database: database)
            let names = (0..<12).compactMap { DomainName("d\($0).example") }
            let senders = ["own:example.com", "service:one", "service:two"]
            let classes = SourceClass.allCases
            var random = SeededNumbers(7)
            let ada = AuditActor(.person, id: 1, name: "Ada")
            for turn in 0..<60 {
                let name = try #require(names.randomElement(using: &random))
                let sender = try #require(senders.randomElement(using: &random))
                if turn > 20, turn.isMultiple(of: 3) {
                    let act: SenderAct =
                        Bool.random(using: &random) ? .authorise(change: nil) : .reject
                    // Refused where no report tells of it yet.
                    _ = try? await decisions.act(
                        act, on: sender, of: name, by: ada, now: Samples.now)
                } else {
                    let begin = 1_700_006_400 - 86_400 * Int64.random(in: 0..<40, using: &random)
                    var report = Samples.report("r\(turn)", begin: begin, seconds: 200_000)
                    report.policy.domain = name.text
                    let row = Samples.row(
                        "192.0.2.1", Int64.random(in: 1...500, using: &random), sender: sender,
                        class: try #require(classes.randomElement(using: &random)))
                    _ = try await intake.ingest(now: Samples.now) { [report] step in
                        let object = try step.addRawObject(
                            digest: "\(turn)", byteCount: 3, encoding: .plain, name: "\(turn)",
                            door: "test")
                        try step.addRawPiece([1, 2, 3], position: 0, of: object)
                        try step.begin()
                        try step.add(row)
                        return try step.end(report, domain: name, rawObject: object, path: "p")
                    }
                }
                for days in [7, 90] {
                    let fresh = DomainStore(database: database)
                    let expected = try await fresh.portfolio(
                        days: days, until: nil, now: Samples.now)
                    let found = try await kept.portfolio(days: days, until: nil, now: Samples.now)
                    #expect(found == expected, "turn \(turn), \(days) days")
                }
            }
            let domains = try await kept.portfolio(days: 90, until: nil, now: Samples.now).domains
            #expect(domains.count == 12 && domains.contains { $0.undecidedSenders > 0 })
        }
    }

    @Test("more questions than are remembered get their answers all the same")
    func many() async throws {
        try await IngestTests.each(.sqlite) { stores in
            _ = try await stores.take(
                Samples.report("r"), [Samples.row("192.0.2.1", 10)], raw: "1")
            // One domain and the sum of all, 800 days each: 250 such answers are kept.
            for offset in Array(0..<270) + [0, 269, 100] {
                let portfolio = try await stores.domains.portfolio(
                    days: DomainStore.Limits.days, until: Samples.day.advanced(by: offset),
                    now: Samples.now)
                #expect(portfolio.counts.total == 10, "\(offset)")
                #expect(portfolio.window.last == Samples.day.advanced(by: offset))
            }
        }
    }
}

/// The same numbers on every machine (a linear congruence).
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
