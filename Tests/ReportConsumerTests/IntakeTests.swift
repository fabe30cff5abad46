import DNS
import DomainAnalysis
import FoundationEssentials
import Identities
import MailReports
import ReportConsumer
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Whatever brings a report in, it is stored once with all its sums, or set aside with a reason.
struct IntakeTests {
    static let now: Int64 = 1_700_300_000

    struct Rooms: Sendable {
        let intake: Intake
        let pipeline: ReportPipeline
        let store: IntakeStore
        let reports: ReportStore
        let domains: DomainStore

        init(
            _ database: any SQLDatabase, limits: IntakeLimits = IntakeLimits(),
            own: [DomainName]? = nil, facts: SourceFacts = SourceFacts(lookup: nil)
        ) {
            store = IntakeStore(database: database)
            pipeline = ReportPipeline(
                intake: store, identifier: SenderIdentifier(), facts: facts, ownDomains: own,
                limits: limits, now: { IntakeTests.now })
            intake = Intake(pipeline: pipeline)
            reports = ReportStore(database: database)
            domains = DomainStore(database: database)
        }
    }

    static func withRooms(
        _ engine: TestEngine = .sqlite, limits: IntakeLimits = IntakeLimits(),
        own: [DomainName]? = nil, facts: SourceFacts = SourceFacts(lookup: nil),
        _ body: (Rooms) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await body(Rooms(database, limits: limits, own: own, facts: facts))
        }
    }

    static func xml(_ id: String, domain: String = "example.com", rows: Int = 2) -> [UInt8] {
        var text = """
            <?xml version="1.0"?><feedback><version>1.0</version><report_metadata>\
            <org_name>reporter.example</org_name><email>r@reporter.example</email>\
            <report_id>\(id)</report_id><date_range><begin>1700006400</begin>\
            <end>1700092799</end></date_range></report_metadata><policy_published>\
            <domain>\(domain)</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp>\
            <pct>100</pct></policy_published>
            """
        for number in 0..<rows {
            let result = number % 2 == 0 ? "pass" : "fail"
            text += """
                <record><row><source_ip>192.0.2.\(number % 250)</source_ip>\
                <count>\(number + 1)</count><policy_evaluated><disposition>none</disposition>\
                <dkim>\(result)</dkim><spf>fail</spf></policy_evaluated></row><identifiers>\
                <header_from>\(domain)</header_from></identifiers><auth_results><dkim>\
                <domain>\(domain)</domain><selector>s\(number % 7)</selector>\
                <result>\(result)</result></dkim><spf><domain>\(domain)</domain>\
                <scope>mfrom</scope><result>none</result></spf></auth_results></record>
                """
        }
        return Array((text + "</feedback>").utf8)
    }

    @Test(
        "bytes are taken in once, and the same report in other bytes too",
        arguments: TestEngine.allCases)
    func idempotent(engine: TestEngine) async throws {
        try await Self.withRooms(engine) { rooms in
            let first = try await rooms.intake.accept(Self.xml("a"), name: "a.xml", door: "test")
            #expect(first.accepted.map(\.messages) == [3])
            let again = try await rooms.intake.accept(Self.xml("a"), name: "b.xml", door: "test")
            #expect(again.isKnown)
            let padded = try await rooms.intake.accept(
                Self.xml("a") + [10], name: "c.xml", door: "test")
            #expect(padded.repeated.count == 1)
            #expect(padded.accepted.isEmpty)
            let statistics = try await rooms.reports.statistics()
            #expect(statistics.reports == 1)
            #expect(statistics.messages == 3)
        }
    }

    @Test("a report read row by row gives the same sums as one held in memory")
    func streaming() async throws {
        var totals: [[Int64]] = []
        for most in [10_000, 10] {
            var limits = IntakeLimits()
            limits.wholeRecords = most
            try await Self.withRooms(limits: limits) { rooms in
                let outcome = try await rooms.intake.accept(
                    Self.xml("long", rows: 3_000), name: "long.xml", door: "test")
                #expect(outcome.accepted.count == 1)
                let domain = try #require(DomainName("example.com"))
                let overview = try #require(
                    try await rooms.domains.overview(
                        of: domain, days: 30, until: nil, now: Self.now))
                totals.append(
                    overview.senders.flatMap { [$0.counts.total, $0.counts.compliant] }
                        + [overview.counts.total, Int64(overview.senders.count)])
                let stored = try await rooms.reports.report(outcome.accepted[0].id, rows: 9_000)
                #expect(stored?.records.count == 3_000)
            }
        }
        #expect(totals[0] == totals[1])
        #expect(totals[0].contains(3_000 * 3_001 / 2))
    }

    @Test("what is no report is set aside, kept whole, and read again on demand")
    func quarantine() async throws {
        try await Self.withRooms { rooms in
            let junk = Array("<feedback><report_metadata>".utf8)
            let outcome = try await rooms.intake.accept(junk, name: "junk.xml", door: "test")
            #expect(outcome.refused.count == 1)
            let items = try await rooms.store.quarantined(limit: 10)
            let item = try #require(items.first)
            #expect(item.path == "junk.xml")
            #expect(item.refusal.explanation.count > 20)
            #expect(try await rooms.store.bytes(of: item.id, limit: 1_000) == junk)
            let retried = try await rooms.intake.retry(item.id)
            #expect(retried.refused.count == 1)
            let still = try await rooms.store.quarantined(limit: 10)
            #expect(still.count == 1)
        }
    }

    @Test("a report about somebody else's domain is set aside, and taken in once it is ours")
    func foreign() async throws {
        let own = [try #require(DomainName("example.com"))]
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let strict = Rooms(database, own: own)
            let outcome = try await strict.intake.accept(
                Self.xml("a", domain: "other.example"), name: "a.xml", door: "test")
            #expect(outcome.refused.map(\.code) == [.foreignDomain])
            let below = try await strict.intake.accept(
                Self.xml("b", domain: "mail.example.com"), name: "b.xml", door: "test")
            #expect(below.accepted.count == 1)
            let item = try #require(try await strict.store.quarantined(limit: 1).first)
            let retried = try await Rooms(database).intake.retry(item.id)
            #expect(retried.accepted.map(\.policyDomain) == ["other.example"])
            #expect(try await strict.store.quarantined(limit: 1).isEmpty)
        }
    }

    @Test("a resolver that never answers is given up, and nothing is lost")
    func deadResolver() async throws {
        struct Dead: DNSLookup {
            func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
                DNSAnswer(.failure("no answer"))
            }
        }
        let facts = SourceFacts(lookup: Dead())
        try await Self.withRooms(facts: facts) { rooms in
            let outcome = try await rooms.intake.accept(
                Self.xml("a", rows: 40), name: "a.xml", door: "test")
            #expect(outcome.accepted.count == 1)
            #expect(await facts.gaveUp)
        }
    }

    @Test("a signing name that is an alias tells the service behind it")
    func signingAlias() async throws {
        let zone = """
            $TTL 60
            s0._domainkey.example.com. IN CNAME s1.domainkey.u123.wl.sendgrid.net.
            """
        let facts = SourceFacts(lookup: ZoneLookup(records: try ZoneFile.parse(zone)))
        try await Self.withRooms(facts: facts) { rooms in
            _ = try await rooms.intake.accept(Self.xml("a", rows: 1), name: "a.xml", door: "test")
            let domain = try #require(DomainName("example.com"))
            let overview = try #require(
                try await rooms.domains.overview(
                    of: domain, days: 30, until: nil, now: Self.now))
            #expect(overview.senders.map(\.serviceID) == ["sendgrid"])
            #expect(overview.senders.first?.evidence.first?.kind == .dkimAlias)
        }
    }

    @Test("confirmed names and blocklists come from DNS, and claimed names do not count")
    func enrichment() async throws {
        let zone = """
            $TTL 60
            0.2.0.192.in-addr.arpa. IN PTR mx.example.com.
            mx.example.com. IN A 192.0.2.0
            1.2.0.192.in-addr.arpa. IN PTR mail-ej1-f1.google.com.
            1.2.0.192.bl.example. IN A 127.0.0.2
            """
        let lookup = ZoneLookup(records: try ZoneFile.parse(zone))
        let list = try #require(DomainName("bl.example"))
        let facts = SourceFacts(lookup: lookup, blocklists: [list])
        try await Self.withRooms(facts: facts) { rooms in
            _ = try await rooms.intake.accept(Self.xml("a"), name: "a.xml", door: "test")
            let domain = try #require(DomainName("example.com"))
            let overview = try #require(
                try await rooms.domains.overview(
                    of: domain, days: 30, until: nil, now: Self.now))
            #expect(overview.counts.compliant == 1)
            #expect(overview.counts[.forged] == 2)
            #expect(overview.senders.allSatisfy { $0.serviceID != "google-workspace" })
            let own = try #require(overview.senders.first { $0.counts.compliant == 1 })
            let detail = try #require(
                try await rooms.domains.sender(
                    own.key, of: domain, days: 30, until: nil, now: Self.now))
            #expect(detail.sources.map(\.reverseName) == ["mx.example.com"])
        }
    }
}
