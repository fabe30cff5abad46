/// A DMARC Policy Record: what a domain asks of receivers for mail in its name (RFC 9989 §4.7).
public struct DMARCRecord: Hashable, Sendable {
    /// `p`; nil when it was not sent or has a value that RFC 9989 does not know.
    public var policy: DMARCPolicy?
    /// `sp`: for subdomains that exist.
    public var subdomainPolicy: DMARCPolicy?
    /// `np`: for subdomains that do not exist.
    public var nonexistentSubdomainPolicy: DMARCPolicy?
    /// `psd`.
    public var publicSuffixDomain: PublicSuffixFlag
    /// `t=y`: failing mail is to be treated one level below the policy.
    public var isTesting: Bool
    /// `adkim`.
    public var dkimAlignment: AlignmentMode
    /// `aspf`.
    public var spfAlignment: AlignmentMode
    /// `rua`: the valid URIs, without a size suffix.
    public var aggregateReportURIs: [String]
    /// `ruf`: the valid URIs, without a size suffix.
    public var failureReportURIs: [String]
    /// `fo`: `0`, `1`, `d`, `s` as sent; empty when not sent.
    public var failureOptions: [String]
    /// `pct` of RFC 7489, which RFC 9989 removed: kept for advice, without effect.
    public var percentage: Int?
    /// Which of `p`, `sp` and `np` were sent with a value that is none of the three policies.
    public var invalidPolicyTags: [PolicyTag]
    /// What a person who looks after the record should know, in plain words.
    public var warnings: [String]

    public init(
        policy: DMARCPolicy? = nil, subdomainPolicy: DMARCPolicy? = nil,
        nonexistentSubdomainPolicy: DMARCPolicy? = nil,
        publicSuffixDomain: PublicSuffixFlag = .undetermined, isTesting: Bool = false,
        dkimAlignment: AlignmentMode = .relaxed, spfAlignment: AlignmentMode = .relaxed,
        aggregateReportURIs: [String] = [], failureReportURIs: [String] = [],
        failureOptions: [String] = [], percentage: Int? = nil,
        invalidPolicyTags: [PolicyTag] = [], warnings: [String] = []
    ) {
        self.policy = policy
        self.subdomainPolicy = subdomainPolicy
        self.nonexistentSubdomainPolicy = nonexistentSubdomainPolicy
        self.publicSuffixDomain = publicSuffixDomain
        self.isTesting = isTesting
        self.dkimAlignment = dkimAlignment
        self.spfAlignment = spfAlignment
        self.aggregateReportURIs = aggregateReportURIs
        self.failureReportURIs = failureReportURIs
        self.failureOptions = failureOptions
        self.percentage = percentage
        self.invalidPolicyTags = invalidPolicyTags
        self.warnings = warnings
    }

    /// The policy for the record's own domain, or for a domain below it; nil when receivers apply
    /// no DMARC at all (RFC 9989 §4.10.1).
    ///
    /// `authorExists` is asked for only where the record has an `np` tag; nil counts as existing.
    public func appliedPolicy(isSubdomain: Bool, authorExists: Bool?) -> AppliedPolicy? {
        if policy == nil || !invalidPolicyTags.isEmpty {
            // Without one usable reporting address the record asks for nothing.
            guard !aggregateReportURIs.isEmpty else { return nil }
        }
        guard invalidPolicyTags.isEmpty else {
            return AppliedPolicy(tag: .policy, requested: .none, isTesting: isTesting)
        }
        let own = AppliedPolicy(tag: .policy, requested: policy ?? .none, isTesting: isTesting)
        guard isSubdomain else { return own }
        if authorExists == false, let nonexistentSubdomainPolicy {
            return AppliedPolicy(
                tag: .nonexistentSubdomainPolicy, requested: nonexistentSubdomainPolicy,
                isTesting: isTesting)
        }
        if let subdomainPolicy {
            return AppliedPolicy(
                tag: .subdomainPolicy, requested: subdomainPolicy, isTesting: isTesting)
        }
        return own
    }

    /// The record as text: defaults and removed tags are left out.
    public func render() -> String {
        var parts = ["v=DMARC1"]
        if let policy { parts.append("p=\(policy.rawValue)") }
        if let subdomainPolicy { parts.append("sp=\(subdomainPolicy.rawValue)") }
        if let nonexistentSubdomainPolicy {
            parts.append("np=\(nonexistentSubdomainPolicy.rawValue)")
        }
        if publicSuffixDomain != .undetermined {
            parts.append("psd=\(publicSuffixDomain.rawValue)")
        }
        if isTesting { parts.append("t=y") }
        if dkimAlignment != .relaxed { parts.append("adkim=\(dkimAlignment.rawValue)") }
        if spfAlignment != .relaxed { parts.append("aspf=\(spfAlignment.rawValue)") }
        if !aggregateReportURIs.isEmpty {
            parts.append("rua=" + aggregateReportURIs.joined(separator: ","))
        }
        if !failureReportURIs.isEmpty {
            parts.append("ruf=" + failureReportURIs.joined(separator: ","))
        }
        if !failureOptions.isEmpty { parts.append("fo=" + failureOptions.joined(separator: ":")) }
        return parts.joined(separator: "; ")
    }
}
