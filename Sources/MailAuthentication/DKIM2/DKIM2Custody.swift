import Identities

/// Whether a message came the way that its signatures tell: each hop sent it to where the next one
/// took it up, and the last one to us (draft-ietf-dkim-dkim2-spec-04 §9, §11.4).
struct DKIM2Custody: Sendable {
    let chain: DKIM2Chain

    /// What is wrong first, and at which hop (`i=`); nil when nothing is.
    func fault(with envelope: DKIM2Envelope?) -> (sequence: Int, reason: String)? {
        for (index, signature) in chain.signatures.enumerated() {
            if let reason = Self.senderFault(signature) { return (signature.sequence, reason) }
            guard index > 0 else { continue }
            if let reason = Self.linkFault(chain.signatures[index - 1], signature) {
                return (signature.sequence, reason)
            }
        }
        guard let newest = chain.newest else { return nil }
        guard case .envelope(let mailFrom, let recipients) = newest.route else {
            return (
                newest.sequence,
                "The newest DKIM2 signature says that another one follows (nd=), and none does."
            )
        }
        guard let envelope else { return nil }
        return Self.envelopeFault(mailFrom, recipients, envelope).map { (newest.sequence, $0) }
    }

    /// §8.8: the domain of `mf=` is that of `d=` or below it.
    static func senderFault(_ signature: DKIM2Signature) -> String? {
        guard case .envelope(let mailFrom, _) = signature.route, !mailFrom.isNull,
            !EnvelopePath.isEqualOrBelow(mailFrom.domain, signature.domain.text)
        else { return nil }
        return "DKIM2 signature \(signature.sequence) by \(signature.domain) is over a message "
            + "sent by \(mailFrom.text), which is not of that domain."
    }

    /// Whether one hop sent the message to where the next one says it took it from.
    static func linkFault(_ former: DKIM2Signature, _ next: DKIM2Signature) -> String? {
        switch former.route {
        case .nextDomain(let domain):
            guard domain != next.domain else { return nil }
            return "DKIM2 signature \(former.sequence) says that \(domain) signs next, but "
                + "\(next.domain) did."
        case .envelope(_, let recipients):
            if isTakenUp(by: next, from: recipients) { return nil }
            return "DKIM2 signature \(next.sequence) by \(next.domain) does not follow: hop "
                + "\(former.sequence) did not send the message there."
        }
    }

    private static func isTakenUp(
        by next: DKIM2Signature, from recipients: [EnvelopePath]
    ) -> Bool {
        if case .envelope(let mailFrom, _) = next.route, !mailFrom.isNull {
            // The relaxed match for each recipient, without going through the list per label.
            let domains = Set(recipients.lazy.map(\.domain))
            var rest = mailFrom.domain[...]
            while !rest.isEmpty {
                if domains.contains(String(rest)) { return true }
                guard let dot = rest.firstIndex(of: ".") else { return false }
                rest = rest[rest.index(after: dot)...]
            }
            return false
        }
        // The draft is silent on a hop without a sender's domain: a bounce (<>) or one that only
        // documents the way (nd=). Its signing domain stands in for it.
        return recipients.contains {
            EnvelopePath.isEqualOrBelow($0.domain, next.domain.text)
                || EnvelopePath.isEqualOrBelow(next.domain.text, $0.domain)
        }
    }

    private static func envelopeFault(
        _ mailFrom: EnvelopePath, _ recipients: [EnvelopePath], _ envelope: DKIM2Envelope
    ) -> String? {
        guard EnvelopePath(envelope.mailFrom.utf8, requiringBrackets: false) == mailFrom else {
            return "The message was signed as sent by \(mailFrom.text), but was sent by "
                + "<\(bare(envelope.mailFrom))>."
        }
        let known = Set(recipients)
        for recipient in envelope.recipients {
            guard let path = EnvelopePath(recipient.utf8, requiringBrackets: false),
                known.contains(path)
            else {
                return "The message was not signed for the recipient <\(bare(recipient))>: it may "
                    + "be a copy of one that was meant for someone else."
            }
        }
        return nil
    }

    private static func bare(_ path: String) -> Substring {
        path.hasPrefix("<") && path.hasSuffix(">") ? path.dropFirst().dropLast() : path[...]
    }
}
