internal import DNS
internal import Identities
internal import MailAuthentication
internal import SMTP
internal import SMTPClient

/// How well the way to one mail host must be protected, or why it must not be used.
struct HostSecurity {
    /// Nil when the host must not be used.
    var requirement: TLSRequirement?
    var policy: TLSObservation.Policy?
    var isTesting = false
    var failure: RouteFailure?
    var observations: [TLSObservation] = []
}

extension RoutePlanner {
    /// DANE first, then MTA-STS, then what the operator asks for: DANE wins, since nobody on the
    /// way can take it away (RFC 8461 §2).
    ///
    /// - Parameters:
    ///   - hasAuthenticatedExchange: whether the name of the host is itself proved: by DNSSEC, or
    ///     because the operator wrote it down.
    ///   - policy: nil where MTA-STS does not count.
    func security(
        of host: DomainName, _ found: HostAddresses, for domain: DomainName, _ demand: TLSDemand,
        hasAuthenticatedExchange: Bool, _ policy: MTASTSFinding?, port: Int, _ requiresTLS: Bool,
        _ now: Int64
    ) async -> HostSecurity {
        var security = HostSecurity()
        switch demand {
        case .never where !requiresTLS:
            security.requirement = .never
            return security
        case .opportunistic where !requiresTLS:
            security.requirement = .opportunistic
            security.policy = Self.noPolicy(domain, host)
            return security
        case .verified(let names):
            security.requirement = .verified(names: names.isEmpty ? [host.text] : names)
            security.policy = Self.noPolicy(domain, host)
            return security
        default: break
        }
        var floor: TLSRequirement = demand == .encrypted ? .encrypted : .opportunistic
        if hasAuthenticatedExchange, found.isAuthenticated {
            let dane = await associations(of: host, found, for: domain, port: port, now)
            security.observations = dane.observations
            if dane.requirement != nil || dane.failure != nil {
                guard case .encrypted? = dane.requirement else { return dane }
                // Records that cannot be used still say that the host has TLS (RFC 7672 §2.1.1).
                guard demand != .dane, !requiresTLS else {
                    return daneRequired(domain, host, dane.observations, now)
                }
                floor = .encrypted
            }
        }
        guard demand != .dane else {
            return daneRequired(domain, host, security.observations, now)
        }
        return byPolicy(
            security, floor, host, domain, hasAuthenticatedExchange, policy, requiresTLS, now)
    }

    private func byPolicy(
        _ security: HostSecurity, _ floor: TLSRequirement, _ host: DomainName,
        _ domain: DomainName, _ hasAuthenticatedExchange: Bool, _ finding: MTASTSFinding?,
        _ requiresTLS: Bool, _ now: Int64
    ) -> HostSecurity {
        var security = security
        var provesHost = hasAuthenticatedExchange
        security.requirement = floor
        security.policy = Self.noPolicy(domain, host)
        if let policy = finding?.policy, policy.mode != .none {
            let words = Self.words(policy, domain)
            let isAllowed = policy.allows(host)
            security.policy = words
            security.isTesting = policy.mode == .testing
            if !isAllowed {
                let observation = TLSObservation(
                    domain: domain, policy: words, host: host.text, result: .validationFailure,
                    detail: "The policy does not name the mail host \(host).", at: now)
                security.observations.append(observation)
                guard policy.mode == .testing else {
                    security.requirement = nil
                    security.failure = RouteFailure(
                        isTemporary: true, EnhancedStatusCode(4, 7, 5),
                        "The MTA-STS policy of \(domain) does not name its mail host \(host).")
                    return security
                }
                // Reported already, once for each attempt.
                security.isTesting = false
                security.policy = nil
            }
            if policy.mode == .enforce { security.requirement = .verified(names: [host.text]) }
            provesHost = provesHost || isAllowed
        }
        guard requiresTLS else { return security }
        guard provesHost else {
            security.requirement = nil
            security.failure = Self.unprovable(host.text)
            return security
        }
        security.requirement = .verified(names: [host.text])
        return security
    }

    static func noPolicy(_ domain: DomainName, _ host: DomainName) -> TLSObservation.Policy {
        TLSObservation.Policy(type: .noPolicyFound, domain: domain, hosts: [host.text])
    }

    static func words(_ policy: MTASTSPolicy, _ domain: DomainName) -> TLSObservation.Policy {
        TLSObservation.Policy(
            type: .sts,
            text: policy.render().split(separator: "\r\n").map(String.init), domain: domain,
            hosts: policy.patterns.map(\.description))
    }

    private func daneRequired(
        _ domain: DomainName, _ host: DomainName, _ earlier: [TLSObservation], _ now: Int64
    ) -> HostSecurity {
        HostSecurity(
            failure: RouteFailure(
                isTemporary: true, EnhancedStatusCode(4, 7, 5),
                "The mail host \(host) has no TLSA records that prove who it is."),
            observations: earlier + [
                TLSObservation(
                    domain: domain,
                    policy: TLSObservation.Policy(
                        type: .tlsa, domain: host,
                        hosts: [host.text]), host: host.text, result: .daneRequired,
                    detail: "There are no authenticated TLSA records.", at: now)
            ])
    }
}
