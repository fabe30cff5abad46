public import Identities
public import SMTP

/// Which route mail takes, by the recipient's domain: the domain itself, a domain above it, or the
/// default.
public struct RouteTable: Sendable {
    public var exact: [DomainName: MailRoute]
    /// For every name below these, not for themselves; the longest counts.
    public var below: [DomainName: MailRoute]
    public var fallback: MailRoute
    /// Routes that a decision names by itself, whatever the domain (`SpoolMessage.routing`).
    public var named: [String: MailRoute]

    public init(
        exact: [DomainName: MailRoute] = [:], below: [DomainName: MailRoute] = [:],
        fallback: MailRoute = MailRoute(name: "mx"), named: [String: MailRoute] = [:]
    ) {
        self.exact = exact
        self.below = below
        self.fallback = fallback
        self.named = named
    }

    public func route(for domain: DomainName) -> MailRoute {
        if let route = exact[domain] { return route }
        if !below.isEmpty {
            var name = domain.parent
            while let above = name {
                if let route = below[above] { return route }
                name = above.parent
            }
        }
        return fallback
    }

    /// The queue that mail for a recipient waits in.
    ///
    /// - Parameters:
    ///   - routing: the name of a route that overrides the domain's, or empty.
    ///   - localDomain: the domain of `<postmaster>` (RFC 5321 §4.5.1).
    public func destination(
        of path: ForwardPath, routing: String = "", localDomain: DomainName
    ) -> DeliveryDestination {
        if !routing.isEmpty, let route = named[routing] {
            return destination(path.mailbox?.host ?? .domain(localDomain), route)
        }
        switch path.mailbox?.host ?? .domain(localDomain) {
        case .domain(let domain): return destination(.domain(domain), route(for: domain))
        case .address(let address): return destination(.address(address), fallback)
        }
    }

    private func destination(_ host: MailHost, _ route: MailRoute) -> DeliveryDestination {
        guard route.nextHop == .mx else { return .route(route.name) }
        switch host {
        case .domain(let domain): return .domain(domain)
        case .address(let address): return .address(address)
        }
    }

    /// Whether mail can still wait for this destination: a route may be gone.
    func hasServers(for destination: DeliveryDestination) -> Bool {
        if case .route(let name) = destination { route(named: name) != nil } else { true }
    }

    /// The route with this name, wherever it stands in the table.
    func route(named name: String) -> MailRoute? {
        if fallback.name == name { return fallback }
        return named.values.first { $0.name == name } ?? exact.values.first { $0.name == name }
            ?? below.values.first { $0.name == name }
    }
}
