import DNS
import DomainAnalysis
import Identities
import MailAuthentication
import MailReports
import ReportConsumer
import SQLDatabase
import Storage
import TestSupport
import Testing

/// How far a report is believed: by who brought it, what came before, and what its reporter's
/// domain asks for.
@Suite struct ReportTrustTests {
    static let zone = """
        $TTL 60
        _dmarc.google.com. IN TXT "v=DMARC1; p=reject"
        _dmarc.small.example. IN TXT "v=DMARC1; p=reject"
        _dmarc.reporter.example. IN TXT "v=DMARC1; p=none"
        """

    /// An intake whose clock a test sets.
    static func withIntake(
        own: [DomainName]? = nil, failures: FailureReportChoice = .passedOver,
        limits: IntakeLimits = IntakeLimits(),
        _ body: (Intake, any SQLDatabase, Clock) async throws -> Void
    ) async throws {
        let lookup = ZoneLookup(records: try ZoneFile.parse(zone))
        let clock = Clock()
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let pipeline = ReportPipeline(
                intake: IntakeStore(database: database), identifier: SenderIdentifier(),
                ownDomains: own, limits: limits, failureReports: failures, policies: lookup,
                now: { clock.now })
            try await body(Intake(pipeline: pipeline), database, clock)
        }
    }

    static func report(
        _ id: String, by name: String, _ email: String, domain: String = "example.com",
        rows: Int = 1
    ) -> [UInt8] {
        let text = String(
            decoding: IntakeTests.xml(id, domain: domain, rows: rows), as: UTF8.self)
        return Array(
            text.replacing("reporter.example</org_name>", with: name + "</org_name>")
                .replacing("r@reporter.example", with: email).utf8)
    }

    static func proof(
        _ domains: String..., author: String? = nil, isIncomplete: Bool = false
    ) -> ReportOrigin {
        ReportOrigin(
            .mail,
            proof: MailProof(
                author: author.flatMap { DomainName($0) },
                passes: domains.compactMap { DomainName($0) }.map {
                    .init($0, "the DKIM signature")
                }, isIncomplete: isIncomplete))
    }

    /// What one report is judged, and what its first reason holds.
    static func judged(
        _ report: [UInt8], _ origin: ReportOrigin
    ) async throws -> (ReportTrust.Level?, String) {
        var found: (ReportTrust.Level?, String) = (nil, "")
        try await withIntake { intake, database, _ in
            let outcome = try await intake.accept(
                report, name: "a.xml", door: "test", origin: origin)
            if let refusal = outcome.refused.first {
                #expect(refusal.code == .looksForged)
                found = (.forged, refusal.explanation)
            } else {
                let id = try #require(outcome.accepted.first?.id)
                let stored = try await ReportStore(database: database).report(id, rows: 1)
                found = (stored?.trust?.level, stored?.trust?.reasons.first ?? "")
                let listed = try await ReportStore(database: database).recent(limit: 1)
                #expect(listed.first?.trust == stored?.trust?.level)
            }
        }
        return found
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var reporter: String
        var email: String
        var origin: ReportOrigin
        var level: ReportTrust.Level
        var reason: String

        var testDescription: String { what }
    }

    static let google = ("google.com", "noreply-dmarc-support@google.com")
    static let table: [Row] = [
        Row(
            what: "a well-known reporter's own signature proves it", reporter: google.0,
            email: google.1, origin: proof("google.com"), level: .proved,
            reason: "proved to come from google.com"),
        Row(
            what: "so does one of a subdomain", reporter: "Yahoo",
            email: "dmarchelp@yahooinc.com", origin: proof("dmarc.yahoo.com"), level: .proved,
            reason: "dmarc.yahoo.com"),
        Row(
            what: "a well-known reporter without proof looks forged", reporter: google.0,
            email: google.1, origin: proof(author: "google.com"), level: .forged,
            reason: "google.com"),
        Row(
            what: "a well-known reporter in somebody else's mail looks forged",
            reporter: google.0, email: google.1, origin: proof("attacker.example"),
            level: .forged, reason: "attacker.example instead"),
        Row(
            what: "a contact at a well-known reporter under another name looks forged",
            reporter: "Postmaster", email: google.1, origin: proof("attacker.example"),
            level: .forged, reason: "google.com"),
        Row(
            what: "a DNS that did not answer forges nothing", reporter: google.0,
            email: google.1, origin: proof(isIncomplete: true), level: .unproved,
            reason: "DNS did not answer"),
        Row(
            what: "a small reporter that asks to reject and is new is not called forged",
            reporter: "small.example", email: "d@small.example", origin: proof(),
            level: .unproved, reason: "Nothing proves"),
        Row(
            what: "a small reporter's own signature proves it", reporter: "Small Ltd",
            email: "d@small.example", origin: proof("mail.small.example"), level: .proved,
            reason: "small.example"),
        Row(
            what: "a stranger's mail proves nothing about its reporter",
            reporter: "reporter.example", email: "r@reporter.example",
            origin: proof("stranger.example"), level: .unproved, reason: "belong together"),
        Row(
            what: "what a person hands in is plausible", reporter: google.0, email: google.1,
            origin: ReportOrigin(.person, name: "Ada"), level: .plausible, reason: "(Ada)"),
        Row(
            what: "so is what comes with a token", reporter: "r", email: "r@reporter.example",
            origin: ReportOrigin(.token, name: "collector"), level: .plausible,
            reason: "collector"),
        Row(
            what: "so is what lay in a folder", reporter: "r", email: "r@reporter.example",
            origin: ReportOrigin(.folder), level: .plausible, reason: "folder"),
    ]

    @Test("each way of coming has its trust", arguments: table)
    func judgements(row: Row) async throws {
        let (level, reason) = try await Self.judged(
            Self.report("a", by: row.reporter, row.email), row.origin)
        #expect(level == row.level)
        #expect(reason.contains(row.reason), "\(reason)")
    }

    @Test func `a reporter known for a week through one domain is plausible without alignment`()
        async throws
    {
        try await Self.withIntake { intake, database, clock in
            let store = ReportStore(database: database)
            var levels: [ReportTrust.Level?] = []
            for number in 0..<5 {
                let outcome = try await intake.accept(
                    Self.report("r\(number)", by: "reporter.example", "r@reporter.example"),
                    name: "a.xml", door: "test", origin: Self.proof("service.example"))
                let id = try #require(outcome.accepted.first?.id)
                levels.append(try await store.report(id, rows: 1)?.trust?.level)
                clock.now += 3 * 86_400
            }
            #expect(levels == [.unproved, .unproved, .unproved, .plausible, .plausible])
        }
    }

    @Test func `a reporter that was always proved looks forged when it is not`() async throws {
        try await Self.withIntake { intake, database, clock in
            for number in 0..<3 {
                _ = try await intake.accept(
                    Self.report("r\(number)", by: "small.example", "d@small.example"),
                    name: "a.xml", door: "test", origin: Self.proof("small.example"))
            }
            let forged = try await intake.accept(
                Self.report("r9", by: "small.example", "d@small.example"), name: "a.xml",
                door: "test", origin: Self.proof("attacker.example"))
            #expect(forged.refused.map(\.code) == [.looksForged])
        }
    }

    @Test func `mail that one of our own domains passed on is plausible`() async throws {
        let own = [try #require(DomainName("example.com"))]
        try await Self.withIntake(own: own) { intake, database, _ in
            let outcome = try await intake.accept(
                Self.report("a", by: "reporter.example", "r@reporter.example"), name: "a.xml",
                door: "test", origin: Self.proof("example.com"))
            let id = try #require(outcome.accepted.first?.id)
            let trust = try await ReportStore(database: database).report(id, rows: 1)?.trust
            #expect(trust?.level == .plausible)
        }
    }

    @Test func `a repaired report that nothing proves is not plausible by its history`()
        async throws
    {
        let broken = String(
            decoding: Self.report("a", by: "reporter.example", "r@reporter.example"),
            as: UTF8.self
        ).replacing("<p>none</p>", with: "<p>nonsense</p>")
        let (level, _) = try await Self.judged(Array(broken.utf8), Self.proof("stranger.example"))
        #expect(level == .unproved)
        try await Self.withIntake { intake, database, _ in
            let outcome = try await intake.accept(
                Array(broken.utf8), name: "a.xml", door: "test",
                origin: Self.proof("reporter.example"))
            let id = try #require(outcome.accepted.first?.id)
            let trust = try await ReportStore(database: database).report(id, rows: 1)?.trust
            #expect(trust?.level == .proved)
            #expect(trust?.reasons.contains { $0.contains("repaired") } == true)
        }
    }

    @Test(
        "what looks forged is kept whole, stays aside, and a person can take it in",
        arguments: [10_000, 0])
    func takenIn(mostRows: Int) async throws {
        var limits = IntakeLimits()
        limits.wholeRecords = mostRows
        try await Self.withIntake(limits: limits) { intake, database, _ in
            let report = Self.report("a", by: Self.google.0, Self.google.1)
            let outcome = try await intake.accept(
                report, name: "a.xml", door: "smtp", origin: Self.proof("attacker.example"))
            #expect(outcome.refused.map(\.code) == [.looksForged])
            let store = IntakeStore(database: database)
            let item = try #require(try await store.quarantined(limit: 2).first)
            #expect(try await store.bytes(of: item.id, limit: 1 << 20) == report)
            let retried = try await intake.retry(item.id)
            #expect(retried.refused.map(\.code) == [.looksForged])
            let again = try #require(try await store.quarantined(limit: 2).first)
            let taken = try await intake.takeIn(again.id)
            let id = try #require(taken.accepted.first?.id)
            #expect(try await store.quarantined(limit: 2).isEmpty)
            let trust = try await ReportStore(database: database).report(id, rows: 1)?.trust
            #expect(trust?.level == .plausible)
            #expect(trust?.reasons.first?.contains("a person took it in") == true)
        }
    }

    @Test func `failure reports are off, and redacted when they are on`() async throws {
        let mail = Array(
            """
            From: r@reporter.example\r
            Content-Type: multipart/report; report-type=feedback-report; boundary=b\r
            \r
            --b\r
            Content-Type: message/feedback-report\r
            \r
            Feedback-Type: auth-failure\r
            Version: 1\r
            Original-Mail-From: <secret.person@example.com>\r
            Original-Rcpt-To: <other.person@example.org>\r
            Reported-Domain: example.com\r
            X-Unknown: secret words\r
            \r
            --b\r
            Content-Type: text/rfc822-headers\r
            \r
            From: secret.person@example.com\r
            Subject: secret words\r
            Message-ID: <secret@example.com>\r
            \r
            --b--\r

            """.utf8)
        try await Self.withIntake { intake, database, _ in
            let outcome = try await intake.accept(mail, name: "f.eml", door: "test")
            #expect(outcome.passedOver == 1)
            #expect(outcome.accepted.isEmpty && outcome.refused.isEmpty)
            let again = try await intake.accept(mail, name: "f.eml", door: "test")
            #expect(again.isKnown)
            #expect(try await Self.pieces(database) == 0)
        }
        for most in [10_000, -1] {
            var limits = IntakeLimits()
            limits.wholeRecords = most
            try await Self.withIntake(failures: .redacted, limits: limits) {
                intake, database, _ in
                let outcome = try await intake.accept(
                    mail, name: "f.eml", door: "test", origin: ReportOrigin(.person))
                let id = try #require(outcome.accepted.first?.id)
                let details = try await database.read {
                    try $0.rows("SELECT details FROM report WHERE id = ?", [.integer(id)])
                }
                let text = details[0].text(0)
                #expect(text.contains("example.com"))
                #expect(!text.contains("secret") && !text.contains("other.person"))
                #expect(try await Self.pieces(database) == 0)
            }
        }
    }

    private static func pieces(_ database: any SQLDatabase) async throws -> Int64 {
        try await database.read { try $0.rows("SELECT COUNT(*) FROM raw_piece") }[0].integer(0)
    }
}
