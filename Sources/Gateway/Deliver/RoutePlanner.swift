public import DNS
public import Identities
internal import SMTP
internal import SMTPClient

/// Finds the servers that mail of a destination goes to, and how well the way to each must be
/// protected.
///
/// It keeps nothing of its own: DNS answers are the resolver's to remember, policies the cache's,
/// and plans the scheduler's.
public struct RoutePlanner: Sendable {
    /// Who we are, so that no mail goes round in a circle.
    public struct Options: Sendable {
        /// Our own names; an MX record that names one of them leads back to us.
        public var ownNames: Set<DomainName>
        /// Our own addresses likewise.
        public var ownAddresses: Set<IPAddress>
        public var usesIPv4 = true
        public var usesIPv6 = true
        /// Whether mail hosts found in the DNS may have addresses of this machine or of no machine
        /// (loopback, multicast); tests alone need it.
        public var allowsLoopback = false

        public init(ownNames: Set<DomainName> = [], ownAddresses: Set<IPAddress> = []) {
            self.ownNames = ownNames
            self.ownAddresses = ownAddresses
        }
    }

    public var routes: RouteTable
    let lookup: any DNSLookup
    let policies: MTASTSCache?
    var options: Options

    /// - Parameters:
    ///   - policies: nil when MTA-STS is not used.
    ///   - lookup: its `isAuthenticated` must be believable, or DANE is worth nothing.
    public init(
        routes: RouteTable, lookup: any DNSLookup, policies: MTASTSCache? = nil,
        options: Options = Options()
    ) {
        self.routes = routes
        self.lookup = lookup
        self.policies = policies
        self.options = options
    }

    /// Makes the plan for a destination.
    ///
    /// - Parameters:
    ///   - requiresTLS: REQUIRETLS: each server must prove who it is (RFC 8689 §4.2.1).
    ///   - now: milliseconds since 1970.
    public func plan(
        for destination: DeliveryDestination, requiresTLS: Bool = false, now: Int64
    ) async -> RoutePlan {
        switch destination {
        case .route(let name):
            guard let route = routes.route(named: name) else {
                return .none(
                    RouteFailure(
                        isTemporary: true, EnhancedStatusCode(4, 3, 5),
                        "There is no route named \(name) any more."))
            }
            return await plan(for: route, requiresTLS, now)
        case .address(let address): return literal(address, requiresTLS)
        case .domain(let domain):
            let route = routes.route(for: domain)
            guard route.nextHop == .mx else { return await plan(for: route, requiresTLS, now) }
            return await exchanges(of: domain, route, requiresTLS, now)
        }
    }

    /// Mail for an address goes to the address (RFC 5321 §4.1.3).
    private func literal(_ address: IPAddress, _ requiresTLS: Bool) -> RoutePlan {
        guard isUsable(address), !options.ownAddresses.contains(address) else {
            return .none(
                RouteFailure(
                    isTemporary: false, EnhancedStatusCode(5, 4, 6),
                    "Mail for the address \(address) comes back to this server."))
        }
        let route = routes.fallback
        let tls: TLSRequirement
        switch route.tls {
        case .never: tls = .never
        case .encrypted, .verified, .dane: tls = .encrypted
        case .published, .opportunistic: tls = .opportunistic
        }
        guard !requiresTLS else { return .none(Self.unprovable("[\(address)]")) }
        return .servers(
            PlannedServers(groups: [
                [
                    PlannedServers.Host(addresses: [
                        PlannedTarget(
                            DeliveryTarget(
                                name: MailHost.address(address).description, address: address,
                                port: route.port, tls: tls, source: route.source))
                    ])
                ]
            ]))
    }

    /// Whether connecting to the address can make sense at all.
    func isUsable(_ address: IPAddress) -> Bool {
        guard address.isIPv4 ? options.usesIPv4 : options.usesIPv6 else { return false }
        if options.allowsLoopback { return true }
        let octets = address.bytes
        if address.isIPv4 {
            // 0/8, loopback, multicast and above (RFC 6890 §2.2.2).
            return octets[0] != 0 && octets[0] != 127 && octets[0] < 224
        }
        // Unspecified, loopback and multicast.
        return octets[0] != 0xFF && octets.dropLast().contains { $0 != 0 }
    }

    /// REQUIRETLS without a way to know the server (RFC 8689 §4.2.1).
    static func unprovable(_ host: String) -> RouteFailure {
        RouteFailure(
            isTemporary: false, EnhancedStatusCode(5, 7, 30),
            "The sender requires protected delivery, and nothing proves which server \(host) is.")
    }
}
