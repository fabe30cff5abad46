import DNS
import Identities

/// The answers that the evaluation of one message has had so far: a domain that lies on several
/// ways is asked for once, and its record is read once.
struct RecordAnswers: Sendable {
    // A handful of domains: a search from the front is quicker than a table.
    private var records: [ReadRecord] = []
    /// What was found with them.
    private var policies: [FoundPolicy] = []
    private var existence: [(domain: DomainName, answer: DNSAnswer)] = []

    mutating func record(
        of domain: DomainName, asking query: RecordQuery
    ) async -> ReadRecord {
        if let known = records.first(where: { $0.domain == domain }) { return known }
        let answer = await query.record(of: domain)
        records.append(answer)
        return answer
    }

    /// What one method finds for an Author Domain. Where every record on the way is the one that
    /// was there the last time, so is what they lead to.
    mutating func policy(
        for author: DomainName, by discovery: PolicyDiscovery
    ) async -> FoundPolicy {
        if let known = policies.first(where: {
            $0.method == discovery.method && $0.author == author
        }) {
            return known
        }
        // Both methods begin at the Author Domain itself.
        let own = await record(of: author, asking: discovery.query)
        let policy: FoundPolicy
        if let last = own.finding(by: discovery.method), await isUnchanged(last, discovery.query) {
            policy = last.policy
        } else {
            policy = FoundPolicy(await discovery.discover(author, answers: &self))
            if let way = way(to: policy.policy) {
                own.keep(ReadRecord.Finding(policy: policy, way: way))
            }
        }
        policies.append(policy)
        return policy
    }

    /// Asks again for each record behind the first one.
    private mutating func isUnchanged(
        _ finding: ReadRecord.Finding, _ query: RecordQuery
    ) async -> Bool {
        for last in finding.way {
            guard await record(of: last.domain, asking: query) === last else { return false }
        }
        return true
    }

    /// The records behind the Author Domain's own that led to a policy; nil when something else had
    /// a part in it that may be another the next time.
    private func way(to policy: DiscoveredPolicy) -> [ReadRecord]? {
        guard policy.failure == nil, policy.authorExists == nil else { return nil }
        var way: [ReadRecord] = []
        for step in policy.steps where step.domain != policy.author {
            guard let record = records.first(where: { $0.domain == step.domain }) else {
                return nil
            }
            way.append(record)
        }
        return way
    }

    /// The answer that tells whether a domain exists (RFC 9989 §3.2.13).
    mutating func existence(
        of domain: DomainName, asking query: RecordQuery
    ) async -> DNSAnswer {
        if let known = existence.first(where: { $0.domain == domain }) { return known.answer }
        let answer = await query.lookup.lookUp(domain, .a)
        existence.append((domain, answer))
        return answer
    }
}
