public import Identities

/// What a listener is for.
public enum ListenerRole: String, Hashable, Sendable {
    /// The world's mail for our domains (MX).
    case inbound
    /// Our own people's and machines' mail, known by network.
    case `internal`
    /// Mail that brings reports.
    case reports
}

/// What to do with lines that end with LF alone.
public enum BareLineFeed: String, Hashable, Sendable {
    /// They become CRLF; never do they end a message.
    case normalize
    /// The message is refused.
    case reject
}

/// One address to listen at, and the rules there.
public struct ListenerConfiguration: Sendable {
    public var role: ListenerRole
    public var address: IPAddress
    /// 0 takes a free port.
    public var port: Int
    /// The name in greetings and replies.
    public var hostName: String
    public var limits: ServerLimits
    /// Octets of a message; SIZE says so (RFC 1870 §4).
    public var maximumMessageOctets: Int
    /// Nil offers no STARTTLS.
    public var tls: ServerTLS?
    /// MAIL is refused before STARTTLS (RFC 3207 §4).
    public var requiresTLS: Bool
    /// Peers that must send a PROXY header before all else, version 1 or 2.
    public var proxies: [IPNetwork]
    /// Peers that may use XCLIENT. Neither they nor the proxies are counted themselves.
    public var xclientPeers: [IPNetwork]
    /// Addresses that may connect at all; nil is everybody. Judged on the true client.
    public var clients: [IPNetwork]?
    /// Addresses that the limits of connections, rates and errors do not count for.
    public var exempt: [IPNetwork]
    public var bareLineFeed: BareLineFeed
    /// Whether BINARYMIME is offered (RFC 3030 §3).
    public var offersBinary: Bool

    public init(
        role: ListenerRole = .inbound, address: IPAddress, port: Int, hostName: String,
        limits: ServerLimits = ServerLimits(), maximumMessageOctets: Int = 50 << 20,
        tls: ServerTLS? = nil, requiresTLS: Bool = false, proxies: [IPNetwork] = [],
        xclientPeers: [IPNetwork] = [], clients: [IPNetwork]? = nil, exempt: [IPNetwork] = [],
        bareLineFeed: BareLineFeed = .normalize, offersBinary: Bool = true
    ) {
        self.role = role
        self.address = address
        self.port = port
        self.hostName = hostName
        self.limits = limits
        self.maximumMessageOctets = maximumMessageOctets
        self.tls = tls
        self.requiresTLS = requiresTLS
        self.proxies = proxies
        self.xclientPeers = xclientPeers
        self.clients = clients
        self.exempt = exempt
        self.bareLineFeed = bareLineFeed
        self.offersBinary = offersBinary
    }
}
