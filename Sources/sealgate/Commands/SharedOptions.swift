public import ArgumentParser
import DNS
import DNSResolver
public import Identities
import MailReports

/// Where the data is.
struct StoreOptions: ParsableArguments {
    @Option(help: "Folder of the embedded store.")
    var data = "./sealgate-data"

    @Option(help: "postgres://user@host/name instead of the embedded store (or SEALGATE_DATABASE).")
    var database: String?
}

/// Where DNS answers come from.
struct ResolverOptions: ParsableArguments {
    @Option(
        help: """
            'system' (/etc/resolv.conf), HOST:PORT, the path of a zone file (nothing leaves this \
            machine), or 'none'.
            """)
    var resolver = "system"
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
