import Console
import DNS
import DomainAnalysis
import HostedDNS
import Identities
import ReportConsumer
import SQLDatabase
import Storage

/// A console over a real database in which two senders sent as `one.example`, with a zone that
/// tests set and a DNS that answers from it.
struct SenderConsole {
    let tenants: Tenants
    let zone = SampleZone()
    let services: ConsoleServices
    /// Nothing listens at the zone's server, so a change stays proposed.
    let changes: ChangeDesk

    static let zendesk = "service:zendesk"
    static let page = "/domains/one.example"
    static let senderPage = page + "/senders/service%3Azendesk"

    init() async throws {
        let tenants = try await Tenants()
        let (database, clock, zone) = (tenants.database, tenants.clock, zone)
        zone["TXT one.example."] = RecordSet(timeToLive: 300, data: [.text("v=spf1 mx ~all")])
        try await Self.fill(database, now: clock.now)
        @Sendable func rooms(_ organisation: OrganisationID) -> OrganisationServices {
            let domains = DomainStore(database: database, organisation: organisation)
            let reports = SampleReports(.empty)
            return OrganisationServices(
                domains: domains, reports: reports, intake: reports, door: reports,
                adviser: DomainAdviser(domains: domains, lookup: ZoneAnswers(zone: zone)))
        }
        let first = DomainStore(database: database)
        let reports = SampleReports(.empty)
        changes = ChangeDesk(
            store: ChangeStore(database: database), asker: zone, keys: KeyRing(),
            updater: ZoneUpdater { 0 }, allowsUnsigned: true
        ) { clock.now }
        services = ConsoleServices(
            domains: first, reports: reports, intake: reports, accounts: tenants.accounts,
            door: reports,
            adviser: DomainAdviser(domains: first, lookup: ZoneAnswers(zone: zone)),
            now: { clock.now }, changes: changes, others: rooms)
        self.tenants = tenants
    }

    private static func fill(_ database: SQLiteDatabase, now: Int64) async throws {
        let day = now / 86_400
        let senders: [(id: Int64, key: String, name: String, service: String?, classes: [Int64])] =
            [
                (901, zendesk, "Zendesk", "zendesk", [2, 6]),
                (902, "unknown", "Unknown source", nil, [6]),
                (903, "host:mail.<b>.example", "mail.<b>.example", nil, [5]),
            ]
        try await database.write { transaction in
            for organisation in [Int64(1), 2] {
                for sender in senders {
                    let id = sender.id + organisation * 1_000
                    try transaction.execute(
                        """
                        INSERT INTO sender (id, organisation_id, key, name, service_id)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                        [
                            .integer(id), .integer(organisation), .text(sender.key),
                            .text(sender.name), .optional(sender.service),
                        ])
                    try transaction.execute(
                        """
                        INSERT INTO domain_sender (domain_id, sender_id, confidence, evidence,
                            reason, first_day, last_day, last_undecided_day)
                        VALUES (?, ?, 3, '[]', 'because', ?, ?, ?)
                        """,
                        [
                            .integer(organisation), .integer(id), .integer(day - 1), .integer(day),
                            .integer(day),
                        ])
                    for code in sender.classes {
                        try transaction.execute(
                            """
                            INSERT INTO sender_day (domain_id, day, sender_id, class, messages,
                                dkim_aligned, spf_aligned, quarantined, rejected, estimated)
                            VALUES (?, ?, ?, ?, 40, 0, 0, 0, 0, 0)
                            """,
                            [.integer(organisation), .integer(day), .integer(id), .integer(code)])
                    }
                }
            }
        }
    }

    func serve(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await Tenants.serve(services, body)
    }

    /// What the audit log tells.
    func log(_ organisation: OrganisationID = .first) async throws -> [AuditChange] {
        try await tenants.accounts.audit(of: organisation).entries(after: 0).map(\.change)
            .filter { $0.act.hasPrefix("sender.") || $0.act.hasPrefix("dns.") }
    }
}

/// A DNS that answers what a zone's server shows.
struct ZoneAnswers: DNSLookup {
    let zone: SampleZone

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        guard let set = zone["\(type) \(name)."] else { return DNSAnswer(.noData) }
        return DNSAnswer(
            .records,
            records: set.data.map {
                ResourceRecord(
                    name: DNSName(name), type: type, timeToLive: set.timeToLive, data: $0)
            })
    }
}
