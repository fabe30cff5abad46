public import Identities

/// Says who a source most likely is, from the evidence that is hardest to forge first.
///
/// The order: where a signature's key really lives (the alias of its selector), the domain that
/// signed, the MAIL FROM domain that SPF proved, the forward-confirmed name of the address, the
/// network, and last the name of a selector. What anybody may claim (the HELO name, a reverse
/// name that does not lead back, a signature that failed) never raises a name above `.weak`.
public struct SenderIdentifier: Sendable {
    public let catalogue: SenderCatalogue
    /// The Organizational Domains of the reports' owner, besides that of each Author Domain.
    public let ownDomains: Set<DomainName>
    /// Whether evidence says in words what was seen and what it matched, besides its kind.
    let isExplaining: Bool

    public init(catalogue: SenderCatalogue = .embedded, ownDomains: Set<DomainName> = []) {
        self.init(catalogue: catalogue, ownDomains: ownDomains, isExplaining: true)
    }

    private init(catalogue: SenderCatalogue, ownDomains: Set<DomainName>, isExplaining: Bool) {
        self.catalogue = catalogue
        self.ownDomains = ownDomains
        self.isExplaining = isExplaining
    }

    /// The same identifications, with evidence that has its kind alone: of most rows of a report
    /// nobody ever reads more.
    public var withoutWords: SenderIdentifier {
        SenderIdentifier(catalogue: catalogue, ownDomains: ownDomains, isExplaining: false)
    }

    /// Identifies the source of one observation. `organizationalDomain` gives the Organizational
    /// Domain of a name (RFC 9989 §4.10.2).
    public func identify(
        _ observation: SourceObservation,
        organizationalDomain: (DomainName) -> DomainName
    ) -> SenderIdentification {
        withoutActuallyEscaping(organizationalDomain) { organization in
            let ownership = Ownership(
                headerFrom: observation.headerFrom, ownDomains: ownDomains,
                organization: organization)
            let findings = findings(in: observation, ownership: ownership)
            let best = findings.first { $0.service != nil && $0.strength > .weak }
            let identification =
                best.map { service($0, among: findings, observation, ownership) }
                ?? host(observation, findings: findings, ownership: ownership)
            return adding(observation.network, to: identification)
        }
    }

    /// Which names belong to the owner of the reports.
    struct Ownership {
        let headerFrom: DomainName?
        let ownDomains: Set<DomainName>
        let organization: (DomainName) -> DomainName
        let own: DomainName?

        init(
            headerFrom: DomainName?, ownDomains: Set<DomainName>,
            organization: @escaping (DomainName) -> DomainName
        ) {
            self.headerFrom = headerFrom
            self.ownDomains = ownDomains
            self.organization = organization
            self.own = headerFrom.map(organization)
        }

        func isOwn(_ name: DomainName) -> Bool {
            let parent = organization(name)
            return parent == own || ownDomains.contains(parent) || ownDomains.contains(name)
        }
    }

    /// One piece of evidence before it is weighed with the others.
    struct Finding {
        var evidence: SenderIdentification.Evidence
        var strength: SenderIdentification.Confidence
        /// SPF or DKIM passed for what was seen, or the name leads back.
        var isProved: Bool
        /// Position in the catalogue.
        var service: Int?
    }

    /// Everything seen that points to a service, strongest first.
    private func findings(in observation: SourceObservation, ownership: Ownership) -> [Finding] {
        var passing: [SourceObservation.Signature] = []
        var failing: [SourceObservation.Signature] = []
        for signature in observation.dkim.prefix(SourceLimits.signatures) {
            if signature.result == "pass" {
                passing.append(signature)
            } else {
                failing.append(signature)
            }
        }
        var found: [Finding] = []
        appendAliases(of: passing, strength: .certain, to: &found)
        appendDomains(of: passing, strength: .certain, to: &found)
        appendMailFrom(observation, ownership, to: &found)
        appendReverseName(observation, to: &found)
        // A signature that failed proves nothing: anybody can write one.
        appendAliases(of: failing, strength: .weak, to: &found)
        appendDomains(of: failing, strength: .weak, to: &found)
        appendSelectors(of: passing, to: &found)
        appendSelectors(of: failing, to: &found)
        guard found.count > 1 else { return found }
        return found.enumerated().sorted {
            ($1.element.strength, $0.offset) < ($0.element.strength, $1.offset)
        }.map(\.element)
    }

