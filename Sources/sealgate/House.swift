import ArgumentParser
import DNS
import DNSResolver
import DomainAnalysis
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

    func close() async throws { try await database.close() }

    var intake: Intake { Intake(pipeline: pipeline) }

    var adviser: DomainAdviser {
        DomainAdviser(domains: domains, lookup: lookup ?? NoLookup(), suffixes: .system)
    }

    /// Opens the store, makes its tables, and joins the rooms.
    static func open(
        _ store: StoreOptions, lookup: (any DNSLookup)?, blocklists: [DomainName] = [],
        ownDomains: [DomainName]? = nil
    ) async throws -> House {
        let address = try databaseAddress(store)
        let database = try await openDatabase(address)
        try await Schema.prepare(database)
        let intakeStore = IntakeStore(database: database)
        let facts = SourceFacts(lookup: lookup, blocklists: blocklists)
        let pipeline = ReportPipeline(
            intake: intakeStore, identifier: SenderIdentifier(catalogue: .embedded),
            facts: facts, ownDomains: ownDomains, now: { clock() })
        return House(
            database: database, domains: DomainStore(database: database),
            reports: ReportStore(database: database), intakeStore: intakeStore,
            accounts: AccountStore(database: database), pipeline: pipeline, facts: facts,
            lookup: lookup)
    }

    private static func databaseAddress(_ store: StoreOptions) throws -> String {
        let named =
            store.database ?? ProcessInfo.processInfo.environment["SEALGATE_DATABASE"]
        if let named { return named }
        do {
            // Reports tell who sends for whom: nobody else on the machine needs to read them.
            try FileManager.default.createDirectory(
                atPath: store.data, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw PlainError(
                "The data folder \(store.data) cannot be made: \(error) "
                    + "Choose another with --data.")
        }
        return store.data + "/sealgate.sqlite"
    }
}

/// Seconds since 1970-01-01T00:00:00Z.
func clock() -> Int64 { Int64(time(nil)) }

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
}

/// Runs a body with the resolver that a person named, and shuts it down afterwards.
func withLookup<Value>(
    _ options: ResolverOptions, _ body: ((any DNSLookup)?) async throws -> Value
) async throws -> Value {
    switch options.resolver {
    case "none":
        return try await body(nil)
    case let path where FileManager.default.fileExists(atPath: path):
        return try await body(try zoneLookup(path))
    default:
        let configuration = try resolverConfiguration(options.resolver)
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
    return ResolverConfiguration(servers: [server])
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
