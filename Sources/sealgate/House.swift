import ArgumentParser
import Console
import DNS
import DNSResolver
import DomainAnalysis
import DomainWatch
import FoundationEssentials
import Glibc
import Identities
import MailAuthentication
import ReportConsumer
import SQLDatabase
import Storage

/// The rooms, joined: what every subcommand works with.
struct House {
    let database: any SQLDatabase
    let domains: DomainStore
    let reports: ReportStore
    let intakeStore: IntakeStore
    let accounts: AccountStore
    let pipeline: ReportPipeline
    let facts: SourceFacts
    let lookup: (any DNSLookup)?
    let suffixes: PublicSuffixList
    /// What proves whose the mails are that reports are fetched with; nil without DNS.
    let authenticator: MessageAuthenticator?
    /// Seconds since 1970-01-01T00:00:00Z; a demonstration has a clock of its own.
    let now: @Sendable () -> Int64

    func close() async throws { try await database.close() }

    var intake: Intake { Intake(pipeline: pipeline, authenticator: authenticator) }

    /// Makes evidence packs, of any organisation.
    var evidence: EvidenceMaker { EvidenceMaker(database: database) }

    var places: IntakePlaceStore { IntakePlaceStore(database: database) }

    var reidentification: Reidentification {
        Reidentification(pipeline: pipeline, store: RebuildingStore(database: database))
    }

    var adviser: DomainAdviser {
        DomainAdviser(domains: domains, lookup: lookup ?? NoLookup(), suffixes: suffixes)
    }

    /// What the console asks for about another organisation than the first. Its reports come by
    /// upload; which domains they may be about is not settled by the first one's settings.
    func rooms(of organisation: OrganisationID) -> OrganisationServices {
        let store = IntakeStore(database: database, organisation: organisation)
        let pipeline = ReportPipeline(
            intake: store, identifier: SenderIdentifier(catalogue: .embedded), suffixes: suffixes,
            facts: facts, now: now)
        let domains = domains.beside(organisation)
        return OrganisationServices(
            domains: domains,
            reports: ReportStore(database: database, organisation: organisation),
            intake: store, door: Intake(pipeline: pipeline),
            adviser: DomainAdviser(
                domains: domains, lookup: lookup ?? NoLookup(), suffixes: suffixes))
    }

    /// Opens the store, makes its tables, and joins the rooms.
    ///
    /// - Parameter takesIn: whether reports are going to be taken in; files that only then matter
    ///   are opened only then.
    static func open(
        _ settings: Settings, lookup: (any DNSLookup)?, takesIn: Bool = false,
        now: @escaping @Sendable () -> Int64 = { clock() }
    ) async throws -> House {
        let suffixes = try suffixList(settings)
        let networks = takesIn ? try NetworkLookup(paths: settings.networks) : nil
        let address = try databaseAddress(settings)
        let database = try await openDatabase(address)
        try await Schema.prepare(database)
        let accounts = AccountStore(
            database: database, secrets: SecretVault(path: settings.dataFolder + "/secrets.key"))
        await sealSecrets(accounts.secondStep, tells: takesIn)
        let intakeStore = IntakeStore(database: database)
        let facts = SourceFacts(
            lookup: lookup, blocklists: settings.blocklists, networks: networks)
        let pipeline = ReportPipeline(
            intake: intakeStore, identifier: SenderIdentifier(catalogue: .embedded),
            suffixes: suffixes, facts: facts, ownDomains: settings.ownDomains,
            failureReports: settings.intake.failureReports, policies: lookup, now: now)
        return House(
            database: database, domains: DomainStore(database: database),
            reports: ReportStore(database: database), intakeStore: intakeStore,
            accounts: accounts, pipeline: pipeline, facts: facts,
            lookup: lookup, suffixes: suffixes,
            authenticator: lookup.map {
                MessageAuthenticator(
                    lookup: $0, suffixes: suffixes,
                    options: MessageAuthenticatorOptions(checks: [.dkim, .dmarc]))
            }, now: now)
    }

    /// Seals what an older program left open. Mail and reports do not wait for that: where it
    /// fails, second steps do not work, and it is told.
    private static func sealSecrets(_ store: SecondStepStore, tells: Bool) async {
        do {
            try await store.sealOldSecrets()
            if tells, let fault = try await store.fault() { throw fault }
        } catch {
            note("Codes of second steps cannot be checked. \(error)")
        }
    }

    private static func suffixList(_ settings: Settings) throws -> PublicSuffixList {
        guard let path = settings.suffixes else { return .system }
        guard let list = PublicSuffixList(file: path) else {
            throw PlainError(
                "The public suffix list \(path) cannot be read. Name another with --suffixes, or "
                    + "leave it out.")
        }
        return list
    }

    private static func databaseAddress(_ settings: Settings) throws -> String {
        if let named = settings.database { return named }
        do {
            // Reports tell who sends for whom: nobody else on the machine needs to read them.
            try FileManager.default.createDirectory(
                atPath: settings.dataFolder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw PlainError(
                "The data folder \(settings.dataFolder) cannot be made: \(error) "
                    + "Choose another with --data.")
        }
        return settings.dataFolder + "/sealgate.sqlite"
    }
}

/// Seconds since 1970-01-01T00:00:00Z.
func clock() -> Int64 { Int64(time(nil)) }

/// The name of whoever started this program, also behind sudo.
func userName() -> String {
    if let name = ProcessInfo.processInfo.environment["SUDO_USER"], !name.isEmpty { return name }
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else {
        return "user \(getuid())"
    }
    return String(cString: name)
}

/// An error whose text is all that a person needs.
struct PlainError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The resolver when there is none: every question fails, and judgements say so.
struct NoLookup: DNSLookup {
    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        DNSAnswer(.failure("no resolver was given"))
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        DNSAnswer(.failure("no resolver was given"))
    }
}

/// Runs a body with the resolver that the settings name, and shuts it down afterwards.
func withLookup<Value>(
    _ settings: Settings, _ body: ((any DNSLookup)?) async throws -> Value
) async throws -> Value {
    switch settings.resolver {
    case "none":
        return try await body(nil)
    case let path where FileManager.default.fileExists(atPath: path):
        return try await body(try zoneLookup(path))
    default:
        let configuration = try resolverConfiguration(settings.resolver)
        let resolver = StubResolver(configuration: configuration)
        do {
            let value = try await body(resolver)
            await resolver.shutDown()
            return value
        } catch {
            await resolver.shutDown()
            throw error
        }
    }
}

/// `system`, or one server as HOST:PORT.
private func resolverConfiguration(_ text: String) throws -> ResolverConfiguration {
    if text == "system" { return .system() }
    guard let server = ResolverAddress(text) else {
        throw PlainError(
            "--resolver wants 'system', 'none', HOST:PORT or the path of a zone file; "
                + "\"\(plain(text))\" is none of these.")
    }
    var configuration = ResolverConfiguration(servers: [server])
    // A person who names a resolver trusts it: what it says about DNSSEC counts (RFC 6840 §5.7).
    configuration.trustsAuthenticatedData = true
    return configuration
}

/// A zone file as an offline resolver.
func zoneLookup(_ path: String) throws -> ZoneLookup {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    do {
        return ZoneLookup(records: try ZoneFile.parse(text))
    } catch {
        throw PlainError("The zone file \(path) cannot be read: \(error)")
    }
}
