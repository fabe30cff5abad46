import Identities

/// Mail that somebody passed on: its proof broke on the way, and nobody has to mend anything.
extension SourceClassifier {
    func passedOn(
        _ observation: SourceObservation, _ identification: SenderIdentification, _ facts: Facts,
        _ domain: String
    ) -> Classification? {
        byReceiver(observation, domain)
            ?? byCatalogue(identification, domain)
            ?? byMailFrom(observation, identification, facts, domain)
            ?? byBrokenSignature(observation, identification, facts, domain)
    }

    static func isTrustedForwarder(_ override: SourceObservation.Override) -> Bool {
        // `trusted_forwarded` is a known misspelling of a widely used library.
        override.type == "trusted_forwarder" || override.type == "trusted_forwarded"
    }

    static func isTrustedChain(_ override: SourceObservation.Override) -> Bool {
        guard override.type == "local_policy", let comment = override.comment else { return false }
        return comment.prefix(1_000).lowercased().contains("arc=pass")
    }

    private func byReceiver(
        _ observation: SourceObservation, _ domain: String
    ) -> Classification? {
        for override in observation.overrides {
            if override.type == "mailing_list" {
                return Classification(
                    .forwarded, .receiverMailingList,
                    "The receiver recognised a mailing list, which changes messages and so "
                        + "breaks their signature.")
            }
            if override.type == "forwarded" {
                return Classification(
                    .forwarded, .receiverForwarded,
                    "The receiver recognised forwarded mail: it came from \(domain) by way of "
                        + "somebody else's server.")
            }
            if Self.isTrustedForwarder(override) {
                return Classification(
                    .forwarded, .receiverTrustedForwarder,
                    "The receiver trusts this server to pass mail on honestly.")
            }
            if Self.isTrustedChain(override) {
                return Classification(
                    .forwarded, .receiverTrustedChain,
                    "The receiver trusted a chain of seals (ARC), which says that the mail passed "
                        + "for \(domain) before it was passed on.")
            }
        }
        return nil
    }

    private func byCatalogue(
        _ identification: SenderIdentification, _ domain: String
    ) -> Classification? {
        guard identification.confidence >= .moderate,
            let service = identification.serviceID.flatMap(catalogue.service)
        else { return nil }
        switch service.category {
        case .forwarder:
            return Classification(
                .forwarded, .knownForwarder,
                "\(service.name) passes mail on for its users: somebody who gets mail from "
                    + "\(domain) has it forwarded.")
        case .mailingList:
            return Classification(
                .forwarded, .knownMailingList,
                "\(service.name) hosts mailing lists: somebody at \(domain) writes to one.")
        default:
            return nil
        }
    }

    private func byMailFrom(
        _ observation: SourceObservation, _ identification: SenderIdentification, _ facts: Facts,
        _ domain: String
    ) -> Classification? {
        // Only a proved MAIL FROM counts: the shape alone costs a forger nothing.
        guard let mailFrom = facts.spfPass, mailFrom.labelCount > 2,
            !isSendingService(identification),
            !Facts.isOwn(mailFrom, observation.headerFrom, ownDomains: ownDomains)
        else { return nil }
        for label in mailFrom.labels.dropLast(2) {
            let word = String(label.prefix { $0.isLetter })
            if Self.listWords.contains(word) {
                return Classification(
                    .forwarded, .listMailFrom,
                    "The return path is \(mailFrom), and SPF passed for it: the name of a host "
                        + "for mailing lists.")
            }
            if Self.forwarderWords.contains(word) {
                return Classification(
                    .forwarded, .forwarderMailFrom,
                    "The return path was rewritten to \(mailFrom), and SPF passed for it, as "
                        + "forwarders do it.")
            }
        }
        return nil
    }

    private func byBrokenSignature(
        _ observation: SourceObservation, _ identification: SenderIdentification, _ facts: Facts,
        _ domain: String
    ) -> Classification? {
        // A service of the owner's with a faulty key is work for the owner, not forwarding.
        guard facts.hasBrokenOwnSignature, !isSendingService(identification) else { return nil }
        if let mailFrom = facts.spfPass,
            !Facts.isOwn(mailFrom, observation.headerFrom, ownDomains: ownDomains)
        {
            return Classification(
                .forwarded, .brokenOwnSignature,
                "It carries a signature of \(domain) that was broken on the way, and a return "
                    + "path of \(mailFrom), for which SPF passed: somebody passed it on.")
        }
        if case .confirmed(let name) = observation.reverseName,
            !Facts.isOwn(name, observation.headerFrom, ownDomains: ownDomains),
            !ReverseNameShape.isGeneric(name, address: observation.address)
        {
            return Classification(
                .forwarded, .brokenOwnSignature,
                "It carries a signature of \(domain) that was broken on the way, and came from "
                    + "\(name), a real mail host of somebody else: most likely forwarded.")
        }
        return nil
    }

    /// A service whose business is to send for its customers, rather than to hold mailboxes,
    /// from which mail is also forwarded.
    private func isSendingService(_ identification: SenderIdentification) -> Bool {
        guard identification.confidence >= .moderate,
            let service = identification.serviceID.flatMap(catalogue.service)
        else { return false }
        switch service.category {
        case .mailbox, .consumerMailbox, .hosting, .gateway, .forwarder, .mailingList, .hostedSPF:
            return false
        default:
            return true
        }
    }

    private static let listWords: Set<String> = [
        "list", "lists", "listserv", "listserver", "mailman", "listes", "listas", "liste",
        "listen", "sympa", "majordomo", "googlegroups", "groups", "lsv",
    ]
    private static let forwarderWords: Set<String> = [
        "srs", "forward", "forwards", "forwarder", "forwarding", "fwd", "alias", "aliases",
        "alumni", "redirect",
    ]
}
