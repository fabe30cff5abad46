import DNS
import Identities

/// The answers that the evaluation of one message has had so far: a domain that lies on several
/// ways is asked for once, and its record is read once.
struct RecordAnswers: Sendable {
    // A handful of domains: a search from the front is quicker than a table.
    private var records: [Boxed<RecordQuery.Answer>] = []
    /// What was found with them.
    private var policies: [Boxed<DiscoveredPolicy>] = []
    private var existence: [(domain: DomainName, answer: DNSAnswer)] = []

    mutating func record(
        of domain: DomainName, asking query: RecordQuery
    ) async -> Boxed<RecordQuery.Answer> {
        if let known = records.first(where: { $0.value.step.domain == domain }) { return known }
        let answer = await query.record(of: domain)
        records.append(answer)
        return answer
    }

    /// What one method finds for an Author Domain.
    mutating func policy(
        for author: DomainName, by discovery: PolicyDiscovery
    ) async -> Boxed<DiscoveredPolicy> {
        if let known = policies.first(where: {
            $0.value.method == discovery.method && $0.value.author == author
        }) {
            return known
        }
        let policy = Boxed(await discovery.discover(author, answers: &self))
        policies.append(policy)
        return policy
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
