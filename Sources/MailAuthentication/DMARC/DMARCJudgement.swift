import Identities

/// What one method of discovery leads to for one Author Domain.
struct DMARCJudgement {
    let found: Boxed<DiscoveredPolicy>
    let applied: AppliedPolicy?
    var alignment = DMARCAlignment()

    init(_ found: Boxed<DiscoveredPolicy>) {
        self.found = found
        applied = found.value.appliedPolicy()
    }

    var policy: DiscoveredPolicy { found.value }

    /// Whether a record was found under which the message is judged. One is enough for a pass, even
    /// where the DNS kept from us which of its policies would apply to a failure.
    var isApplicable: Bool {
        found.value.record != nil && (applied != nil || found.value.policyFailure != nil)
    }

    var result: DMARCResult {
        if isApplicable, alignment.isAligned { return .pass }
        if found.value.policyFailure != nil { return .temperror }
        guard isApplicable else { return isUnreadable ? .permerror : .none }
        return alignment.isUnknown ? .temperror : .fail
    }

    var disposition: DMARCPolicy { result == .fail ? applied?.policy ?? .none : .none }

    /// RFC 9989 §9.2: a record that is there and cannot be used is a permanent error. Several
    /// records are as good as none (§4.10, step 2).
    private var isUnreadable: Bool {
        policy.record != nil || policy.steps.contains { $0.outcome == .invalidRecord }
    }

    func reason(_ spf: SPFEvaluation?, _ dkim: [DKIMVerification]) -> String {
        let author = found.value.author
        switch result {
        case .pass: return "\(confirmation) the author's domain \(author)."
        case .none:
            if let several = policy.steps.first(where: { $0.outcome == .severalRecords }) {
                return
                    "DMARC does not apply to \(author): \(several.name) has more than one record."
            }
            return "DMARC does not apply to \(author): there is no record for it."
        case .permerror:
            if let record = policy.recordDomain {
                return
                    "The DMARC record at _dmarc.\(record) has no valid policy and no reporting address."
            }
            let step = policy.steps.first { $0.outcome == .invalidRecord }
            return "The DMARC record at \(step?.name ?? author.text) cannot be read: "
                + (step?.text ?? "")
        case .temperror:
            if let failure = policy.policyFailure { return failure }
            return "The DNS failed where the answer could have confirmed \(author)."
        case .fail:
            return "Nothing confirms the author's domain \(author): \(shortcoming(spf, dkim))."
                + request
        }
    }

    private var confirmation: String {
        var signature: DomainName?
        if let dkim = alignment.dkim, dkim.isAligned { signature = dkim.domain }
        var sender: DomainName?
        if let spf = alignment.spf, spf.isAligned { sender = spf.domain }
        switch (signature, sender) {
        case (let signature?, let sender?):
            return "The DKIM signature of \(signature) and SPF for \(sender) confirm"
        case (let signature?, nil): return "The DKIM signature of \(signature) confirms"
        case (nil, let sender?): return "SPF for \(sender) confirms"
        case (nil, nil): return " confirm"
        }
    }

    private func shortcoming(_ spf: SPFEvaluation?, _ dkim: [DKIMVerification]) -> String {
        let senders: String
        switch (spf, alignment.spf?.standing) {
        case (let spf?, .notAligned?):
            senders = "SPF passed for \(spf.domain?.text ?? "another domain") instead"
        case (let spf?, _): senders = "SPF gave \(spf.result.rawValue)"
        case (nil, _): senders = "SPF was not checked"
        }
        let signatures: String
        switch alignment.dkim?.standing {
        case .notAligned?:
            signatures =
                "the DKIM signature is one of \(alignment.dkim?.domain?.text ?? "another domain")"
        case nil: signatures = "there is no DKIM signature"
        default: signatures = "no DKIM signature is good"
        }
        return senders + ", and " + signatures
    }

    private var request: String {
        guard let applied, let domain = policy.recordDomain else { return "" }
        let tag = "\(applied.tag.rawValue)=\(applied.requested.rawValue)"
        guard applied.policy != applied.requested else {
            return " The policy of \(domain) is \(tag)."
        }
        return " The policy of \(domain) is \(tag), and in test mode \(applied.policy.rawValue)."
    }

    /// One sentence when the older method leads elsewhere; nil when it does not.
    func divergence(from legacy: DMARCJudgement) -> String? {
        guard
            result != legacy.result || applied != legacy.applied
                || found.value.recordDomain != legacy.found.value.recordDomain
        else { return nil }
        return "Receivers that still go by the public suffix list come to \(legacy.outcome),"
            + " while the tree walk comes to \(outcome)."
    }

    private var outcome: String {
        guard let applied, let domain = policy.recordDomain else { return result.rawValue }
        return "\(result.rawValue) under \(applied.tag.rawValue)=\(applied.requested.rawValue)"
            + " of \(domain) (Organizational Domain \(policy.organizationalDomain))"
    }
}
