public import DNS
public import Identities
public import MailAuthentication

/// Works out what a proposed DMARC record would have done to mail that was reported in the past:
/// the proposal stands in for what the DNS has at `_dmarc` below the domain, everything else is
/// looked up as it is.
///
/// Every row is worked out twice, for receivers with the DNS Tree Walk (RFC 9989) and for those
/// with a public suffix list. The methods differ in where they look for records and in the
/// Organizational Domain; the tags `np` and `t` mean the same to both.
public struct Replay: Sendable {
    public let domain: DomainName
    public let proposal: String
    private let lookup: any DNSLookup
    private let suffixes: PublicSuffixList
    private let nameLimit: Int

    /// `nameLimit` is how many different names' DNS is asked, those with the most messages first.
    public init(
        domain: DomainName, proposal: String, lookup: any DNSLookup,
        suffixes: PublicSuffixList = .system, nameLimit: Int = Limits.names
    ) {
        self.domain = domain
        self.proposal = proposal
        self.lookup = lookup
        self.suffixes = suffixes
        self.nameLimit = nameLimit
    }

    /// Replays the rows. Throws when the proposal is no DMARC record, or on cancellation.
    public func run(_ rows: [ReplayRow]) async throws(ReplayError) -> ReplayResult {
        let record = try readProposal()
        let memory = MemoisedLookup(lookup)
        let names = Self.namesToAsk(rows, domain: domain, limit: nameLimit)
        var facts: [DiscoveryMethod: Facts] = [:]
        for method in DiscoveryMethod.allCases {
            let discovery = PolicyDiscovery(
                method: method, lookup: memory, suffixes: suffixes,
                proposals: [domain: proposal])
            facts[method] = await Facts(
                rows, authors: names, domain: domain, nameLimit: nameLimit, by: discovery)
            if Task.isCancelled { throw .cancelled }
        }
        var results: [ReplayRowResult] = []
        results.reserveCapacity(rows.count)
        var divergences: [ReplayDivergence] = []
        for (index, row) in rows.enumerated() {
            let result = ReplayRowResult(
                row: index + 1, row,
                treewalk: outcome(of: row, facts[.treeWalk]),
                psl: outcome(of: row, facts[.publicSuffixList]))
            results.append(result)
            if let walked = facts[.treeWalk]?.policies[row.headerFrom],
                let listed = facts[.publicSuffixList]?.policies[row.headerFrom],
                let divergence = ReplayDivergence(result, treeWalk: walked, list: listed)
            {
                divergences.append(divergence)
            }
        }
        let unresolved = await memory.failures.map {
            ReplayResult.Unresolved(name: $0.name.text, reason: $0.reason)
        }
        return ReplayResult(
            domain: domain, record: proposal, warnings: record.warnings,
            methods: ReplayResult.Methods(
                treewalk: ReplaySummary(results, method: .treeWalk),
                psl: ReplaySummary(results, method: .publicSuffixList)),
            rows: results, divergences: divergences, unresolved: unresolved)
    }

    private func readProposal() throws(ReplayError) -> DMARCRecord {
        guard domain.adding(label: "_dmarc") != nil else { throw .domainTooLong(domain) }
        switch DMARCRecordParser.parse(proposal) {
        case .record(let record): return record
        case .invalid(let reason, let offset):
            throw .invalidRecord(reason: reason, offset: offset)
        case .notDMARC:
            throw .notDMARC(excerpt: String(proposal.prefix(Limits.excerptCharacters)))
        }
    }

    private func outcome(of row: ReplayRow, _ facts: Facts?) -> ReplayOutcome {
        // A record applies to its own domain and to names below it, never to others.
        guard row.headerFrom.isEqualOrBelow(domain) else {
            return .notCovered("\(row.headerFrom) does not lie in \(domain).")
        }
        guard let facts, let policy = facts.policies[row.headerFrom] else {
            return .undetermined(
                "\(row.headerFrom) was not looked up: the rows name more than \(nameLimit) names.")
        }
        return ReplayOutcome(
            row, domain: domain, discovered: policy, organizations: facts.organizations)
    }

    /// The Author Domains in the domain, those with the most messages first.
    private static func namesToAsk(
        _ rows: [ReplayRow], domain: DomainName, limit: Int
    ) -> [DomainName] {
        var messages: [DomainName: Double] = [:]
        for row in rows where row.headerFrom.isEqualOrBelow(domain) {
            messages[row.headerFrom, default: 0] += Double(row.messages)
        }
        let ordered = messages.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return ordered.prefix(limit).map(\.key)
    }
}

/// What the DNS and the list say, by one method, about the names in the rows.
private struct Facts: Sendable {
    var policies: [DomainName: DiscoveredPolicy]
    var organizations: [DomainName: OrganizationalDomain]

    init(
        _ rows: [ReplayRow], authors: [DomainName], domain: DomainName,
        nameLimit: Int, by discovery: PolicyDiscovery
    ) async {
        let policies = await Self.forEach(authors) { await discovery.discover($0) }
        var needed: Set<DomainName> = []
        for row in rows {
            guard let policy = policies[row.headerFrom], policy.recordDomain == domain,
                let record = policy.record
            else { continue }
            for name in row.dkimPasses
            where policy.needsOrganization(of: name, mode: record.dkimAlignment) {
                needed.insert(name)
            }
            if let name = row.spfPass,
                policy.needsOrganization(of: name, mode: record.spfAlignment)
            {
                needed.insert(name)
            }
        }
        self.policies = policies
        organizations = await Self.forEach(Array(needed.sorted().prefix(nameLimit))) {
            await discovery.organizationalDomain(of: $0)
        }
    }

    /// Does something for each name, at most `Replay.Limits.concurrentLookups` at a time.
    private static func forEach<Value: Sendable>(
        _ names: [DomainName], _ act: @escaping @Sendable (DomainName) async -> Value
    ) async -> [DomainName: Value] {
        await withTaskGroup(of: (DomainName, Value).self) { group in
            var results: [DomainName: Value] = [:]
            var rest = names.makeIterator()
            for _ in 0..<Replay.Limits.concurrentLookups {
                guard let name = rest.next() else { break }
                group.addTask { (name, await act(name)) }
            }
            while let (name, value) = await group.next() {
                results[name] = value
                // What is left is not begun once nobody wants the result.
                if !Task.isCancelled, let name = rest.next() {
                    group.addTask { (name, await act(name)) }
                }
            }
            return results
        }
    }
}
