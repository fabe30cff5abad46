import DNS
import DomainAnalysis
import FoundationEssentials
import Glibc
import Identities
import MailAuthentication
import MailReports
import ReportConsumer
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// Everything identified anew is as if it had been taken in today: on both engines.
struct ReidentificationTests {
    /// What is known today and was not when the reports came in: networks and DNS.
    static func withFacts(_ body: (SourceFacts) async throws -> Void) async throws {
        var file = NetworksFile()
        file.add([192, 0, 2, 0], 25, .system(64_500, "Example Net"))
        let path = "/tmp/networks-\(UUID().uuidString).mmdb"
        defer { unlink(path) }
        try Data(file.bytes).write(to: URL(filePath: path))
        let zone = """
            $TTL 60
            7.2.0.192.in-addr.arpa. IN PTR mx.example.com.
            mx.example.com. IN A 192.0.2.7
            9.2.0.192.in-addr.arpa. IN PTR relay.hoster.example.
            relay.hoster.example. IN A 192.0.2.9
            s3._domainkey.example.com. IN CNAME s1.domainkey.u123.wl.sendgrid.net.
            """
        try await body(
            SourceFacts(
                lookup: ZoneLookup(records: try ZoneFile.parse(zone)),
                networks: try NetworkLookup(paths: [path])))
    }

    /// Reports of a day and of a week, with repairs and without, about TLS, and no report at all.
    static func takeIn(_ rooms: IntakeTests.Rooms) async throws {
        let week = String(decoding: IntakeTests.xml("week", rows: 23), as: UTF8.self)
            .replacing("<end>1700092799</end>", with: "<end>1700611199</end>")
        let repaired = String(decoding: IntakeTests.xml("odd"), as: UTF8.self)
            .replacing("<count>1</count>", with: "<count>1.5</count>")
        let tls = """
            {"organization-name":"reporter.example","date-range":{"start-datetime":\
            "2023-11-15T00:00:00Z","end-datetime":"2023-11-15T23:59:59Z"},"contact-info":"r",\
            "report-id":"t","policies":[{"policy":{"policy-type":"sts","policy-domain":\
            "example.com"},"summary":{"total-successful-session-count":40,\
            "total-failure-session-count":2}}]}
            """
        for (name, bytes) in [
            ("a", IntakeTests.xml("a", rows: 30)), ("b", IntakeTests.xml("b")),
            ("week", Array(week.utf8)), ("odd", Array(repaired.utf8)), ("tls", Array(tls.utf8)),
            ("other", IntakeTests.xml("c", domain: "other.example", rows: 260)),
            ("junk", Array("junk".utf8)),
        ] {
            _ = try await rooms.intake.accept(bytes, name: name, door: "test")
        }
    }

    /// Few rows at once: portions end inside reports, and between them.
    static var limits: IntakeLimits {
        var limits = IntakeLimits()
        limits.identifiedTogether = 7
        return limits
    }

    /// A store that was filled without facts and damaged, and the text of one that was filled with
    /// them.
    static func each(
        _ engine: TestEngine,
        _ body: (any SQLDatabase, SourceFacts, _ fresh: [String: [String]]) async throws -> Void
    ) async throws {
        try await withFacts { facts in
            var fresh: [String: [String]] = [:]
            try await TestDatabase.each(engine) { database in
                try await Schema.prepare(database)
                try await takeIn(IntakeTests.Rooms(database, facts: facts))
                fresh = try await StoredTables.text(database)
            }
            try await TestDatabase.each(engine) { database in
                try await Schema.prepare(database)
                try await takeIn(IntakeTests.Rooms(database))
                #expect(try await StoredTables.text(database) != fresh)
                try await damage(database)
                try await body(database, facts, fresh)
            }
        }
    }

    static func damage(_ database: any SQLDatabase) async throws {
        try await database.write { transaction in
            for statement in [
                "UPDATE domain_day SET messages = messages * 3 + 1",
                "DELETE FROM sender_day WHERE class = 1", "DELETE FROM identity_day",
                "UPDATE source_total SET messages = -5, first_day = 0",
                "UPDATE reporter_day SET reports = 9, reporter = 'somebody'",
                "DELETE FROM intake_total", "UPDATE report SET records = 1, messages = 1",
                "UPDATE domain SET first_day = 1, last_day = 30000, policy = NULL",
                "UPDATE domain_sender SET evidence = '[]', last_undecided_day = 20000",
                "UPDATE record SET class = 5 WHERE position = 3",
            ] { try transaction.execute(statement) }
        }
    }

    static func reidentification(
        _ database: any SQLDatabase, _ facts: SourceFacts
    ) -> Reidentification {
        Reidentification(
            pipeline: IntakeTests.Rooms(database, limits: limits, facts: facts).pipeline,
            store: RebuildingStore(database: database))
    }

    static func expect(
        _ database: any SQLDatabase, holds fresh: [String: [String]],
        _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await StoredTables.text(database)
        for (table, rows) in fresh {
            #expect(found[table] == rows, "table \(table)", sourceLocation: place)
        }
    }

