internal import DNS
internal import Identities

extension RoutePlanner {
    /// What the DNS says about a host's addresses.
    struct HostAddresses {
        var addresses: [IPAddress] = []
        /// Every answer that gave an address was authenticated.
        var isAuthenticated = false
        /// The name at the end of the aliases, where that is not the host itself.
        var canonicalName: DomainName?
        var timeToLive: Int64 = Limits.planSeconds
        /// Why the look-up failed, when asking again may help.
        var failure: String?
        /// Some address was ours, or can be nobody's.
        var hasOwn = false
    }

    /// A and AAAA records; one that fails does not matter while the other gives addresses.
    func addresses(of host: DomainName) async -> HostAddresses {
        var found = HostAddresses()
        var answers: [DNSAnswer] = []
        if options.usesIPv6 { answers.append(await lookup.lookUp(host, .aaaa)) }
        if options.usesIPv4 { answers.append(await lookup.lookUp(host, .a)) }
        var isAuthenticated = true
        var families: [[IPAddress]] = []
        for answer in answers {
            if case .failure(let reason) = answer.outcome {
                found.failure = reason
                continue
            }
            let addresses = answer.addresses
            guard !addresses.isEmpty else { continue }
            isAuthenticated = isAuthenticated && answer.isAuthenticated
            found.canonicalName = answer.canonicalName
            found.timeToLive = min(found.timeToLive, Int64(answer.timeToLive))
            if addresses.contains(where: options.ownAddresses.contains) { found.hasOwn = true }
            families.append(addresses.filter(isUsable))
        }
        // In turns, so that the bound on their number leaves both families.
        for place in 0..<Limits.hostAddresses {
            for family in families
            where place < family.count && found.addresses.count < Limits.hostAddresses {
                if !found.addresses.contains(family[place]) {
                    found.addresses.append(family[place])
                }
            }
        }
        found.isAuthenticated = !families.isEmpty && isAuthenticated
        return found
    }
}
