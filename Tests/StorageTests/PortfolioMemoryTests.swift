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
