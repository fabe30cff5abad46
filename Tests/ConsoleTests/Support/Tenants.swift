import Console
import DomainWatch
import Foundation
import HostedDNS
import Hummingbird
import Identities
import Logging
import MailReports
import ReportConsumer
import SQLDatabase
import Storage

/// Two organisations over one real database, each with a domain, a report and a document set
/// aside; and people of every kind.
struct Tenants {
    static let first = OrganisationID.first
    static let second = OrganisationID(rawValue: 2)
    static let password = SampleConsole.password

    let database: SQLiteDatabase
    let accounts: AccountStore
    let services: ConsoleServices
    let mail: SampleMail
    let provider: SampleProvider
    let clock = SampleClock()
    let owner: Account

    init() async throws {
        database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        accounts = AccountStore(database: database, cost: .none, secrets: .inMemory())
        mail = try await SampleMail(.small)
        provider = SampleProvider(clock: clock)
        services = try Self.services(
            database, accounts, mail, clock, provider: try provider.services())
        let link = try await accounts.oneTimeLink(now: clock.now)
        owner = try await accounts.welcome(
            link ?? SecretToken(), name: "Ada", password: Self.password, now: clock.now)
        _ = try await accounts.organisations.add("Other", by: AuditActor(owner), now: clock.now)
        for organisation in [Self.first, Self.second] { try await fill(organisation) }
    }

    /// The same console, whose people sign in elsewhere.
    func services(provider: ProviderServices) throws -> ConsoleServices {
        try Self.services(database, accounts, mail, clock, provider: provider)
    }

    /// The same console, where addresses of some domains alone may sign in.
    func services(providerDomains: [DomainName]) throws -> ConsoleServices {
        try services(provider: try provider.services(domains: providerDomains))
    }

    private static func services(
        _ database: SQLiteDatabase, _ accounts: AccountStore, _ mail: SampleMail,
        _ clock: SampleClock, provider: ProviderServices
    ) throws -> ConsoleServices {
        let reports = SampleReports(.empty)
        let adviser = SampleAdviser(domains: SampleDomains(size: .small))
        @Sendable func rooms(_ organisation: OrganisationID) -> OrganisationServices {
            OrganisationServices(
                domains: DomainStore(database: database, organisation: organisation),
                reports: ReportStore(database: database, organisation: organisation),
                intake: IntakeStore(database: database, organisation: organisation),
                door: reports, adviser: adviser)
        }
        let desk = ChangeDesk(
            store: ChangeStore(database: database), asker: SampleZone(), keys: KeyRing(),
            updater: ZoneUpdater { 0 }, allowsUnsigned: true
        ) { clock.now }
        return ConsoleServices(
            domains: DomainStore(database: database), reports: ReportStore(database: database),
            intake: IntakeStore(database: database), accounts: accounts, door: reports,
            adviser: adviser, now: { clock.now }, gateway: mail.services, changes: desk,
            way: SampleConsole.way(
                WayStore(database: database), desk, SampleZone(), adviser, clock),
            evidence: EvidenceMaker(database: database), provider: provider,
            demonstration: DemonstrationPageTests.demonstration { DemonstrationPageTests.week },
            others: rooms)
    }

    /// `one.example` and report 1 for the first organisation, `two.example` and report 2 for the
    /// second, and so on.
    private func fill(_ organisation: OrganisationID) async throws {
        let (id, now) = (organisation.rawValue, clock.now)
        let domain = Self.domain(organisation)
        let details = String(
            decoding: try JSONEncoder().encode(FailureReport()), as: UTF8.self)
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO domain (id, organisation_id, name, created_at, first_day, last_day)
                VALUES (?, ?, ?, 0, ?, ?)
                """,
                [
                    .integer(id), .integer(id), .text(domain), .integer(now / 86_400 - 1),
                    .integer(now / 86_400),
                ])
            try transaction.execute(
                """
                INSERT INTO raw_object (id, organisation_id, digest, byte_count, encoding, name,
                    door, received_at) VALUES (?, ?, 'd', 0, 'plain', 'secret.xml', 'upload', 0)
                """, [.integer(id), .integer(id)])
            try transaction.execute(
                """
                INSERT INTO report (id, organisation_id, kind, reporter, report_id, policy_domain,
                    begin_at, end_at, domain_id, records, messages, is_repaired, details,
                    raw_object_id, path, received_at)
                VALUES (?, ?, 'failure', 'reporter', 'r', ?, 0, 1, ?, 0, 0, 0, ?, ?, 'p', 0)
                """,
                [
                    .integer(id), .integer(id), .text(domain), .integer(id), .text(details),
                    .integer(id),
                ])
            try transaction.execute(
                """
                INSERT INTO quarantine (id, organisation_id, raw_object_id, path, code, refusal,
                    received_at, door) VALUES (?, ?, ?, 'secret.xml', 'x', '{}', 0, 'upload')
                """, [.integer(id), .integer(id), .integer(id)])
        }
    }

    static func domain(_ organisation: OrganisationID) -> String {
        organisation == first ? "one.example" : "two.example"
    }

    /// Somebody new in an organisation.
    func person(
        _ name: String, _ standing: Standing, in organisation: OrganisationID = first
    ) async throws -> Account {
        let token = try await accounts.people(of: organisation).invite(
            name, as: standing, by: AuditActor(owner), now: clock.now)
        return try await accounts.join(
            token, name: name, password: Self.password, now: clock.now)
    }

    /// A browser in which this person has signed in, and what its forms carry.
    func browser(
        _ account: Account, port: Int
    ) async throws -> (browser: Browser, session: SecretToken, form: String) {
        let browser = Browser(port: port)
        let session = try await accounts.openSession(for: account, now: clock.now)
        browser.cookies = ["sealgate_session": session.text]
        return (browser, session, session.derived(for: "sealgate form"))
    }

    func serve(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await Self.serve(services, body)
    }

    static func serve(
        _ services: ConsoleServices, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, announce) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "console")
        logger.logLevel = .critical
        let console = try makeConsole(
            services: services, configuration: ConsoleConfiguration(port: 0), logger: logger
        ) { port in
            announce.yield(port)
            announce.finish()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await console.run() }
            for await port in ports { try await body(port) }
            group.cancelAll()
        }
    }
}