    @Test(
        "damaged sums and old judgements become what a fresh import gives",
        arguments: TestEngine.allCases)
    func equalsFresh(engine: TestEngine) async throws {
        try await Self.each(engine) { database, facts, fresh in
            let steps = Mutex(0)
            let done = try await Self.reidentification(database, facts).run { _ in
                steps.withLock { $0 += 1 }
            }
            #expect(done.reports == 6)
            #expect(done.reports == done.reportsInAll)
            #expect(done.records == 30 + 2 + 23 + 2 + 260)
            #expect(done.changed > 100)
            #expect(!done.isResumed)
            #expect(steps.withLock { $0 } > 40)
            try await Self.expect(database, holds: fresh)

            let again = try await Self.reidentification(database, facts).run { _ in }
            #expect(again.changed == 0)
            #expect(!again.isResumed)
            try await Self.expect(database, holds: fresh)
        }
    }

    @Test(
        "a run that is interrupted leaves the old sums, and the next one finishes it",
        arguments: TestEngine.allCases)
    func resumes(engine: TestEngine) async throws {
        struct Cut: Error {}
        try await Self.each(engine) { database, facts, fresh in
            let shown = try await StoredTables.text(database)
            let left = Mutex(0)
            let failing = HookedDatabase(database: database) {
                try left.withLock { left in
                    guard left > 0 else { throw Cut() }
                    left -= 1
                }
            }
            var resumed = 0
            for round in 1...100 {
                left.withLock { $0 = round }
                do {
                    let done = try await Self.reidentification(failing, facts).run { _ in }
                    #expect(done.isResumed)
                    #expect(done.reports == 6)
                    break
                } catch is Cut {
                    resumed += 1
                    let found = try await StoredTables.text(database)
                    #expect(found["sender_day"] == shown["sender_day"])
                    #expect(found["intake_total"] == shown["intake_total"])
                }
            }
            #expect(resumed > 5)
            #expect(resumed < 100)
            try await Self.expect(database, holds: fresh)
        }
    }

    @Test(
        "what was begun on another basis is begun anew, and two at once are not added up",
        arguments: TestEngine.allCases)
    func basis(engine: TestEngine) async throws {
        try await Self.each(engine) { database, facts, fresh in
            let store = RebuildingStore(database: database)
            let begun = try await store.begin(basis: "old", now: IntakeTests.now)
            let portion = try #require(try await store.next(begun, rows: 40))
            let judgement = IdentifiedRecord.Judgement(
                identification: SenderIdentification(
                    key: "unknown", name: "Wrong", serviceID: nil, confidence: .none,
                    evidence: []),
                sourceClass: .spoofing, reason: "wrong",
                authenticationSet: AuthenticationSetDigest(portion.rows[0].record))
            let judgements = Array(repeating: judgement, count: portion.rows.count)
            let moved = try await store.add(
                portion, judgements, names: [:], to: begun, now: IntakeTests.now)
            #expect(moved.reports == 2)
            await #expect(throws: RebuildingError.overtaken) {
                try await store.add(
                    portion, judgements, names: [:], to: begun, now: IntakeTests.now)
            }
            let done = try await Self.reidentification(database, facts).run { _ in }
            #expect(!done.isResumed)
            await #expect(throws: RebuildingError.overtaken) {
                try await store.finish(moved, now: IntakeTests.now)
            }
            try await Self.expect(database, holds: fresh)
        }
    }

    @Test(
        "reports may come in meanwhile and afterwards, from a program that remembers old senders",
        arguments: TestEngine.allCases)
    func meanwhile(engine: TestEngine) async throws {
        try await Self.withFacts { facts in
            try await TestDatabase.each(engine) { database in
                try await Schema.prepare(database)
                let old = IntakeTests.Rooms(database)
                try await Self.takeIn(old)
                let writes = Mutex(0)
                let hooked = HookedDatabase(database: database) {
                    let number = writes.withLock { count -> Int in
                        count += 1
                        return count
                    }
                    guard number % 9 == 0, number < 40 else { return }
                    _ = try await old.intake.accept(
                        IntakeTests.xml("late \(number)", rows: 9), name: "late", door: "test")
                }
                let done = try await Self.reidentification(hooked, facts).run { _ in }
                #expect(done.reports == 6 + 4)
                let first = try await StoredTables.text(database)

                // "Unknown" was removed when nobody was unknown any more; it is needed again.
                _ = try await old.intake.accept(
                    IntakeTests.xml("after", rows: 9), name: "after", door: "test")
                let second = try await StoredTables.text(database)
                #expect(second != first)
                #expect(second["record"]?.contains { $0.contains(" | - | ") } == false)
                let senders = second["domain_sender"] ?? []
                #expect(senders.allSatisfy { !$0.contains(" | - | ") }, "\(senders)")
                let again = try await Self.reidentification(database, facts).run { _ in }
                #expect(again.reports == 6 + 4 + 1)
                var fresh: [String: [String]] = [:]
                try await TestDatabase.each(engine) { other in
                    try await Schema.prepare(other)
                    let rooms = IntakeTests.Rooms(other, facts: facts)
                    try await Self.takeIn(rooms)
                    for number in [9, 18, 27, 36] {
                        _ = try await rooms.intake.accept(
                            IntakeTests.xml("late \(number)", rows: 9), name: "late",
                            door: "test")
                    }
                    _ = try await rooms.intake.accept(
                        IntakeTests.xml("after", rows: 9), name: "after", door: "test")
                    fresh = try await StoredTables.text(other)
                }
                try await Self.expect(database, holds: fresh)
            }
        }
    }
}
