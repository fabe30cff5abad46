public import Identities

/// The outcome of DMARC for one message, with everything that led to it.
public struct DMARCEvaluation: Sendable {
    public var result: DMARCResult
    /// Nil for a pass, which `alignment` explains: most are never read by anybody.
    private var statement: String?
    /// The Author Domain; of several, the one that decided. Nil when the message names none.
    public var author: DomainName?
    /// What the From fields say.
    public var authors: AuthorDomains
    /// What the record asks for this Author Domain; nil when DMARC does not apply.
    public var policy: AppliedPolicy?
    /// What the domain asks to be done with this message: `none` unless the result is `fail`, and
    /// one level below the policy in test mode (`t=y`). The receiver decides (RFC 9989 §5.3.6).
    public var disposition: DMARCPolicy
    public var alignment: DMARCAlignment
    /// How the record was found; nil without an Author Domain.
    public var discovery: DMARCDiscovery?

    public init(
        _ result: DMARCResult, reason: String, author: DomainName? = nil, authors: AuthorDomains,
        policy: AppliedPolicy? = nil, disposition: DMARCPolicy = .none,
        alignment: DMARCAlignment = DMARCAlignment(), discovery: DMARCDiscovery? = nil
    ) {
        self.init(
            result, statement: reason, author: author, authors: authors, policy: policy,
            disposition: disposition, alignment: alignment, discovery: discovery)
    }

    /// `statement` may be nil for a pass.
    init(
        _ result: DMARCResult, statement: String?, author: DomainName?, authors: AuthorDomains,
        policy: AppliedPolicy?, disposition: DMARCPolicy, alignment: DMARCAlignment,
        discovery: DMARCDiscovery?
    ) {
        self.result = result
        self.statement = statement
        self.author = author
        self.authors = authors
        self.policy = policy
        self.disposition = disposition
        self.alignment = alignment
        self.discovery = discovery
    }

    /// Why, for a person.
    public var reason: String {
        get { statement ?? alignment.confirmation(of: author) }
        set { statement = newValue }
    }
    /// The record that applies.
    public var record: DMARCRecord? { discovery?.policy.record }
    /// Where the record lies (RFC 9989 §3.2.5, the DMARC Policy Domain).
    public var recordDomain: DomainName? { discovery?.policy.recordDomain }
    /// The Author Domain's Organizational Domain; nil where the DNS kept it from us.
    public var organizationalDomain: DomainName? {
        guard let policy = discovery?.policy, policy.alignmentFailure == nil else { return nil }
        return policy.organizationalDomain
    }
    /// What the record's owner should know.
    public var warnings: [String] { record?.warnings ?? [] }
}

/// How the record for an Author Domain was found, and whether the older method finds the same.
public struct DMARCDiscovery: Sendable {
    private var walked: FoundPolicy
    private var listed: FoundPolicy?
    /// The result by the older method.
    public var legacyResult: DMARCResult?
    /// One sentence where receivers of the older method come to another outcome.
    public var divergence: String?

    public init(
        policy: DiscoveredPolicy, legacy: DiscoveredPolicy? = nil,
        legacyResult: DMARCResult? = nil, divergence: String? = nil
    ) {
        self.init(
            FoundPolicy(policy), legacy: legacy.map(FoundPolicy.init), legacyResult: legacyResult,
            divergence: divergence)
    }

    init(
        _ walked: FoundPolicy, legacy: FoundPolicy? = nil,
        legacyResult: DMARCResult? = nil, divergence: String? = nil
    ) {
        self.walked = walked
        listed = legacy
        self.legacyResult = legacyResult
        self.divergence = divergence
    }

    /// By the DNS Tree Walk (RFC 9989 §4.10), which decides.
    public var policy: DiscoveredPolicy {
        get { walked.policy }
        set { walked = FoundPolicy(newValue) }
    }

    /// By a public suffix list as in RFC 7489; nil when it was not asked for.
    public var legacy: DiscoveredPolicy? {
        get { listed?.policy }
        set { listed = newValue.map(FoundPolicy.init) }
    }
}
