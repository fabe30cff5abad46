public import Identities

/// Decides what a source is, in the order that keeps noise away from advice: what is proved; then
/// names that do not lead back, blocklisted addresses, and mail that was passed on; only then
/// servers of the owner that need work, what is forged, and what stays open.
///
/// The order is that of the UK NCSC's Mail Check. A class says what the evidence supports; it
/// never authorises a sender.
public struct SourceClassifier: Sendable {
    public let catalogue: SenderCatalogue
    /// Domains of the owner besides the Author Domain of each observation.
    public let ownDomains: Set<DomainName>

    public init(catalogue: SenderCatalogue = .embedded, ownDomains: Set<DomainName> = []) {
        self.catalogue = catalogue
        self.ownDomains = ownDomains
    }

    /// Classifies one observation. `isAligned` is the DMARC result as the receiver evaluated it.
    public func classify(
        _ observation: SourceObservation, _ identification: SenderIdentification, isAligned: Bool
    ) -> Classification {
        let domain = observation.headerFrom.map(\.text) ?? "the domain"
        if isAligned {
            return Classification(
                .compliant, .alignedPass,
                "SPF or DKIM passed for \(domain) itself, so the mail is proved to be its own.")
        }
        let facts = Facts(observation, ownDomains: ownDomains)
        return unprovedWithoutExcuse(observation, facts, domain)
            ?? passedOn(observation, identification, facts, domain)
            ?? ownWork(observation, identification, facts, domain)
            ?? open(observation, identification, facts, domain)
    }

    /// What the rules look at, computed once.
    struct Facts {
        /// The first domain that DKIM proved, and the one that SPF proved.
        var dkimPass: DomainName?
        var spfPass: DomainName?
        /// The first of the owner's own domains that passed.
        var ownPass: DomainName?
        var hasBrokenOwnSignature = false
        var hasOwnSignature = false
        var hasTemporaryFailure = false
        /// The receiver vouches for the path of the message.
        var receiverTrusts = false

        var hasPass: Bool { dkimPass != nil || spfPass != nil }

        init(_ observation: SourceObservation, ownDomains: Set<DomainName>) {
            for signature in observation.dkim.prefix(SourceLimits.signatures) {
                let isOwn = Self.isOwn(
                    signature.domain, observation.headerFrom, ownDomains: ownDomains)
                hasOwnSignature = hasOwnSignature || isOwn
                switch signature.result {
                case "pass":
                    dkimPass = dkimPass ?? signature.domain
                    if isOwn { ownPass = ownPass ?? signature.domain }
                case "fail": hasBrokenOwnSignature = hasBrokenOwnSignature || isOwn
                case "temperror": hasTemporaryFailure = hasTemporaryFailure || isOwn
                default: break
                }
            }
            if observation.spfResult == "pass", let mailFrom = observation.mailFrom {
                spfPass = mailFrom
                if Self.isOwn(mailFrom, observation.headerFrom, ownDomains: ownDomains) {
                    ownPass = ownPass ?? mailFrom
                }
            }
            if observation.spfResult == "temperror" { hasTemporaryFailure = true }
            receiverTrusts = observation.overrides.contains {
                SourceClassifier.isTrustedForwarder($0) || SourceClassifier.isTrustedChain($0)
            }
        }

        static func isOwn(
            _ name: DomainName, _ headerFrom: DomainName?, ownDomains: Set<DomainName>
        ) -> Bool {
            guard name.labelCount > 1 else { return false }
            if let headerFrom, name.isEqualOrBelow(headerFrom) || headerFrom.isEqualOrBelow(name) {
                return true
            }
            return ownDomains.contains { name.isEqualOrBelow($0) }
        }
    }

    // MARK: - Names that do not lead back, and blocklists

    private func unprovedWithoutExcuse(
        _ observation: SourceObservation, _ facts: Facts, _ domain: String
    ) -> Classification? {
        guard !facts.hasPass, !facts.receiverTrusts else { return nil }
        let address = observation.address.map(\.description) ?? "The address"
        if case .unconfirmed(let name) = observation.reverseName {
            return Classification(
                .spoofing, .reverseNameMismatch,
                "\(address) calls itself \(name), but that name does not lead back to it, and "
                    + "neither SPF nor DKIM passed for any domain.")
        }
        if !observation.blocklists.isEmpty {
            let lists = observation.blocklists.prefix(3).joined(separator: ", ")
            return Classification(
                .blocklisted, .blocklisted,
                "\(address) is on a blocklist (\(lists)), and neither SPF nor DKIM passed for any "
                    + "domain.")
        }
        return nil
    }

