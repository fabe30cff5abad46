import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Bounds that only much data reaches.
struct StoreLimitTests {
    private static let ada = AuditActor(.person, id: 1, name: "Ada")

    private func with(
        _ body: @Sendable (any SQLDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            try await body(database)
        }
    }

    /// Adds rows numbered from 1.
    private func fill(
        _ table: String, _ columns: String, _ values: String, count: Int,
        in database: any SQLDatabase
    ) async throws {
        try await database.write {
            try $0.execute(
                """
                INSERT INTO \(table) (\(columns))
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                SELECT \(values) FROM n
                """)
        }
    }

    @Test("a programme takes so many domains, and says when it is full") func programme()
        async throws
    {
        try await with { database in
            try await fill(
                "programme_domain",
                "organisation_id, domain, owner, purpose, tranche, source, added_at",
                "1, 'd' || i || '.example', '', '', '', 'csv', 0", count: ProgrammeLimits.domains,
                in: database)
            let store = ProgrammeStore(database: database)
            let name = try #require(DomainName("one-too-many.example"))
            await #expect(throws: ProgrammeError.full) {
                try await store.set(
                    [ProgrammeChange(domain: name, owner: .value("Ada"))], source: .hand,
                    by: Self.ada, now: 1)
            }
            #expect(try await store.domains().count == ProgrammeLimits.domains)
            // What is there already may still be changed.
            let known = try #require(DomainName("d7.example"))
            #expect(
                try await store.set(
                    [ProgrammeChange(domain: known, owner: .value("Ada"))], source: .hand,
                    by: Self.ada, now: 1) == 1)
        }
    }

    @Test("one look into reports adds so many domains") func found() async throws {
        try await with { database in
            try await fill(
                "domain", "id, organisation_id, name, created_at, first_day, last_day",
                "i, 1, 'd' || i || '.example', 0, 1, 1", count: ProgrammeLimits.found + 5,
                in: database)
            let store = ProgrammeStore(database: database)
            #expect(try await store.found().count == ProgrammeLimits.found)
        }
    }

    @Test("a page shows so many acts about a sender, the newest") func events() async throws {
        try await with { database in
            let stores = Stores(
                intake: IntakeStore(database: database), reports: ReportStore(database: database),
                domains: DomainStore(database: database))
            _ = try await stores.take(
                Samples.report("r"), [Samples.row("192.0.2.1", 10)], raw: "1")
            let decisions = SenderDecisionStore(database: database)
            let count = SenderDecisionLimits.events + 3
            for number in 1...count {
                _ = try await decisions.act(
                    .note("note \(number)"), on: "own:example.com", of: Samples.domain,
                    by: Self.ada, now: Int64(number))
            }
            let events = try await decisions.events(on: "own:example.com", of: Samples.domain)
            #expect(events.count == SenderDecisionLimits.events)
            #expect(events.first?.after.note == "note \(count)")
        }
    }

    @Test("alerts are judged of so many senders and reporters") func alerts() async throws {
        try await with { database in
            let day = 20_000
            let (senders, reporters) = (AlertLimits.senders + 5, AlertLimits.reporters + 5)
            try await fill(
                "domain", "id, organisation_id, name, created_at, first_day, last_day",
                "i, 1, 'd.example', 0, \(day), \(day)", count: 1, in: database)
            try await fill(
                "sender", "id, organisation_id, key, name", "i, 1, 'k' || i, 'n' || i",
                count: senders, in: database)
            try await fill(
                "domain_sender",
                "domain_id, sender_id, confidence, evidence, reason, first_day, last_day, "
                    + "last_undecided_day", "1, i, 0, '[]', '', \(day), \(day), -1",
                count: senders, in: database)
            try await fill(
                "sender_day",
                "domain_id, day, sender_id, class, messages, dkim_aligned, spf_aligned, "
                    + "quarantined, rejected, estimated",
                "1, \(day), i, 1, i, 0, 0, 0, 0, 0", count: senders,
                in: database)
            try await fill(
                "reporter_day", "domain_id, day, reporter, reports, messages",
                "1, \(day), 'r' || i, 1, 1", count: reporters, in: database)
            let facts = try await AlertStore(database: database).facts(
                today: UTCDay(number: day + 1))
            #expect(facts.reporters.count == AlertLimits.reporters)
            let judged = try #require(facts.domains.first).senders
            #expect(judged.count == AlertLimits.senders)
            // Those with the most messages.
            #expect(judged.first?.key == "k\(senders)")
        }
    }
}
