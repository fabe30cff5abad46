public import ArgumentParser
import DNS
import DNSResolver
public import Identities
import MailReports

/// Which configuration file is read.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: """
            A configuration file; without it, SEALGATE_CONFIG or ./sealgate.yaml. What it may hold: \
            sealgate config describe.
            """)
    var config: String?
}

/// Where the data is.
struct StoreOptions: ParsableArguments, GivesFlags {
    @OptionGroup var file: ConfigurationOptions

    @Option(help: "Folder of the embedded store. (default: ./sealgate-data)")
    var data: String?

    @Option(help: "postgres://user@host/name instead of the embedded store.")
    var database: String?

    func give(to flags: inout GivenFlags) {
        flags.add("data-folder", data)
        flags.add("database", database)
    }

    /// The settings that hold for this command line.
    func settings(_ groups: any GivesFlags...) async throws -> Settings {
        try await Settings.load(config: file.config, [self] + groups)
    }
}

/// Where DNS answers come from.
struct ResolverOptions: ParsableArguments, GivesFlags {
    @Option(
        help: """
            'system' (/etc/resolv.conf), HOST:PORT, the path of a zone file (nothing leaves this \
            machine), or 'none'. (default: system)
            """)
    var resolver: String?

    func give(to flags: inout GivenFlags) { flags.add("resolver", resolver) }
}

/// Where networks and countries of addresses come from.
struct NetworkOptions: ParsableArguments, GivesFlags {
    @Option(
        help: """
            An MMDB file that tells an address's network or country; may be repeated, and the \
            first that knows counts.
            """)
    var networks: [String] = []

    func give(to flags: inout GivenFlags) { flags.add("networks", networks) }
}

/// Which days are looked at.
struct WindowOptions: ParsableArguments {
    @Option(help: "Days to look at.")
    var days = 30

    @Option(help: "Last day, YYYY-MM-DD; without it, the newest day with data.")
    var until: String?

    var untilDay: UTCDay? {
        get throws {
            guard let until else { return nil }
            guard let day = UTCDay(until) else {
                throw ValidationError("--until wants a day as YYYY-MM-DD, not \"\(until)\".")
            }
            return day
        }
    }

    func validate() throws {
        guard (1...800).contains(days) else {
            throw ValidationError("--days wants a number from 1 to 800.")
        }
        _ = try untilDay
    }
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

extension DomainName: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
