import Identities

/// From evidence to a key and a name.
extension SenderIdentifier {
    /// A service, with the evidence for it first and what points elsewhere after it.
    func service(
        _ best: Finding, among findings: [Finding], _ observation: SourceObservation,
        _ ownership: Ownership
    ) -> SenderIdentification {
        guard let index = best.service else {
            return host(observation, findings: findings, ownership: ownership)
        }
        let service = catalogue.services[index]
        let agreeing = findings.filter { $0.service == index }
        let others = findings.filter { $0.service != index && $0.strength > .weak }
        // Two kinds of evidence that agree are worth one step more than the better one.
        let isBacked =
            best.strength > .weak
            && agreeing.contains { $0.isProved && $0.evidence.kind != best.evidence.kind }
        let confidence = isBacked ? best.strength.raised : best.strength
        var key = "service:\(service.id)"
        var name = service.name
        if let system = system(of: service, observation, ownership) {
            key += "/\(system.key)"
            name += " for \(system.label)"
        }
        return SenderIdentification(
            key: key, name: name, serviceID: service.id, confidence: confidence,
            evidence: (agreeing + others).map(\.evidence))
    }

    /// A source without strong evidence for a service: the owner's own server, a host, a network.
    func host(
        _ observation: SourceObservation, findings: [Finding], ownership: Ownership
    ) -> SenderIdentification {
        let proofs = Proofs(observation, ownership, self)
        let reverse = reverseEvidence(observation)
        let weak = findings.map(\.evidence)
        if let reverse, ownership.isOwn(reverse.name) {
            return own(
                ownership.organization(reverse.name),
                confidence: proofs.own == nil ? .strong : .certain,
                evidence: [proofs.own?.evidence, reverse.evidence].compactMap(\.self) + weak)
        }
        if let ownProof = proofs.own {
            let evidence = [ownProof.evidence, reverse?.evidence].compactMap(\.self) + weak
            if let reverse {
                return host(
                    ownership.organization(reverse.name), confidence: .moderate,
                    evidence: evidence)
            }
            if let best = findings.first(where: { $0.service != nil }) {
                return service(best, among: findings, observation, ownership)
            }
            return own(
                ownership.organization(ownProof.name), confidence: .strong, evidence: evidence)
        }
        if let foreign = proofs.foreign {
            return host(
                ownership.organization(foreign.name),
                confidence: foreign.evidence.kind == .dkimDomain ? .strong : .moderate,
                evidence: [foreign.evidence, reverse?.evidence].compactMap(\.self) + weak)
        }
        if let reverse {
            return host(
                ownership.organization(reverse.name), confidence: .moderate,
                evidence: [reverse.evidence] + weak)
        }
        if let named = network(observation, before: weak) { return named }
        if let best = findings.first(where: { $0.service != nil }) {
            return service(best, among: findings, observation, ownership)
        }
        return SenderIdentification(
            key: "unknown", name: "Unknown source", serviceID: nil, confidence: .none,
            evidence: [])
    }

    private func own(
        _ domain: DomainName, confidence: SenderIdentification.Confidence,
        evidence: [SenderIdentification.Evidence]
    ) -> SenderIdentification {
        SenderIdentification(
            key: "own:\(domain)", name: "Servers of \(domain)", serviceID: nil,
            confidence: confidence, evidence: evidence)
    }

    private func host(
        _ domain: DomainName, confidence: SenderIdentification.Confidence,
        evidence: [SenderIdentification.Evidence]
    ) -> SenderIdentification {
        SenderIdentification(
            key: "host:\(domain)", name: domain.text, serviceID: nil, confidence: confidence,
            evidence: evidence)
    }

    private func reverseEvidence(
        _ observation: SourceObservation
    ) -> (name: DomainName, evidence: SenderIdentification.Evidence)? {
        guard case .confirmed(let name) = observation.reverseName else { return nil }
        return (
            name,
            evidence(
                .reverseName, "The address is \(name), and that name leads back to it",
                "the name of the host itself")
        )
    }

    /// The first proof of one of the owner's domains, and of anybody else's.
    private struct Proofs {
        typealias Proof = (name: DomainName, evidence: SenderIdentification.Evidence)
        var own: Proof?
        var foreign: Proof?

