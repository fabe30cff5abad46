public import DNS
public import Identities

/// Finds the DMARC record that applies to an Author Domain, and Organizational Domains for
/// alignment, by one of two methods: the DNS Tree Walk of RFC 9989 or a public suffix list as in
/// RFC 7489.
///
/// The methods differ in where they look. The tags of the record that is found mean the same in
/// both (RFC 9989 §4.7).
public struct PolicyDiscovery: Sendable {
    public let method: DiscoveryMethod
    let query: RecordQuery
    private let suffixes: PublicSuffixList

    /// `proposals` holds records that stand in for what the DNS has at `_dmarc` below a domain.
    public init(
        method: DiscoveryMethod, lookup: any DNSLookup, suffixes: PublicSuffixList,
        proposals: [DomainName: String] = [:]
    ) {
        self.init(
            method: method, asking: RecordQuery(lookup: lookup, proposals: proposals),
            suffixes: suffixes)
    }

    /// For callers that share what was read before, which must be under the same suffixes.
    init(method: DiscoveryMethod, asking query: RecordQuery, suffixes: PublicSuffixList) {
        self.method = method
        self.query = query
        self.suffixes = suffixes
    }

    /// The policy for mail whose From field names this domain.
    public func discover(_ author: DomainName) async -> DiscoveredPolicy {
        var answers = RecordAnswers()
        return await discover(author, answers: &answers)
    }

    /// The same with the answers that were had before.
    func discover(
        _ author: DomainName, answers: inout RecordAnswers
    ) async -> DiscoveredPolicy {
        var policy =
            switch method {
            case .treeWalk: await walk(author, &answers)
            case .publicSuffixList: await readList(author, &answers)
            }
        await askExistence(&policy, &answers)
        return policy
    }

    /// The Organizational Domain of any name.
    public func organizationalDomain(of name: DomainName) async -> OrganizationalDomain {
        var answers = RecordAnswers()
        return await organizationalDomain(of: name, answers: &answers)
    }

    /// The same with the answers that were had before.
    func organizationalDomain(
        of name: DomainName, answers: inout RecordAnswers
    ) async -> OrganizationalDomain {
        switch method {
        case .treeWalk:
            await TreeWalk(from: name, asking: query, answers: &answers).organizationalDomain
        case .publicSuffixList: listed(name)
        }
    }

    /// Whether an identifier that passed is aligned with the Author Domain of a policy that this
    /// discovery found; nil when a failing look-up keeps the answer from us.
    public func isAligned(
        _ identifier: DomainName, with policy: DiscoveredPolicy, mode: AlignmentMode
    ) async -> Bool? {
        let organization =
            policy.needsOrganization(of: identifier, mode: mode)
            ? await organizationalDomain(of: identifier) : nil
        return policy.isAligned(identifier, mode: mode, organization: organization)
    }

    private func walk(
        _ author: DomainName, _ answers: inout RecordAnswers
    ) async -> DiscoveredPolicy {
        let walk = await TreeWalk(from: author, asking: query, answers: &answers)
        let organization = walk.organizationalDomain
        var policy = DiscoveredPolicy(
            method: method, author: author, organizationalDomain: organization)
        if let found = walk.appliedRecord(organization.name) {
            policy.recordDomain = found.domain
            policy.record = found.answer.record
        } else {
            policy.policyFailure = walk.failure
        }
        return policy
    }

    private func listed(_ name: DomainName) -> OrganizationalDomain {
        guard let organization = suffixes.organizationalDomain(of: name) else {
            return OrganizationalDomain(name: name, basis: .itself)
        }
        return OrganizationalDomain(name: organization, basis: .listed)
    }

    /// RFC 7489 §6.6.3: the Author Domain, then its Organizational Domain.
    private func readList(
        _ author: DomainName, _ answers: inout RecordAnswers
    ) async -> DiscoveredPolicy {
        let organization = listed(author)
        var policy = DiscoveredPolicy(
            method: method, author: author, organizationalDomain: organization)
        let places = organization.name == author ? [author] : [author, organization.name]
        for domain in places {
            let answer = await answers.record(of: domain, asking: query)
            policy.steps.append(answer.step)
            if let record = answer.record {
                policy.record = record
                policy.recordDomain = domain
                return policy
            }
            if let failure = answer.failure {
                policy.policyFailure = failure
                return policy
            }
            // Step 5: several records end the discovery, also at the Author Domain.
            if answer.step.outcome == .severalRecords { return policy }
        }
        return policy
    }

    /// RFC 9989 §3.2.13 and Appendix A.4: only NXDOMAIN for the name itself says that a domain
    /// does not exist. Asked only where the record's `np` makes a difference.
    private func askExistence(
        _ policy: inout DiscoveredPolicy, _ answers: inout RecordAnswers
    ) async {
        guard let record = policy.record, policy.recordDomain != policy.author,
            record.nonexistentSubdomainPolicy != nil, record.invalidPolicyTags.isEmpty
        else { return }
        let author = policy.author
        let answer = await answers.existence(of: author, asking: query)
        func note(_ outcome: WalkStep.Outcome, _ text: String) {
            policy.steps.append(
                WalkStep(domain: author, name: author.text, outcome: outcome, text: text))
        }
        switch answer.outcome {
        case .failure(let reason):
            policy.policyFailure = "The look-up of \(author) failed: \(reason)"
            note(.failure, "The DNS did not answer: \(reason)")
        case .nameError where answer.aliases.isEmpty:
            policy.authorExists = false
            note(.doesNotExist, "The domain does not exist (NXDOMAIN).")
        // An alias that leads nowhere is itself a record, so the domain exists.
        case .records, .noData, .nameError:
            policy.authorExists = true
            note(.exists, "The domain exists.")
        }
    }
}
