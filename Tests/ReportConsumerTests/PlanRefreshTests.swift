import DNS
import Identities
import ReportConsumer
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// Plans that the board of the programme shows, made without anybody opening a page.
struct PlanRefreshTests {
    /// A DNS without records that counts what it is asked.
    private final class Questions: DNSLookup {
        private let asked = Mutex(0)
        var count: Int { asked.withLock { $0 } }

        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            asked.withLock { $0 += 1 }
            return DNSAnswer(.noData)
        }
    }

    private final class Clock: Sendable {
        private let seconds = Mutex(IntakeTests.now)
        var now: Int64 { seconds.withLock { $0 } }
        func advance(_ interval: Int64) { seconds.withLock { $0 += interval } }
    }

    private func programme(
        _ database: any SQLDatabase, _ names: [String]
    ) async throws -> ProgrammeStore {
        let store = ProgrammeStore(database: database)
        try await store.set(
            names.map { ProgrammeChange(domain: try #require(DomainName($0))) }, source: .hand,
            by: AuditActor(.rule, name: "test"), now: 0)
        return store
    }

    @Test(arguments: TestEngine.allCases)
    func `a plan is made where there are newer reports, and left alone where there are none`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let rooms = IntakeTests.Rooms(database)
            for name in ["a.example", "b.example"] {
                _ = try await rooms.intake.accept(
                    IntakeTests.xml(name, domain: name), name: name, door: "upload")
            }
            // One without reports, and one that is in nobody's programme.
            let programme = try await programme(database, ["a.example", "quiet.example"])
            let (clock, questions) = (Clock(), Questions())
            let domains = rooms.domains
            let refresh = PlanRefresh(
                programme: programme, lookup: questions, now: { clock.now }
            ) { DomainAdviser(domains: domains, lookup: $0) }
            clock.advance(60)
            #expect(try await refresh.step().map(\.text) == ["a.example"])
            let asked = questions.count
            #expect(asked > 0 && asked <= PlanRefresh.Limits.questions)
            let name = try #require(DomainName("a.example"))
            #expect(try await programme.progress().plans[name]?.madeAt == clock.now)
            clock.advance(60)
            #expect(try await refresh.step().isEmpty && questions.count == asked)
            // A day later the DNS may say something else.
            clock.advance(ProgrammeLimits.planAge)
            #expect(try await refresh.step().count == 1)
        }
    }

    @Test func `a domain that asks too much keeps its plan and waits`() async throws {
        let questions = Questions()
        let budget = LookupBudget(questions, questions: 2)
        let name = try #require(DomainName("a.example"))
        for _ in 0..<2 { #expect(await budget.lookUp(name, .txt).outcome == .noData) }
        #expect(!budget.isSpent)
        #expect(await budget.lookUp(name, .txt).outcome != .noData)
        #expect(budget.isSpent && questions.count == 2)
    }

    @Test func `one round makes so many plans, the oldest first`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let rooms = IntakeTests.Rooms(database)
            let names = (0...PlanRefresh.Limits.domains).map { "d\(100 + $0).example" }
            for name in names {
                _ = try await rooms.intake.accept(
                    IntakeTests.xml(name, domain: name), name: name, door: "upload")
            }
            let clock = Clock()
            let domains = rooms.domains
            let refresh = PlanRefresh(
                programme: try await programme(database, names), lookup: Questions(),
                now: { clock.now }
            ) { DomainAdviser(domains: domains, lookup: $0) }
            clock.advance(60)
            #expect(try await refresh.step().map(\.text) == Array(names.dropLast()))
            #expect(try await refresh.step().map(\.text) == [names[names.count - 1]])
        }
    }
}
