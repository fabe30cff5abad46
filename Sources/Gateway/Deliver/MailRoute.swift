public import Identities
public import SMTP

/// Where mail of a domain goes next, and how well its way must be protected.
public struct MailRoute: Hashable, Sendable {
    /// What decides about the next server.
    public enum NextHop: Hashable, Sendable {
        /// The domain's MX records (RFC 5321 §5.1).
        case mx
        /// One server of the operator's choice.
        case smartHost(SmartHost)
        /// Several: by priority, the smallest number first; those of one priority share the load by
        /// weight.
        case hosts([SmartHost])
    }

    /// Shown to people, and what all mail to the same servers is queued under.
    public var name: String
    public var nextHop: NextHop
    /// For `mx`; smart hosts have their own.
    public var tls: TLSDemand
    /// For `mx`: the port of mail hosts.
    public var port: Int
    /// For `mx`: the client identity shown to servers that ask for one.
    public var clientCertificate: String?
    /// The address of ours that connections come from.
    public var source: IPAddress?

    public init(
        name: String, nextHop: NextHop = .mx, tls: TLSDemand = .published, port: Int = 25,
        clientCertificate: String? = nil, source: IPAddress? = nil
    ) {
        self.name = name
        self.nextHop = nextHop
        self.tls = tls
        self.port = port
        self.clientCertificate = clientCertificate
        self.source = source
    }

    /// The servers that are named in the route itself; empty for `mx`.
    public var smartHosts: [SmartHost] {
        switch nextHop {
        case .mx: []
        case .smartHost(let host): [host]
        case .hosts(let hosts): hosts
        }
    }
}

/// A server of the operator's choice.
public struct SmartHost: Hashable, Sendable {
    /// A name, whose addresses are looked up (never its MX), or an address.
    public var host: MailHost
    public var port: Int
    public var tls: TLSDemand
    /// The name of the client identity that is shown when the server asks for one.
    public var clientCertificate: String?
    /// The smallest number is tried first.
    public var priority: Int
    /// Its share among those of the same priority, at least 1.
    public var weight: Int

    public init(
        _ host: MailHost, port: Int = 25, tls: TLSDemand = .opportunistic,
        clientCertificate: String? = nil, priority: Int = 0, weight: Int = 1
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.clientCertificate = clientCertificate
        self.priority = priority
        self.weight = max(1, weight)
    }
}

/// How well the way to the next server must be protected.
public enum TLSDemand: Hashable, Sendable {
    /// As the receiving domain publishes it: DANE, then MTA-STS, else TLS where it works.
    case published
    case never
    /// TLS where it works, whatever is published.
    case opportunistic
    /// Never in plain text; what is published may ask for more.
    case encrypted
    /// A certificate that the trust roots vouch for; without names, for the server's own name.
    case verified(names: [String])
    /// TLSA records, or no delivery.
    case dane
}
