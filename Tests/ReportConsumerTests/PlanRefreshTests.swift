import DNS
import Identities
import MailReports
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
            #expect(try await refresh.step().made.map(\.text) == ["a.example"])
            let asked = questions.count
            #expect(asked > 0 && asked <= PlanRefresh.Limits.questions)
            let name = try #require(DomainName("a.example"))
            #expect(try await programme.progress().plans[name]?.madeAt == clock.now)
            clock.advance(60)
            #expect(try await refresh.step().made.isEmpty && questions.count == asked)
            // A day later the DNS may say something else.
            clock.advance(ProgrammeLimits.planAge)
            #expect(try await refresh.step().made.count == 1)
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
            #expect(try await refresh.step().made.map(\.text) == Array(names.dropLast()))
            #expect(try await refresh.step().made.map(\.text) == [names[names.count - 1]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `why a plan could not be made is told and stands on the board until one is made`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let rooms = IntakeTests.Rooms(database)
            _ = try await rooms.intake.accept(
                IntakeTests.xml("1", domain: "a.example"), name: "1", door: "upload")
            let programme = try await programme(database, ["a.example"])
            let clock = Clock()
            // The reports are read from a store that has no tables.
            let empty = DomainStore(database: try SQLiteDatabase.inMemory())
            let domains = Mutex(empty)
            let refresh = PlanRefresh(
                programme: programme, lookup: Questions(), now: { clock.now }
            ) { DomainAdviser(domains: domains.withLock { $0 }, lookup: $0) }
            func block() async throws -> String {
                let today = UTCDay(secondsSinceEpoch: clock.now)
                return ProgrammeBoard(
                    try await programme.domains(),
                    standings: try await programme.standings(since: today),
                    progress: try await programme.progress(), today: today
                ).rows[0].block
            }
            clock.advance(60)
            let round = try await refresh.step()
            let name = try #require(DomainName("a.example"))
            #expect(round.made.isEmpty && round.failed.map(\.domain) == [name])
            #expect(round.failed[0].reason.contains("no such table"), "\(round)")
            #expect(try await block().hasPrefix("Its plan could not be made: "))
            #expect(try await block().contains("no such table"))
            // It is nothing that an alert is raised for.
            let faults = RecordFaultStore(database: database, organisation: .first)
            #expect(try await faults.all().isEmpty)
            // It waits, and the next plan ends it.
            let pause = try await refresh.step()
            #expect(pause.made.isEmpty && pause.failed.isEmpty)
            domains.withLock { $0 = rooms.domains }
            clock.advance(PlanRefresh.Limits.pause)
            #expect(try await refresh.step().made == [name])
            #expect(try await !block().contains("could not be made"))
            #expect(try await programme.progress().failures.isEmpty)
        }
    }

    /// A DNS that needs so many seconds for each question.
    private struct Slow: DNSLookup {
        let clock: Clock
        let seconds: Int64

        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            clock.advance(seconds)
            return DNSAnswer(.noData)
        }
    }

    @Test func `a round that lasts too long ends with the plan that is begun, and goes on later`()
        async throws
    {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let rooms = IntakeTests.Rooms(database)
            let names = ["a.example", "b.example", "c.example"]
            for name in names {
                _ = try await rooms.intake.accept(
                    IntakeTests.xml(name, domain: name), name: name, door: "upload")
            }
            let clock = Clock()
            let domains = rooms.domains
            let refresh = PlanRefresh(
                programme: try await programme(database, names),
                lookup: Slow(clock: clock, seconds: PlanRefresh.Limits.seconds + 1),
                now: { clock.now }
            ) { DomainAdviser(domains: domains, lookup: $0) }
            clock.advance(60)
            for name in names {
                let round = try await refresh.step()
                #expect(round.made.map(\.text) == [name] && round.failed.isEmpty)
            }
        }
    }

    @Test func `so many domains wait, and one more is tried again at once`() throws {
        var pauses = PlanPauses()
        let names = try (0...PlanRefresh.Limits.failures).map {
            try #require(DomainName("d\($0).example"))
        }
        for name in names { pauses.add(name, now: 1_000) }
        let waiting = pauses.waiting(now: 1_000)
        #expect(waiting.count == PlanRefresh.Limits.failures)
        let isLastRemembered = waiting.contains(names[PlanRefresh.Limits.failures])
        #expect(!isLastRemembered)
        #expect(pauses.waiting(now: 999 + PlanRefresh.Limits.pause) == waiting)
        #expect(pauses.waiting(now: 1_000 + PlanRefresh.Limits.pause).isEmpty)
        // There is room again.
        pauses.add(names[0], now: 1_000)
        #expect(pauses.waiting(now: 1_000) == [names[0]])
        #expect(pauses.waiting(now: 0).isEmpty)
    }
}
