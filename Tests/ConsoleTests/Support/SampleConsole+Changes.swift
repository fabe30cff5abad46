import Console
import DomainAnalysis
import HostedDNS
import Identities
import MailReports
import SQLDatabase
import Storage

extension SampleConsole {
    /// A console whose changes go to a zone that a test sets.
    init(changes zone: SampleZone) async throws {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        accounts = AccountStore(database: database, cost: .none)
        let domains = SampleDomains(size: .large)
        let reports = SampleReports(.large)
        let clock = clock
        let desk = ChangeDesk(
            store: ChangeStore(database: database), asker: zone, keys: KeyRing(),
            updater: ZoneUpdater { 0 }, allowsUnsigned: true
        ) { clock.now }
        let way = Self.way(
            WayStore(database: database), desk, zone, SampleAdviser(domains: domains), clock)
        (changes, self.way) = (desk, way)
        services = ConsoleServices(
            domains: domains, reports: reports, intake: reports, accounts: accounts,
            door: reports, adviser: SampleAdviser(domains: domains), now: { clock.now },
            changes: desk, way: way)
    }

    /// The way to reject over a sample zone and sample reports.
    static func way(
        _ store: WayStore, _ desk: ChangeDesk, _ zone: SampleZone, _ adviser: SampleAdviser,
        _ clock: SampleClock
    ) -> WayDesk {
        WayDesk(
            store: store, changes: desk,
            advice: WayAdvice(
                survey: { domain in
                    DomainSurvey(
                        domain: domain, record: zone["TXT _dmarc.\(domain)."]?.texts.first,
                        takesMail: .yes)
                },
                risk: { question in
                    let (domain, record, days) = (question.domain, question.record, question.days)
                    let last = UTCDay(secondsSinceEpoch: clock.now)
                    let isKnown = try await adviser.domains.overview(
                        of: domain, days: days, until: nil, now: clock.now)
                    guard isKnown != nil else {
                        return PolicyRisk(
                            domain: domain, record: record,
                            coverage: ReportCoverage(
                                first: last.advanced(by: 1 - days), last: last))
                    }
                    let result = try await adviser.replay(
                        domain: domain, record: record, days: days, until: nil, now: clock.now)
                    let affected =
                        result.rows.first { $0.sourceClass == .misconfigured }?.senderKey ?? ""
                    return PolicyRisk(
                        result,
                        coverage: ReportCoverage(
                            first: last.advanced(by: 1 - days), last: last,
                            reporters: [
                                .init(name: "mail.example", messages: 700, days: 20),
                                .init(name: "post.example", messages: 300, days: 18),
                            ], messages: 1_000, days: Set((5..<25).map { last.advanced(by: -$0) })
                        ), names: question.names, owners: [affected: "Mia"])
                })
        ) { clock.now }
    }
}
