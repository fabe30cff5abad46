public import Identities

/// The record that applies to an Author Domain, how it was found, and what it asks for.
public struct DiscoveredPolicy: Hashable, Sendable {
    public var method: DiscoveryMethod
    /// The domain of the From field.
    public var author: DomainName
    /// The record that applies; nil when there is none or when it is not known.
    public var record: DMARCRecord?
    /// Where the record lies: the Author Domain, its Organizational Domain or its public suffix.
    public var recordDomain: DomainName?
    public var organizationalDomain: DomainName
    public var organizationalBasis: OrganizationalDomain.Basis
    /// Nil when the answer makes no difference or could not be had.
    public var authorExists: Bool?
    public var steps: [WalkStep]
    /// Why the policy is not known, where the DNS failed.
    public var policyFailure: String?
    /// Why the Organizational Domain is not known, where the DNS failed.
    public var alignmentFailure: String?

    public init(
        method: DiscoveryMethod, author: DomainName, organizationalDomain: OrganizationalDomain
    ) {
        self.method = method
        self.author = author
        self.organizationalDomain = organizationalDomain.name
        self.organizationalBasis = organizationalDomain.basis
        self.steps = organizationalDomain.steps
        self.alignmentFailure = organizationalDomain.failure
    }

    /// What the DNS kept from us, if anything.
    public var failure: String? { policyFailure ?? alignmentFailure }

    /// The policy and the tag it was taken from; nil when DMARC does not apply to the domain, or
    /// when `policyFailure` says that this is not known.
    public func appliedPolicy() -> AppliedPolicy? {
        guard policyFailure == nil, let record, let recordDomain else { return nil }
        return record.appliedPolicy(
            isSubdomain: recordDomain != author, authorExists: authorExists)
    }

    /// Whether an identifier that passed is aligned with the Author Domain.
    ///
    /// `organization` is the identifier's Organizational Domain by the same method; it is needed
    /// only where `needsOrganization` says so. Nil means that it cannot be known.
    public func isAligned(
        _ identifier: DomainName, mode: AlignmentMode, organization: OrganizationalDomain?
    ) -> Bool? {
        if identifier == author { return true }
        if mode == .strict { return false }
        if alignmentFailure != nil {
            // Names under different top-level domains have no Organizational Domain in common.
            let isApart = identifier.suffix(labels: 1) != author.suffix(labels: 1)
            return isApart ? false : nil
        }
        // An Organizational Domain is the name itself or above it: the others need no look-up.
        guard identifier.isEqualOrBelow(organizationalDomain) else { return false }
        guard let organization, organization.failure == nil else { return nil }
        return organization.name == organizationalDomain
    }

    /// Whether the alignment of an identifier depends on its own Organizational Domain.
    public func needsOrganization(of identifier: DomainName, mode: AlignmentMode) -> Bool {
        mode == .relaxed && identifier != author && alignmentFailure == nil
            && identifier.isEqualOrBelow(organizationalDomain)
    }
}
