import DomainAnalysis
import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// What is taken in is stored once, adds up, and leaves nothing behind when it is given up: on
/// both engines.
struct IngestTests {
    static func each(
        _ engine: TestEngine, _ body: @Sendable (Stores) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await body(
                Stores(
                    intake: IntakeStore(database: database),
                    reports: ReportStore(database: database),
                    domains: DomainStore(database: database)))
        }
    }

    @Test("a report's rows add up on every page", arguments: TestEngine.allCases)
    func sums(engine: TestEngine) async throws {
        try await Self.each(engine) { stores in
            _ = try await stores.take(
                Samples.report("r1"),
                [
                    Samples.row("192.0.2.1", 70), Samples.row("192.0.2.2", 7),
                    Samples.row(
                        "198.51.100.9", 5, sender: "unknown", class: .spoofing,
                        disposition: "reject"),
                    Samples.row("203.0.113.4", 3, sender: "service:x", class: .misconfigured),
                ], raw: "one")
            let portfolio = try await stores.domains.portfolio(
                days: 30, until: nil, now: Samples.now)
            #expect(portfolio.domains.map(\.domain.text) == ["example.com"])
            #expect(portfolio.counts.total == 85)
            #expect(portfolio.counts[.proved] == 77)
            #expect(portfolio.domains[0].undecidedSenders == 1)
            #expect(portfolio.domains[0].published?.policy.policy == "none")

            let overview = try #require(
                try await stores.domains.overview(
                    of: Samples.domain, days: 30, until: nil, now: Samples.now))
            #expect(overview.days.last?.counts.total == 85)
            #expect(overview.days.last?.day == Samples.day)
            #expect(overview.senders.map(\.key) == ["own:example.com", "unknown", "service:x"])
            #expect(overview.senders[0].dkimAligned == 77)
            #expect(overview.senders[0].sourceCount == 2)
            #expect(overview.senders[1].rejected == 5)
            #expect(overview.senders[1].reason == "because of unknown")
            #expect(overview.senders[2].evidence.map(\.observation) == ["d=service:x"])
            #expect(overview.reporters.map(\.messages) == [85])

            let detail = try #require(
                try await stores.domains.sender(
                    "own:example.com", of: Samples.domain, days: 30, until: nil,
                    now: Samples.now))
            #expect(detail.sources.map(\.address) == ["192.0.2.1", "192.0.2.2"])
            #expect(detail.identities.map(\.counts.total) == [77])
            #expect(detail.identities[0].dkim.map(\.selector) == ["s1"])
        }
    }

    @Test("the same report in other bytes is stored once", arguments: TestEngine.allCases)
    func repeats(engine: TestEngine) async throws {
        try await Self.each(engine) { stores in
            let rows = [Samples.row("192.0.2.1", 70)]
            let first = try await stores.take(Samples.report("r1"), rows, raw: "one")
            let second = try await stores.take(Samples.report("r1"), rows, raw: "two")
            guard case .stored(let id) = first else {
                Issue.record("the first was not stored: \(first)")
                return
            }
            #expect(second == .repeated(id))
            let statistics = try await stores.reports.statistics()
            #expect(statistics.reports == 1)
            #expect(statistics.messages == 70)
            let known = try await stores.intake.known(digests: ["one", "two", "three"])
            #expect(known == ["one", "two"])
        }
    }

    @Test("a report given up after many rows leaves no trace", arguments: TestEngine.allCases)
    func abandoned(engine: TestEngine) async throws {
        try await Self.each(engine) { stores in
            try await stores.intake.ingest(now: Samples.now) { step in
                let object = try step.addRawObject(
                    digest: "d", byteCount: 0, encoding: .plain, name: "d", door: "test")
                try step.begin()
                for number in 0..<5_000 {
                    try step.add(Samples.row("192.0.2.\(number % 250)", 1))
                }
                try step.abandon()
                try step.quarantine(
                    ReportRefusal(.truncated, path: "d", "cut off"), rawObject: object,
                    door: "test")
            }
            let statistics = try await stores.reports.statistics()
            #expect(statistics.reports == 0)
            #expect(statistics.quarantined == 1)
            let portfolio = try await stores.domains.portfolio(
                days: 30, until: nil, now: Samples.now)
            #expect(portfolio.counts.total == 0)
            let items = try await stores.intake.quarantined(limit: 10)
            #expect(items.map(\.refusal.explanation) == ["cut off"])
        }
    }

    @Test("a step that fails stores nothing of it", arguments: TestEngine.allCases)
    func failure(engine: TestEngine) async throws {
        struct Failure: Error {}
        try await Self.each(engine) { stores in
            await #expect(throws: Failure.self) {
                try await stores.intake.ingest(now: Samples.now) { step in
                    let object = try step.addRawObject(
                        digest: "d", byteCount: 0, encoding: .plain, name: "d", door: "test")
                    try step.begin()
                    try step.add(Samples.row("192.0.2.1", 1))
                    _ = try step.end(
                        Samples.report("r"), domain: Samples.domain, rawObject: object, path: "d")
                    throw Failure()
                }
            }
            #expect(try await stores.reports.statistics().reports == 0)
            #expect(try await stores.intake.known(digests: ["d"]).isEmpty)
            // The ids that the failed step remembered must not be used by the next one.
            _ = try await stores.take(
                Samples.report("r"), [Samples.row("192.0.2.1", 4)], raw: "again")
            let overview = try await stores.domains.overview(
                of: Samples.domain, days: 30, until: nil, now: Samples.now)
            #expect(overview?.senders.map(\.counts.total) == [4])
        }
    }

    @Test(
        "a report of several days is spread over them, adds up, and is marked",
        arguments: TestEngine.allCases)
    func apportioned(engine: TestEngine) async throws {
        try await Self.each(engine) { stores in
            _ = try await stores.take(
                Samples.report("r", seconds: 3 * 86_400 - 1),
                [Samples.row("192.0.2.1", 70)]
                    + (0..<30).map {
                        Samples.row("192.0.2.9", 1, sender: "host:\($0).example", class: .unknown)
                    }, raw: "long")
            let overview = try #require(
                try await stores.domains.overview(
                    of: Samples.domain, days: 30, until: nil, now: Samples.now))
            let days = overview.days.filter { $0.counts.total > 0 }
            #expect(days.count == 3)
            #expect(days.map(\.counts.total).sorted() == [33, 33, 34])
            #expect(overview.counts.total == 100)
            #expect(days.reduce(0) { $0 + $1.estimated } == 100)
            let portfolio = try await stores.domains.portfolio(
                days: 30, until: nil, now: Samples.now)
            #expect(portfolio.days.map(\.counts.total).max() == 34)
        }
    }

    @Test("long and hostile names are kept, shortened in keys", arguments: TestEngine.allCases)
    func hostileNames(engine: TestEngine) async throws {
        try await Self.each(engine) { stores in
            let long = String(repeating: "x", count: 10_000)
            let hostile = "=cmd|'/C calc'!A1\u{0}<script>\u{202E}"
            _ = try await stores.take(
                Samples.report(long, reporter: long), [Samples.row("192.0.2.1", 1)], raw: "a")
            _ = try await stores.take(
                Samples.report(hostile, reporter: hostile),
                [Samples.row("192.0.2.1", 1, sender: "host:" + long)], raw: "b")
            let other = try await stores.take(
                Samples.report(long + "y", reporter: long), [Samples.row("192.0.2.1", 1)],
                raw: "c")
            if case .repeated = other { Issue.record("two long ids were taken for one") }
            let recent = try await stores.reports.recent(limit: 10)
            #expect(recent.count == 3)
            let whole = try await stores.reports.report(recent[2].id, rows: 10)
            #expect(whole?.report?.reportID == long)
        }
    }

    @Test(
        "counts at the end of 64 bits are shown, not stumbled over", arguments: TestEngine.allCases)
    func hugeCounts(engine: TestEngine) async throws {
        try await Self.each(engine) { stores in
            for (number, kind) in [SourceClass.compliant, .spoofing, .spoofing].enumerated() {
                _ = try await stores.take(
                    Samples.report("r\(number)"),
                    [Samples.row("192.0.2.1", .max - 1, class: kind)], raw: "raw \(number)")
            }
            let portfolio = try await stores.domains.portfolio(
                days: 30, until: nil, now: Samples.now)
            #expect(portfolio.counts.total == .max)
            let overview = try #require(
                try await stores.domains.overview(
                    of: Samples.domain, days: 30, until: nil, now: Samples.now))
            #expect(overview.counts[.forged] == .max)
            let material = try await stores.domains.replayMaterial(
                of: Samples.domain, days: 30, until: nil, now: Samples.now)
            #expect(material?.rows.isEmpty == false)
        }
    }

    @Test("raw bytes come back as they came, in pieces or packed")
    func rawBytes() async throws {
        try await Self.each(.sqlite) { stores in
            let bytes = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
            for encoding in [RawEncoding.plain, .gzip] {
                try await stores.intake.ingest(now: Samples.now) { step in
                    let object = try step.addRawObject(
                        digest: encoding.rawValue, byteCount: bytes.count, encoding: encoding,
                        name: "raw", door: "test")
                    var position = 0
                    var pieces = RawPieces(encoding: encoding)
                    func keep(_ piece: [UInt8]) throws {
                        try step.addRawPiece(piece, position: position, of: object)
                        position += 1
                    }
                    for start in stride(from: 0, to: bytes.count, by: 70_001) {
                        let chunk = Array(bytes[start..<min(start + 70_001, bytes.count)])
                        try chunk.withUnsafeBytes { try pieces.feed($0, emit: keep) }
                    }
                    try pieces.finish(emit: keep)
                    try step.quarantine(
                        ReportRefusal(.notAReport, path: encoding.rawValue, "no report"),
                        rawObject: object, door: "test")
                }
            }
            for item in try await stores.intake.quarantined(limit: 10) {
                #expect(try await stores.intake.bytes(of: item.id, limit: 1 << 20) == bytes)
                #expect(try await stores.intake.bytes(of: item.id, limit: 800_000) == nil)
            }
        }
    }
}