    private func appendAliases(
        of signatures: [SourceObservation.Signature], strength: SenderIdentification.Confidence,
        to found: inout [Finding]
    ) {
        for signature in signatures {
            guard let target = signature.aliasTarget,
                let match = catalogue.dkimTargets.match(target)
                    ?? catalogue.dkimDomains.match(target)
            else { continue }
            found.append(
                finding(
                    .dkimAlias, strength, match.service, isProved: signature.result == "pass",
                    "The key of selector \(signature.selector ?? "?") of \(signature.domain) is an "
                        + "alias of \(target); the signature \(Self.verb(signature))",
                    "\(match.suffix) holds keys for"))
        }
    }

    private func appendDomains(
        of signatures: [SourceObservation.Signature], strength: SenderIdentification.Confidence,
        to found: inout [Finding]
    ) {
        for signature in signatures {
            guard let match = catalogue.dkimDomains.match(signature.domain) else { continue }
            found.append(
                finding(
                    .dkimDomain, strength, match.service, isProved: signature.result == "pass",
                    "A DKIM signature of \(signature.domain)"
                        + (signature.selector.map { " (selector \($0))" } ?? "")
                        + " \(Self.verb(signature))",
                    "\(match.suffix) signs for"))
        }
    }

    private func appendMailFrom(
        _ observation: SourceObservation, _ ownership: Ownership, to found: inout [Finding]
    ) {
        // Without an SPF pass a MAIL FROM domain is only a claim.
        guard observation.spfResult == "pass", let mailFrom = observation.mailFrom else { return }
        if let match = catalogue.mailFromSuffixes.match(mailFrom) {
            found.append(
                finding(
                    .mailFrom, .strong, match.service, "SPF passed for MAIL FROM \(mailFrom)",
                    "\(match.suffix) is the return path of"))
        } else if ownership.isOwn(mailFrom), mailFrom.labelCount > 2 {
            // A label below the customer's domain is only a custom of the service.
            let label = String(mailFrom.text.prefix { $0 != "." })
            if let service = catalogue.mailFromLabels[label], service >= 0 {
                found.append(
                    finding(
                        .mailFrom, .weak, service, "SPF passed for MAIL FROM \(mailFrom)",
                        "the label \(label) is a custom of"))
            }
        }
    }

    private func appendReverseName(_ observation: SourceObservation, to found: inout [Finding]) {
        // A name that does not lead back may be claimed by anyone and is no evidence.
        guard case .confirmed(let name) = observation.reverseName,
            let match = catalogue.reverseNames.match(name)
        else { return }
        found.append(
            finding(
                .reverseName, .moderate, match.service,
                "The address is \(name), and that name leads back to it",
                "\(match.suffix) names the servers of"))
    }

    private func appendSelectors(
        of signatures: [SourceObservation.Signature], to found: inout [Finding]
    ) {
        for signature in signatures {
            guard let selector = signature.selector?.lowercased(), signature.aliasTarget == nil,
                let service = catalogue.selectors[selector], service >= 0,
                catalogue.dkimDomains.match(signature.domain) == nil
            else { continue }
            found.append(
                finding(
                    .selector, .weak, service, isProved: signature.result == "pass",
                    "A signature of \(signature.domain) with the selector \(selector) "
                        + Self.verb(signature),
                    "that selector name is a custom of"))
        }
    }

    private func finding(
        _ kind: SenderIdentification.EvidenceKind, _ strength: SenderIdentification.Confidence,
        _ index: Int, isProved: Bool = true, _ observation: @autoclosure () -> String,
        _ relation: @autoclosure () -> String
    ) -> Finding {
        Finding(
            evidence: evidence(
                kind, observation(), Self.match(relation(), catalogue.services[index])),
            strength: strength, isProved: isProved, service: index)
    }

    private static func match(_ relation: String, _ service: SendingService) -> String {
        "\(relation) \(service.name) (catalogue row \(service.id), verified \(service.verified))"
    }

    /// Evidence in words, where they are wanted.
    func evidence(
        _ kind: SenderIdentification.EvidenceKind, _ observation: @autoclosure () -> String,
        _ match: @autoclosure () -> String
    ) -> SenderIdentification.Evidence {
        .init(
            kind: kind, observation: isExplaining ? observation() : "",
            match: isExplaining ? match() : "")
    }

    private static func verb(_ signature: SourceObservation.Signature) -> String {
        signature.result == "pass" ? "passed" : "did not pass"
    }
}