        init(
            _ observation: SourceObservation, _ ownership: Ownership,
            _ identifier: SenderIdentifier
        ) {
            for signature in observation.dkim.prefix(SourceLimits.signatures)
            where signature.result == "pass" {
                add(
                    signature.domain, .dkimDomain,
                    "A DKIM signature of \(signature.domain) passed", ownership, identifier)
            }
            if observation.spfResult == "pass", let mailFrom = observation.mailFrom {
                add(
                    mailFrom, .mailFrom, "SPF passed for MAIL FROM \(mailFrom)", ownership,
                    identifier)
            }
        }

        private mutating func add(
            _ name: DomainName, _ kind: SenderIdentification.EvidenceKind,
            _ seen: @autoclosure () -> String, _ ownership: Ownership,
            _ identifier: SenderIdentifier
        ) {
            let isOwn = ownership.isOwn(name)
            guard (isOwn ? own : foreign) == nil else { return }
            let proof: Proof = (
                name,
                identifier.evidence(
                    kind, seen(),
                    isOwn ? "the domain itself" : "a domain that is not in the catalogue")
            )
            if isOwn { own = proof } else { foreign = proof }
        }
    }
}

/// Telling apart the systems of one service.
extension SenderIdentifier {
    /// What tells this customer's system from others behind shared infrastructure: the MAIL FROM
    /// or signing domain set up for it, or a selector of its own. Nil where nothing does.
    func system(
        of service: SendingService, _ observation: SourceObservation, _ ownership: Ownership
    ) -> (key: String, label: String)? {
        guard service.isShared else { return nil }
        if observation.spfResult == "pass", let mailFrom = observation.mailFrom,
            ownership.isOwn(mailFrom), mailFrom != ownership.organization(mailFrom)
        {
            return (mailFrom.text, mailFrom.text)
        }
        var foreign: DomainName?
        for signature in observation.dkim.prefix(SourceLimits.signatures)
        where signature.result == "pass" {
            guard ownership.isOwn(signature.domain) else {
                let organization = ownership.organization(signature.domain)
                if foreign == nil, !isOwned(signature.domain, organization, by: service) {
                    foreign = organization
                }
                continue
            }
            let domain =
                signature.domain == ownership.organization(signature.domain)
                ? nil : signature.domain.text
            let selector = signature.selector.flatMap { distinctiveSelector($0, of: service) }
            switch (selector, domain) {
            case (nil, nil): return nil
            case (let selector?, nil): return ("s=\(selector)", "selector \(selector)")
            case (nil, let domain?): return (domain, domain)
            case (let selector?, let domain?):
                return ("s=\(selector),d=\(domain)", "selector \(selector) of \(domain)")
            }
        }
        return foreign.map { ($0.text, $0.text) }
    }

    /// Whether a name is the service's own, so that it tells nothing about which customer this is.
    private func isOwned(
        _ name: DomainName, _ organization: DomainName, by service: SendingService
    ) -> Bool {
        catalogue.dkimDomains.match(name) != nil || catalogue.mailFromSuffixes.match(name) != nil
            || catalogue.reverseNames.match(name) != nil
            || service.spfIncludes.contains {
                DomainName($0)?.isEqualOrBelow(organization) ?? false
            }
    }

    /// The selector without its short counters, so that a rotated key stays one system; nil for
    /// names that the service gives to everybody, dates and random tokens.
    private func distinctiveSelector(_ selector: String, of service: SendingService) -> String? {
        let stem = Self.stem(selector)
        guard selector.utf8.count < SourceLimits.selectorNameLength, stem.count > 1,
            !stem.contains(where: \.isNumber) || stem.contains("-"),
            !Self.commonStems.contains(stem),
            !service.selectorStems.contains(stem)
        else { return nil }
        return stem
    }

    /// Lower case, runs of one or two digits taken out: `s1`, `S2` give `s`.
    static func stem(_ selector: String) -> String {
        var stem: [UInt8] = []
        var digits = 0
        for octet in selector.lowercased().utf8 {
            stem.append(octet)
            if octet >= UInt8(ascii: "0"), octet <= UInt8(ascii: "9") {
                digits += 1
                continue
            }
            if digits == 1 || digits == 2 {
                stem.removeLast(digits + 1)
                stem.append(octet)
            }
            digits = 0
        }
        if digits == 1 || digits == 2 { stem.removeLast(digits) }
        return String(decoding: stem, as: UTF8.self)
    }

    private static let commonStems: Set<String> = [
        "s", "k", "m", "mg", "pm", "mail", "smtp", "dkim", "key", "default", "selector", "google",
        "api", "mx", "dk", "sel", "sig", "email", "mta",
    ]
}

extension SenderIdentification.Confidence {
    /// One step surer.
    var raised: Self { Self(rawValue: rawValue + 1) ?? self }
}
