internal import DNS
internal import Identities
internal import SMTP
internal import SMTPClient

/// The mail hosts of a domain (RFC 5321 §5.1).
extension RoutePlanner {
    private struct Exchange {
        var preference: UInt16
        var host: DomainName
    }

    private enum Exchanges {
        case hosts([Exchange], isAuthenticated: Bool, timeToLive: Int64)
        case none(RouteFailure)
    }

    func exchanges(
        of domain: DomainName, _ route: MailRoute, _ requiresTLS: Bool, _ now: Int64
    ) async -> RoutePlan {
        let exchanges: [Exchange]
        let isAuthenticated: Bool
        var timeToLive: Int64
        switch await lookUpExchanges(of: domain) {
        case .none(let failure): return .none(failure)
        case .hosts(let hosts, let authenticated, let seconds):
            (exchanges, isAuthenticated, timeToLive) = (hosts, authenticated, seconds)
        }
        let usesPolicy = [.published, .encrypted].contains(route.tls) || requiresTLS
        let policy = usesPolicy ? await policies?.policy(for: domain, now: now) : nil
        var collected = Collected(observations: policy?.observations ?? [])
        for exchange in exchanges {
            // What stands behind ourselves would send the mail back to us (RFC 5321 §5.1).
            if let own = collected.ownPreference, exchange.preference >= own { break }
            let found = await addresses(of: exchange.host)
            if options.ownNames.contains(exchange.host) || found.hasOwn {
                collected.ownPreference = exchange.preference
                continue
            }
            guard !found.addresses.isEmpty else {
                if let failure = found.failure { collected.lookupFailure = failure }
                continue
            }
            timeToLive = min(timeToLive, found.timeToLive)
            let security = await security(
                of: exchange.host, found, for: domain, route.tls,
                hasAuthenticatedExchange: isAuthenticated, policy, port: route.port, requiresTLS,
                now)
            collected.add(
                security, found.addresses, exchange.preference, exchange.host.text,
                of: domain, route)
        }
        return collected.plan(for: domain, timeToLive)
    }

    private func lookUpExchanges(of domain: DomainName) async -> Exchanges {
        let answer = await lookup.lookUp(domain, .mx)
        switch answer.outcome {
        case .failure(let reason): return .none(Self.dnsFailure(domain, reason))
        case .nameError:
            return .none(
                RouteFailure(
                    isTemporary: false, EnhancedStatusCode(5, 1, 2),
                    "The domain \(domain) does not exist."))
        case .noData:
            // The domain itself is its mail host (RFC 5321 §5.1, "implicit MX").
            return .hosts(
                [Exchange(preference: 0, host: domain)], isAuthenticated: answer.isAuthenticated,
                timeToLive: Limits.planSeconds)
        case .records: break
        }
        let exchanges = answer.exchanges
        let hosts = exchanges.compactMap { exchange in
            exchange.host.map { Exchange(preference: exchange.preference, host: $0) }
        }
        guard !hosts.isEmpty else {
            return .none(
                RouteFailure(
                    isTemporary: false, EnhancedStatusCode(5, 1, 10),
                    "The domain \(domain) says that it takes no mail."))
        }
        var seen: Set<DomainName> = []
        let unique = hosts.filter { seen.insert($0.host).inserted }
        return .hosts(
            Array(unique.prefix(Limits.mailHosts)), isAuthenticated: answer.isAuthenticated,
            timeToLive: Int64(answer.timeToLive))
    }

    static func dnsFailure(_ name: DomainName, _ reason: String) -> RouteFailure {
        RouteFailure(
            isTemporary: true, EnhancedStatusCode(4, 4, 3),
            "The servers of \(name) could not be looked up: \(reason)")
    }

    /// What the hosts of a domain came to.
    private struct Collected {
        var groups: [(preference: UInt16, hosts: [PlannedServers.Host])] = []
        var observations: [TLSObservation]
        var ownPreference: UInt16?
        var lookupFailure: String?
        var refusal: RouteFailure?

        init(observations: [TLSObservation]) { self.observations = observations }

        mutating func add(
            _ security: HostSecurity, _ addresses: [IPAddress], _ preference: UInt16,
            _ name: String, of domain: DomainName, _ route: MailRoute
        ) {
            observations += security.observations
            guard let tls = security.requirement else {
                // A host that may be usable later says more than one that never is.
                if refusal == nil || security.failure?.isTemporary == true {
                    refusal = security.failure
                }
                return
            }
            let host = PlannedServers.Host(
                addresses: addresses.map { address in
                    PlannedTarget(
                        DeliveryTarget(
                            name: name, address: address, port: route.port, tls: tls,
                            source: route.source, clientCertificate: route.clientCertificate),
                        domain: domain, policy: security.policy, isTesting: security.isTesting)
                })
            if groups.last?.preference == preference {
                groups[groups.count - 1].hosts.append(host)
            } else {
                groups.append((preference, [host]))
            }
        }

        func plan(for domain: DomainName, _ timeToLive: Int64) -> RoutePlan {
            guard groups.isEmpty else {
                return .servers(
                    PlannedServers(
                        groups: groups.map(\.hosts), observations: observations,
                        validSeconds: timeToLive))
            }
            if var refusal {
                refusal.observations = observations
                return .none(refusal)
            }
            if let lookupFailure {
                return .none(RoutePlanner.dnsFailure(domain, lookupFailure))
            }
            if ownPreference != nil {
                return .none(
                    RouteFailure(
                        isTemporary: false, EnhancedStatusCode(5, 4, 6),
                        "Mail for \(domain) comes back to this server."))
            }
            return .none(
                RouteFailure(
                    isTemporary: false, EnhancedStatusCode(5, 4, 4),
                    "No mail host of the domain \(domain) has an address."))
        }
    }
}
