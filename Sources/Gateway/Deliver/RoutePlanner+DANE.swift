internal import DNS
internal import Identities
internal import SMTP
internal import SMTPClient

/// TLSA records of mail hosts (RFC 7672).
extension RoutePlanner {
    /// Asks for the TLSA records of a host whose name and addresses are authenticated. Neither a
    /// requirement nor a failure: the host has none.
    func associations(
        of host: DomainName, _ found: HostAddresses, for domain: DomainName, port: Int,
        _ now: Int64
    ) async -> HostSecurity {
        // RFC 7672 §2.2.2: the name at the end of the aliases first, then the host itself.
        var bases = [host]
        if let canonical = found.canonicalName, canonical != host {
            bases.insert(canonical, at: 0)
        }
        for base in bases {
            guard let name = DomainName("_\(port)._tcp.\(base.text)") else { continue }
            let answer = await lookup.lookUp(name, .tlsa)
            let policy = TLSObservation.Policy(
                type: .tlsa, text: Self.text(answer), domain: base, hosts: [host.text])
            switch answer.outcome {
            case .failure(let reason):
                // Taken for "none", an attacker could make it so (RFC 7672 §2.1.2).
                return HostSecurity(
                    failure: RouteFailure(
                        isTemporary: true, EnhancedStatusCode(4, 4, 3),
                        "The TLSA records of \(host) could not be looked up: \(reason)"),
                    observations: [
                        TLSObservation(
                            domain: domain, policy: policy, host: host.text,
                            result: .dnssecInvalid, detail: reason, at: now)
                    ])
            case .records where answer.isAuthenticated:
                return requirement(answer, base, host, domain, policy, now)
            case .records, .noData, .nameError: continue
            }
        }
        return HostSecurity()
    }

    private func requirement(
        _ answer: DNSAnswer, _ base: DomainName, _ host: DomainName, _ domain: DomainName,
        _ policy: TLSObservation.Policy, _ now: Int64
    ) -> HostSecurity {
        let usable = answer.records.compactMap { record -> TLSAssociation? in
            guard case .tlsa(let usage, let selector, let matching, let data) = record.data
            else { return nil }
            let association = TLSAssociation(
                usage: usage, selector: selector, matching: matching, data: data)
            return association.isUsable ? association : nil
        }
        guard !usable.isEmpty else {
            return HostSecurity(
                requirement: .encrypted, policy: policy,
                observations: [
                    TLSObservation(
                        domain: domain, policy: policy, host: host.text, result: .tlsaInvalid,
                        detail: "None of the TLSA records can be used for mail.", at: now)
                ])
        }
        // RFC 7672 §3.2.2: for usage 2 the certificate may name any of these.
        var names: [String] = []
        for name in [base.text, host.text, domain.text] where !names.contains(name) {
            names.append(name)
        }
        return HostSecurity(
            requirement: .dane(
                records: Array(usable.prefix(Limits.associations)), names: names),
            policy: policy)
    }

    /// The records as a zone file writes their data (RFC 8460 §4.4: policy-string).
    private static func text(_ answer: DNSAnswer) -> [String] {
        answer.records.prefix(Limits.associations).compactMap { record in
            guard case .tlsa = record.data else { return nil }
            return record.data.presentation(as: .tlsa)
        }
    }
}
