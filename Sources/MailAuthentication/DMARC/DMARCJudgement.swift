import Identities

/// What one method of discovery leads to for one Author Domain.
struct DMARCJudgement {
    let found: FoundPolicy
    var alignment = DMARCAlignment()

    init(_ found: FoundPolicy) {
        self.found = found
    }

    var applied: AppliedPolicy? { found.applied }

    private var policy: DiscoveredPolicy { found.policy }

    var result: DMARCResult {
        if found.isApplicable, alignment.isAligned { return .pass }
        if found.isUnknown { return .temperror }
        guard found.isApplicable else { return found.isUnreadable ? .permerror : .none }
        return alignment.isUnknown ? .temperror : .fail
    }

    var disposition: DMARCPolicy { result == .fail ? applied?.policy ?? .none : .none }

    /// Nil for a pass: there the alignment says it all.
    func reason(_ spf: SPFEvaluation?, _ dkim: [DKIMVerification]) -> String? {
        let author = found.author
        switch result {
        case .pass: return nil
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
                || found.policy.recordDomain != legacy.found.policy.recordDomain
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
