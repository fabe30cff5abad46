import HostedDNS
import Identities

/// Everything about a Sealgate that its operator chooses, with what holds until they do.
///
/// A value comes from the configuration file, over it from the environment, over that from the
/// command line; `SettingsOption` has the words for each. Domains, rules and people are no settings:
/// they are data in the store.
struct Settings: Sendable {
    /// Folder of the embedded store.
    var dataFolder = "./sealgate-data"
    /// Address of a PostgreSQL, or path of an SQLite file; nil keeps the store in `dataFolder`.
    var database: String?
    /// `system`, `none`, HOST:PORT, or the path of a zone file.
    var resolver = "system"
    /// Files that tell an address's network and country (MMDB); the first that knows counts.
    var networks: [String] = []
    /// A Public Suffix List to use instead of the system's.
    var suffixes: String?
    /// DNS blocklists that are asked about sources.
    var blocklists: [DomainName] = []
    /// Domains whose reports are taken in; nil takes all.
    var ownDomains: [DomainName]?
    /// Files that an import reads at once.
    var filesAtOnce = 2
    /// Folder of the demonstration's store.
    var demoFolder = "./sealgate-data/demo"
    var intake = Intake()
    var console = Console()
    var gateway = Gateway()
    var changes = Changes()
    var alerts = Alerts()
    var signIn = SignIn()
    var export = Export()

    /// How changes of the DNS are sent.
    struct Changes: Sendable {
        /// A file of keys in BIND's form; nil sends nothing.
        var keys: String?
        /// Primary servers that a person named.
        var primaries: [KeyRing.Primary] = []
    }

    /// Where the console listens, and how people reach it.
    struct Console: Sendable {
        var host = "127.0.0.1"
        /// 0 takes a free one.
        var port = 8025
        /// The address people use, where it differs from host and port.
        var publicURL: String?

        /// What links to the console begin with.
        var address: String { publicURL ?? "http://\(host):\(port)" }
    }
}
