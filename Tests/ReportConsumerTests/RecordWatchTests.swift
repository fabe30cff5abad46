import DNS
import Identities
import MailReports
import ReportConsumer
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// SPF records that are looked at again and again.
struct RecordWatchTests {
    /// A DNS in which tests set each domain's SPF record, and which counts what it is asked.
    private final class Records: DNSLookup {
        private struct State {
            var texts: [String: [String]] = [:]
            var asked: [String] = []
            var (open, most) = (0, 0)
            var fails = false
        }

        private let state = Mutex(State())

        func set(_ name: String, _ texts: String...) { state.withLock { $0.texts[name] = texts } }

        func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

        /// What was asked since this was read, by name.
        func takeAsked() -> [String] {
            state.withLock { state in
                defer { state.asked = [] }
                return state.asked.sorted()
            }
        }

        /// Questions that were open at the same time.
        var most: Int { state.withLock { $0.most } }

        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            state.withLock {
                $0.asked.append(name.text)
                $0.open += 1
                $0.most = max($0.most, $0.open)
            }
            for _ in 0..<20 { await Task.yield() }
            return state.withLock { state in
                state.open -= 1
                if state.fails { return DNSAnswer(.failure("nobody answers")) }
                let records = (state.texts[name.text] ?? []).map {
                    ResourceRecord(
                        name: DNSName(name), type: .txt, timeToLive: 300, data: .text($0))
                }
                return records.isEmpty
                    ? DNSAnswer(.noData) : DNSAnswer(.records, records: records)
            }
        }
    }

    private final class Clock: Sendable {
        private let seconds = Mutex(IntakeTests.now)
        var now: Int64 { seconds.withLock { $0 } }
        func advance(_ interval: Int64) { seconds.withLock { $0 += interval } }
    }

    private final class Heard: Sendable {
        private let news = Mutex<[RecordWatch.News]>([])

        func add(_ news: RecordWatch.News) { self.news.withLock { $0.append(news) } }

        func take() -> [RecordWatch.News] {
            news.withLock { news in
                defer { news = [] }
                return news
            }
        }
    }

    private struct Watched {
        let database: any SQLDatabase
        let records = Records()
        let clock = Clock()
        let heard = Heard()

        func watch(_ organisation: OrganisationID = .first) -> RecordWatch {
            let (clock, heard) = (clock, heard)
            return RecordWatch(
                domains: DomainStore(database: database, organisation: organisation),
                faults: RecordFaultStore(database: database, organisation: organisation),
                lookup: records, now: { clock.now }
            ) { heard.add($0) }
        }

        /// Domains that reports were taken in for.
        func add(_ names: [String], to organisation: OrganisationID = .first) async throws {
            try await database.write { transaction in
                for name in names {
                    try transaction.execute(
                        """
                        INSERT INTO domain (id, organisation_id, name, created_at)
                        SELECT COALESCE(MAX(id), 0) + 1, ?, ?, 0 FROM domain
                        """, [.integer(organisation.rawValue), .text(name)])
                }
            }
        }
    }

    private func with(
        _ engine: TestEngine = .sqlite, _ body: (Watched) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await body(Watched(database: database))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a record with a known fault is looked at soon, and the others keep their rhythm`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { watched in
            let (records, clock, heard) = (watched.records, watched.clock, watched.heard)
            try await watched.add(["bad.example", "good.example"])
            records.set("good.example", "v=spf1 -all")
            records.set("bad.example", "v=spf1 -all", "v=spf1 mx -all")
            let watch = watched.watch()
            #expect(try await !watch.step())
            #expect(records.takeAsked() == ["bad.example", "good.example"])
            let news = heard.take()
            #expect(news.map(\.domain.text) == ["bad.example"])
            #expect(news.first?.reason?.contains("2 SPF records") == true)

            clock.advance(RecordWatch.Limits.faultPause - 1)
            #expect(try await !watch.step() && records.takeAsked().isEmpty)
            clock.advance(1)
            #expect(try await !watch.step())
            #expect(records.takeAsked() == ["bad.example"] && heard.take().isEmpty)

            // What DNS does not tell is no proof, and no reason to wait longer.
            records.fail(true)
            clock.advance(RecordWatch.Limits.faultPause)
            _ = try await watch.step()
            #expect(records.takeAsked() == ["bad.example"] && heard.take().isEmpty)
            records.fail(false)
            records.set("bad.example", "v=spf1 mx -all")
            clock.advance(RecordWatch.Limits.faultPause)
            _ = try await watch.step()
            #expect(records.takeAsked() == ["bad.example"])
            #expect(heard.take().map(\.reason) == [nil])

            // Mended, it waits like the others, which were looked at before.
            let since = 3 * RecordWatch.Limits.faultPause
            clock.advance(RecordWatch.Limits.pause - since - 1)
            #expect(try await !watch.step() && records.takeAsked().isEmpty)
            clock.advance(1)
            _ = try await watch.step()
            #expect(records.takeAsked() == ["good.example"])
            clock.advance(since)
            _ = try await watch.step()
            #expect(records.takeAsked() == ["bad.example"] && heard.take().isEmpty)
        }
    }

    @Test func `after a restart, or when the clock was set back, each record is looked at`()
        async throws
    {
        try await with { watched in
            try await watched.add(["a.example"])
            let watch = watched.watch()
            _ = try await watch.step()
            #expect(watched.records.takeAsked() == ["a.example"])
            _ = try await watched.watch().step()
            #expect(watched.records.takeAsked() == ["a.example"])
            watched.clock.advance(-1)
            _ = try await watch.step()
            #expect(watched.records.takeAsked() == ["a.example"])
            // So is a domain that is new.
            try await watched.add(["b.example"])
            _ = try await watch.step()
            #expect(watched.records.takeAsked() == ["b.example"])
        }
    }

    @Test func `one step looks at so many domains, so many side by side, known faults first`()
        async throws
    {
        try await with { watched in
            let names = (0...RecordWatch.Limits.domains).map { "d\(1_000 + $0).example" }
            try await watched.add(names)
            let last = names[names.count - 1]
            watched.records.set(last, "v=spf1 -all", "v=spf1 mx -all")
            let watch = watched.watch()
            #expect(try await watch.step())
            #expect(watched.records.takeAsked() == Array(names.dropLast()))
            #expect(try await !watch.step())
            #expect(watched.records.takeAsked() == [last])
            #expect(watched.records.most == RecordWatch.Limits.width)

            watched.clock.advance(RecordWatch.Limits.pause)
            #expect(try await watch.step())
            let asked = watched.records.takeAsked()
            #expect(asked == names.dropLast(2) + [last])
            #expect(try await !watch.step())
            #expect(watched.records.takeAsked() == [names[names.count - 2]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an organisation that is added takes part in the next round`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { watched in
            try await watched.add(["a.example"])
            watched.records.set("b.example", "v=spf1 -all", "v=spf1 mx -all")
            let organisations = OrganisationStore(database: watched.database)
            let rounds = OrganisationRounds(organisations) { watched.watch($0) }
            for watch in try await rounds.current() { _ = try await watch.step() }
            #expect(watched.records.takeAsked() == ["a.example"])
            let added = try await organisations.add(
                "Other", by: AuditActor(.rule, name: "test"), now: 0)
            try await watched.add(["b.example"], to: added.id)
            for watch in try await rounds.current() { _ = try await watch.step() }
            // The first remembers what it looked at.
            #expect(watched.records.takeAsked() == ["b.example"])
            #expect(watched.heard.take().map(\.domain.text) == ["b.example"])
            let facts = try await AlertStore(
                database: watched.database, organisation: added.id
            ).facts(today: UTCDay(secondsSinceEpoch: watched.clock.now))
            #expect(facts.faults.map(\.domain.text) == ["b.example"])
        }
    }
}
