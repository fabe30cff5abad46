internal import DNS
internal import Identities
internal import SMTP
internal import SMTPClient

/// Servers of the operator's choice.
extension RoutePlanner {
    func plan(for route: MailRoute, _ requiresTLS: Bool, _ now: Int64) async -> RoutePlan {
        var groups: [(priority: Int, hosts: [PlannedServers.Host])] = []
        var failure: RouteFailure?
        var observations: [TLSObservation] = []
        var timeToLive = Limits.planSeconds
        let smartHosts = route.smartHosts.sorted { $0.priority < $1.priority }
        for smartHost in smartHosts.prefix(Limits.mailHosts) {
            let (addresses, security, seconds) = await resolve(smartHost, requiresTLS, now)
            timeToLive = min(timeToLive, seconds)
            observations += security.observations
            guard let tls = security.requirement else {
                failure = failure ?? security.failure
                continue
            }
            let host = PlannedServers.Host(
                weight: smartHost.weight,
                addresses: addresses.map { address in
                    PlannedTarget(
                        DeliveryTarget(
                            name: smartHost.host.description, address: address,
                            port: smartHost.port, tls: tls, source: route.source,
                            clientCertificate: smartHost.clientCertificate))
                })
            if groups.last?.priority == smartHost.priority {
                groups[groups.count - 1].hosts.append(host)
            } else {
                groups.append((smartHost.priority, [host]))
            }
        }
        guard groups.isEmpty else {
            return .servers(
                PlannedServers(
                    groups: groups.map(\.hosts), observations: observations,
                    validSeconds: timeToLive))
        }
        return .none(
            failure
                ?? RouteFailure(
                    isTemporary: true, EnhancedStatusCode(4, 3, 5),
                    "The route \(route.name) names no server."))
    }

    private func resolve(
        _ smartHost: SmartHost, _ requiresTLS: Bool, _ now: Int64
    ) async -> ([IPAddress], HostSecurity, Int64) {
        switch smartHost.host {
        case .address(let address):
            return (
                [address], security(ofAddress: address, smartHost.tls, requiresTLS),
                Limits.planSeconds
            )
        case .domain(let name):
            // The operator chose the server: loopback is as good an address as any.
            var planner = self
            planner.options.allowsLoopback = true
            planner.options.ownAddresses = []
            let found = await planner.addresses(of: name)
            guard !found.addresses.isEmpty else {
                // Our own configuration is no reason to send anybody's mail back.
                let reason = found.failure ?? "it has no address."
                let failure = RouteFailure(
                    isTemporary: true, EnhancedStatusCode(4, 4, 3),
                    "The server \(name) could not be looked up: \(reason)")
                return ([], HostSecurity(failure: failure), Limits.planSecondsAtLeast)
            }
            let security = await security(
                of: name, found, for: name, smartHost.tls, hasAuthenticatedExchange: true, nil,
                port: smartHost.port, requiresTLS, now)
            return (found.addresses, security, found.timeToLive)
        }
    }

    /// An address has neither a name to prove nor TLSA records.
    private func security(
        ofAddress address: IPAddress, _ demand: TLSDemand, _ requiresTLS: Bool
    ) -> HostSecurity {
        switch demand {
        case .verified(let names) where !names.isEmpty:
            return HostSecurity(requirement: .verified(names: names))
        case _ where requiresTLS: return HostSecurity(failure: Self.unprovable("[\(address)]"))
        case .never: return HostSecurity(requirement: .never)
        case .published, .opportunistic: return HostSecurity(requirement: .opportunistic)
        case .encrypted: return HostSecurity(requirement: .encrypted)
        case .verified, .dane:
            return HostSecurity(
                failure: RouteFailure(
                    isTemporary: true, EnhancedStatusCode(4, 3, 5),
                    "The server [\(address)] has no name that a certificate could prove."))
        }
    }
}
