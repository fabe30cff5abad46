import Identities

/// A discovered policy behind one reference, with what every judgement asks of it worked out once.
final class FoundPolicy: Sendable {
    let policy: DiscoveredPolicy
    let method: DiscoveryMethod
    let author: DomainName
    /// What the record asks for; nil when DMARC does not apply, or when that is not known.
    let applied: AppliedPolicy?
    /// Whether a record was found under which the message is judged. One is enough for a pass, even
    /// where the DNS kept from us which of its policies would apply to a failure.
    let isApplicable: Bool
    /// Whether the DNS kept the policy from us.
    let isUnknown: Bool
    /// Whether a record is there that cannot be used, which RFC 9989 §9.2 calls a permanent error.
    /// Several records are as good as none (§4.10, step 2).
    let isUnreadable: Bool
    /// `aspf` and `adkim` of the record.
    let spfMode: AlignmentMode
    let dkimMode: AlignmentMode

    init(_ policy: DiscoveredPolicy) {
        self.policy = policy
        method = policy.method
        author = policy.author
        applied = policy.appliedPolicy()
        isUnknown = policy.policyFailure != nil
        isApplicable = policy.record != nil && (applied != nil || isUnknown)
        isUnreadable =
            policy.record != nil || policy.steps.contains { $0.outcome == .invalidRecord }
        spfMode = policy.record?.spfAlignment ?? .relaxed
        dkimMode = policy.record?.dkimAlignment ?? .relaxed
    }
}