    // MARK: - Servers of the owner that need work

    private func ownWork(
        _ observation: SourceObservation, _ identification: SenderIdentification, _ facts: Facts,
        _ domain: String
    ) -> Classification? {
        if let passed = facts.ownPass {
            return Classification(
                .misconfigured, .ownPassNotCounted,
                "\(passed) itself passed, yet the receiver did not count that for \(domain): the "
                    + "record asks for strict alignment, or the receiver's report contradicts "
                    + "itself.")
        }
        if let service = identification.serviceID.flatMap(catalogue.service) {
            return serviceWork(service, identification, facts, domain)
        }
        guard case .confirmed(let name) = observation.reverseName,
            identification.key.hasPrefix("own:")
        else { return nil }
        return Classification(
            .misconfigured, .ownHostUnproved,
            "\(name) is a server below the domain of \(domain) and its name leads back to it, but "
                + "neither SPF nor DKIM passed for \(domain).")
    }

    private func serviceWork(
        _ service: SendingService, _ identification: SenderIdentification, _ facts: Facts,
        _ domain: String
    ) -> Classification? {
        let passed = (facts.dkimPass ?? facts.spfPass)?.text ?? "its own name"
        switch service.category {
        case .consumerMailbox:
            guard facts.hasPass, identification.confidence >= .strong else { return nil }
            return Classification(
                .unknown, .consumerMailbox,
                "Sent from a free mailbox (\(service.name)) that passed as \(passed), not as "
                    + "\(domain): perhaps a colleague, perhaps anybody.")
        case .forwarder, .mailingList, .hostedSPF:
            return nil
        default:
            break
        }
        if facts.hasPass, identification.confidence >= .strong {
            return Classification(
                .misconfigured, .serviceUnaligned,
                "\(service.name) sent it and passed as \(passed), not as \(domain). If you use "
                    + "this service, it has to be set up to sign for \(domain); if you do not, "
                    + "somebody else's account there wrote in your name.")
        }
        guard identification.confidence >= .moderate else { return nil }
        switch service.category {
        case .mailbox, .hosting, .gateway, .relay, .appPlatform:
            return Classification(
                .unknown, .sharedHostUnproved,
                "It came from servers of \(service.name), which many customers share, and neither "
                    + "SPF nor DKIM passed for any domain.")
        default:
            return Classification(
                .misconfigured, .serviceUnproved,
                "The address belongs to \(service.name), and neither SPF nor DKIM passed for "
                    + "\(domain): the service is not set up for the domain, or not by you.")
        }
    }

    // MARK: - Forged or open

    private func open(
        _ observation: SourceObservation, _ identification: SenderIdentification, _ facts: Facts,
        _ domain: String
    ) -> Classification {
        if facts.hasPass {
            let passed = (facts.dkimPass ?? facts.spfPass)?.text ?? "another domain"
            return Classification(
                .unknown, .foreignPass,
                "It passed as \(passed), which is not \(domain) and no service in the catalogue: "
                    + "a supplier of yours, or somebody writing in your name from a domain of "
                    + "their own.")
        }
        if facts.hasTemporaryFailure {
            return Classification(
                .unknown, .temporaryFailure,
                "The receiver could not look up the records of \(domain) at that moment, so "
                    + "nothing can be said about this mail.")
        }
        let nothing = "neither SPF nor DKIM passed for any domain"
        switch observation.reverseName {
        case .none:
            return Classification(
                .spoofing, .noReverseName,
                "The address has no name, and \(nothing): no mail server of yours looks like "
                    + "this.")
        case .confirmed(let name)
        where ReverseNameShape.isGeneric(name, address: observation.address):
            return Classification(
                .spoofing, .genericReverseName,
                "\(name) is the name of a dial-up or customer line, not of a mail server, and "
                    + "\(nothing).")
        case .confirmed(let name):
            return Classification(
                .unknown, .unprovedHost,
                "\(name) is a real host, but nothing ties it to \(domain), and \(nothing).")
        case .unconfirmed, .notAsked:
            let isExcluded = observation.spfResult == "fail" || observation.spfResult == "softfail"
            if isExcluded, !facts.hasOwnSignature {
                return Classification(
                    .spoofing, .excludedBySPF,
                    "The SPF record does not list the address (\(observation.spfResult)), there "
                        + "is no signature of \(domain), and nothing else ties the source to it.")
            }
            return Classification(
                .unknown, .notEnoughEvidence,
                "Nothing passed, and the name of the address has not been looked up: too little "
                    + "is known to call it forged or yours.")
        }
    }
}
