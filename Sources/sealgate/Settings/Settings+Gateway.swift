import Identities

extension Settings {
    /// Where mail comes in, whose it is, and where it goes on to.
    struct Gateway: Sendable {
        /// HOST:PORT for mail from anywhere; nil leaves the gateway off.
        var inbound: SocketAddress?
        /// HOST:PORT for mail of our own people.
        var outbound: SocketAddress?
        /// HOST:PORT for reports only.
        var reports: SocketAddress?
        /// Our own name; nil takes the machine's.
        var hostName: DomainName?
        /// Domains whose mail is taken.
        var domains: [DomainName] = []
        var recipients = Recipients.ask
        /// `mx`, or HOST:PORT.
        var nextHop = NextHop.mailHosts
        var nextHopTLS = TLS.opportunistic
        var ownNetworks: [IPNetwork] = []
        var reportAddresses: [EmailAddress] = []
        var trustedSealers: [DomainName] = []
        var ownDomains: [DomainName] = []
        var encryptedDomains: [DomainName] = []
        var lists: [String] = []
        /// Seconds before the greeting.
        var greetingDelay = 0
        /// Seconds that the checks may take.
        var deadline = 20
        /// MiB of the largest message.
        var largestMessage = 50
        var certificate: String?
        var key: String?
        var clientCertificate: String?
        var clientKey: String?
        /// Days for which records of messages are kept.
        var recordDays = 90
        /// Folder of the spool; nil keeps it in the data folder.
        var spool: String?
        /// Networks whose clients may say for whom they speak (PROXY, XCLIENT).
        var proxies: [IPNetwork] = []
        /// Whom the reports that we send come from; nil sends none.
        var reportSender: EmailAddress?
        /// Our organisation's name in them.
        var organisation: String?
        /// The DKIM key that they are signed with (PEM), and its selector.
        var signingKey: String?
        var signingSelector: String?
        /// Keys that mail of our own people is signed with.
        var signing: [SigningKeyPlace] = []
        /// The same for DKIM2.
        var chainSigning: [SigningKeyPlace] = []
        /// The key that mail from outside is sealed with; nil seals none.
        var sealing: SigningKeyPlace?
        /// The mark before subjects of mail from outside; nil for none.
        var subjectTag: String?
        /// A file with the sentence before texts from outside; nil for none.
        var banner: String?

        var hasDoor: Bool { inbound != nil || outbound != nil || reports != nil }
    }

    enum Recipients: Hashable, Sendable {
        case ask, all
        /// A file with one address a line.
        case file(String)

        init(_ text: String) {
            switch text {
            case "ask": self = .ask
            case "all": self = .all
            default: self = .file(text)
            }
        }

        var text: String {
            switch self {
            case .ask: "ask"
            case .all: "all"
            case .file(let path): path
            }
        }
    }

    enum NextHop: Hashable, Sendable {
        case mailHosts
        case host(String, port: Int)

        init?(_ text: String) {
            if text == "mx" {
                self = .mailHosts
            } else if let address = SocketAddress(text, standardPort: 25) {
                self = .host(address.host, port: address.port)
            } else {
                return nil
            }
        }

        var text: String {
            switch self {
            case .mailHosts: "mx"
            case .host(let host, let port):
                host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            }
        }
    }

    enum TLS: String, Hashable, Sendable, CaseIterable {
        case never, opportunistic, encrypted, verified
    }
}

/// A place to listen on or to go to: HOST:PORT, with brackets around an IPv6 address.
struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int

    init?(_ text: String, standardPort: Int? = nil) {
        var host = text[...]
        var port = standardPort
        if host.first == "[" {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
            guard IPAddress(host) != nil else { return nil }
            if rest.first == ":" {
                port = Int(rest.dropFirst())
            } else if !rest.isEmpty {
                return nil
            }
        } else if let colon = host.lastIndex(of: ":") {
            // An IPv6 address without brackets has several.
            guard host.firstIndex(of: ":") == colon else { return nil }
            port = Int(host[host.index(after: colon)...])
            host = host[..<colon]
        }
        guard let port, (0...65_535).contains(port),
            IPAddress(host) != nil || DomainName(host) != nil
        else { return nil }
        self.host = String(host)
        self.port = port
    }

    /// Whether who connects to a host and port comes to this door.
    func leads(to other: String, _ otherPort: Int) -> Bool {
        let ours = host == "localhost" ? "127.0.0.1" : host
        let theirs = other == "localhost" ? "127.0.0.1" : other
        let isEverywhere = ours == "0.0.0.0" || ours == "::"
        let isHere = theirs.hasPrefix("127.") || theirs == "::1"
        return port == otherPort && (ours == theirs || isEverywhere && isHere)
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
