import DNS
import DNSResolver
import DomainAnalysis
import HostedDNS
import Identities
import MailReports
import SQLDatabase
import Storage
import Synchronization
import Testing

/// The way to reject over a real Knot, with reports and a clock that a test turns.
struct WayBed {
    static let ada = AuditActor(.person, id: 1, name: "Ada")
    static let ben = AuditActor(.person, id: 2, name: "Ben")
    private static let zone = """
        @ SOA ns1 hostmaster 1 3600 600 86400 60
        @ NS ns1
        ns1 A 127.0.0.1
        _dmarc TXT "v=DMARC1; p=none; rua=mailto:reports@example.test"
        """

    let way: WayDesk
    let rules: WayRunner
    let desk: Desk
    let audit: AuditStore
    let reports: Reports

    var record: String? {
        get async throws { try await desk.texts("_dmarc.example.test").first }
    }

    func look() async throws -> String {
        let looks = try await rules.step()
        #expect(looks.count == 1)
        return looks.first.map { ($0.isAct ? "act: " : "stay: ") + $0.sentence } ?? ""
    }

    /// What the reports say, as a test sets it, and a clock that it turns.
    final class Reports: Sendable {
        private let state = Mutex<(failing: Int64, days: Int64, tag: String?)>((0, 0, nil))
        let domain: DomainName

        init() throws { domain = try #require(DomainName("example.test")) }

        var now: Int64 { MachineClock.seconds + state.withLock { $0.days } * 86_400 }
        func pass(days: Int64) { state.withLock { $0.days += days } }
        func fail(_ messages: Int64, below tag: String? = nil) {
            state.withLock { ($0.failing, $0.tag) = (messages, tag) }
        }

        func risk(
            _ record: String, _ days: Int, names: [SubdomainNames]? = nil
        ) -> PolicyRisk {
            let last = UTCDay(secondsSinceEpoch: now)
            let (failing, _, tag) = state.withLock { $0 }
            let first = last.advanced(by: 1 - days)
            var risk = PolicyRisk(
                domain: domain, record: record,
                coverage: ReportCoverage(
                    first: first, last: last,
                    reporters: [.init(name: "r.example", messages: 1_000, days: days)],
                    messages: 1_000, days: Set((0..<days).map { first.advanced(by: $0) })))
            let messages = Int64(days) * 1_000
            (risk.messages, risk.legitimate) = (messages, messages)
            risk.atRisk = WayStep(record: record).applied == .none ? 0 : failing
            var sender = PolicyRisk.Sender(key: "service:a", name: "Service A")
            (sender.messages, sender.own) = (messages, messages)
            (sender.ownPassing, sender.atRisk) = (messages - failing, failing)
            sender.failingBelow = tag.map { [$0: failing] }
            risk.senders = [sender]
            risk.names = names
            return risk
        }
    }

    static func with(
        keys: [TransactionKey]? = nil, _ body: (WayBed) async throws -> Void
    ) async throws {
        let server = try PrimaryServer(.knot, zones: [("example.test", zone)])
        defer { server.stop() }
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        let desk = try await Desk(server, keys: keys, store: ChangeStore(database: database))
        let ruled = try await Desk(
            server, keys: keys, store: ChangeStore(database: database, people: .rule))
        let reports = try Reports()
        let resolver = desk.resolver
        let advice = WayAdvice(
            survey: { domain in
                let found = await resolver.lookUp(
                    domain.adding(label: "_dmarc") ?? domain, .txt)
                return DomainSurvey(
                    domain: domain, record: found.texts.first { $0.hasPrefix("v=DMARC1") })
            }, risk: { reports.risk($0.record, $0.days, names: $0.names) })
        let store = WayStore(database: database)
        let bed = WayBed(
            way: WayDesk(store: store, changes: desk.desk, advice: advice) { reports.now },
            rules: WayRunner(
                desk: WayDesk(store: store, changes: ruled.desk, advice: advice) { reports.now }),
            desk: desk, audit: AuditStore(database: database, organisation: .first),
            reports: reports)
        try await body(bed)
        await desk.resolver.shutDown()
        await ruled.resolver.shutDown()
    }
}
