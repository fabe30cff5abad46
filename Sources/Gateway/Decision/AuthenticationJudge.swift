public import Identities
public import MailAuthentication

/// Decides about a message by what authentication proves: DMARC's policy first, then whether one of
/// our own names is used from outside.
///
/// Pure: the same authentication always gives the same decision.
public struct AuthenticationJudge: Sendable {
    /// What a gateway's operator chooses.
    public struct Options: Sendable {
        /// Domains of our own; what bears them from outside must prove it.
        public var ownDomains: Set<DomainName> = []
        /// Domains whose ARC seals we believe (RFC 8617 §9): forwarders we know.
        public var trustedSealers: Set<DomainName> = []
        /// What happens to mail in a name of our own that DMARC does not prove, where our own
        /// record asks for less.
        public var ownDomainForged: Decision.Disposition = .hold
        /// What happens to mail without exactly one author.
        public var unclearAuthor: Decision.Disposition = .hold

        public init() {}
    }

    private let options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    /// Decides about a message from outside.
    ///
    /// - Parameter message: for ARC, what the sealers said they found.
    public func decide(_ found: MessageAuthentication, _ message: RawMessage) -> Decision {
        guard let dmarc = found.dmarc else {
            return Decision(
                .defer, .internalFailure, "The message could not be checked.")
        }
        switch dmarc.result {
        case .pass:
            return Decision(.deliver, .authenticated, dmarc.reason)
        case .temperror:
            return Decision(.defer, .dnsUnavailable, dmarc.reason)
        case .fail:
            return failed(dmarc, found, message)
        case .none, .permerror:
            return unproved(dmarc)
        }
    }

    /// DMARC fails: the domain's wish counts, unless a forwarder that we trust vouches for the mail,
    /// and at least our own rule for our own names.
    private func failed(
        _ dmarc: DMARCEvaluation, _ found: MessageAuthentication, _ message: RawMessage
    ) -> Decision {
        if let sealer = vouchingSealer(found.arc, message) {
            return Decision(
                .deliver,
                [
                    DecisionReason(
                        .trustedForwarder,
                        "\(sealer) forwarded it, and sealed that it was proved when it came there."),
                    DecisionReason(.policyNone, dmarc.reason),
                ])
        }
        // A signature that could not be checked for want of DNS may be the one that proves it.
        if dmarc.disposition != .none, Self.isUndecided(found) {
            return Decision(
                .defer, .dnsUnavailable,
                "DNS did not answer, so that it is not yet known whether the mail is genuine.")
        }
        let asked = Self.decision(for: dmarc)
        guard let author = dmarc.author, isOwn(author) else { return asked }
        return stricter(asked, ownDomainForged(author, dmarc.reason))
    }

    /// No record, or none that can be used.
    private func unproved(_ dmarc: DMARCEvaluation) -> Decision {
        if let domain = dmarc.authors.domains.first(where: isOwn) {
            return ownDomainForged(domain, dmarc.reason)
        }
        if !dmarc.authors.defects.isEmpty, dmarc.author == nil {
            return Decision(options.unclearAuthor, .unclearAuthor, dmarc.reason)
        }
        return Decision(.deliver, .noPolicy, dmarc.reason)
    }

    private static func decision(for dmarc: DMARCEvaluation) -> Decision {
        switch dmarc.disposition {
        case .reject: Decision(.reject, .policyReject, dmarc.reason)
        case .quarantine: Decision(.hold, .policyQuarantine, dmarc.reason)
        case .none: Decision(.deliver, .policyNone, dmarc.reason)
        }
    }

    private func ownDomainForged(_ domain: DomainName, _ reason: String) -> Decision {
        Decision(
            options.ownDomainForged,
            [
                DecisionReason(
                    .ownDomainForged,
                    "It names \(domain), one of your own domains, as its author, comes from "
                        + "outside, and proves nothing."),
                DecisionReason(.policyNone, reason),
            ])
    }

    private func isOwn(_ domain: DomainName) -> Bool {
        options.ownDomains.contains { domain.isEqualOrBelow($0) }
    }

    private func stricter(_ left: Decision, _ right: Decision) -> Decision {
        Self.weight(right) > Self.weight(left) ? right : left
    }

    private static func weight(_ decision: Decision) -> Int {
        switch decision.disposition {
        case .deliver: 0
        case .hold: 1
        case .defer: 2
        case .reject: 3
        }
    }

    private static func isUndecided(_ found: MessageAuthentication) -> Bool {
        found.spf?.result == .temperror || found.dkim.contains { $0.result == .temperror }
    }

    /// The sealer that we trust and that says DMARC passed when the message came to it; every
    /// sealer behind it must be trusted too, since each may have changed the message.
    private func vouchingSealer(_ arc: ARCValidation?, _ message: RawMessage) -> DomainName? {
        guard let arc, arc.result == .pass, !options.trustedSealers.isEmpty,
            arc.sealers.count == arc.instances
        else { return nil }
        for instance in stride(from: arc.instances, through: 1, by: -1) {
            let sealer = arc.sealers[instance - 1]
            guard options.trustedSealers.contains(where: sealer.isEqualOrBelow) else { return nil }
            if Self.saysPass(message, instance) { return sealer }
        }
        return nil
    }

    private static func saysPass(_ message: RawMessage, _ instance: Int) -> Bool {
        for field in message.fields(named: "ARC-Authentication-Results") {
            let value = field.valueOctets
            guard let semicolon = value.firstIndex(of: UInt8(ascii: ";")) else { continue }
            let tag = value[..<semicolon].filter { $0 > 0x20 }
            guard tag.elementsEqual("i=\(instance)".utf8) else { continue }
            let results = AuthenticationResultsParser.parse(value[(semicolon + 1)...])
            return results.results(of: "dmarc").contains { $0.result == "pass" }
        }
        return false
    }
}
