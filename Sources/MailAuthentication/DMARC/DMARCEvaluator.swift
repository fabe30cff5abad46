public import DNS
public import Identities

/// Evaluates DMARC for a message from what SPF and DKIM found (RFC 9989 §5.3).
public struct DMARCEvaluator: Sendable {
    private let walking: PolicyDiscovery
    private let listing: PolicyDiscovery?

    /// `comparesLegacy`: whether the outcome by the public suffix list is worked out beside it.
    /// `proposals` holds records that stand in for what the DNS has at `_dmarc` below a domain.
    public init(
        lookup: any DNSLookup, suffixes: PublicSuffixList, comparesLegacy: Bool = true,
        proposals: [DomainName: String] = [:]
    ) {
        self.init(
            asking: RecordQuery(lookup: lookup, proposals: proposals), suffixes: suffixes,
            comparesLegacy: comparesLegacy)
    }

    /// For callers whose look-up changes while the records stay.
    init(asking query: RecordQuery, suffixes: PublicSuffixList, comparesLegacy: Bool) {
        walking = PolicyDiscovery(method: .treeWalk, asking: query, suffixes: suffixes)
        listing =
            comparesLegacy
            ? PolicyDiscovery(method: .publicSuffixList, asking: query, suffixes: suffixes) : nil
    }

    /// Evaluates a message. `spf` is the evaluation of MAIL FROM, or of `postmaster` at the HELO
    /// name where MAIL FROM is empty: RFC 9989 §3.2.4 takes no other.
    public func evaluate(
        _ message: RawMessage, spf: SPFEvaluation?, dkim: [DKIMVerification]
    ) async -> DMARCEvaluation {
        await evaluate(AuthorDomains(message), spf: spf, dkim: dkim)
    }

    /// Evaluates each Author Domain; RFC 9989 §11.5 applies the strictest policy among those that
    /// fail. The message passes only when every one of them does.
    public func evaluate(
        _ authors: AuthorDomains, spf: SPFEvaluation?, dkim: [DKIMVerification]
    ) async -> DMARCEvaluation {
        var answers = RecordAnswers()
        return await evaluate(authors, spf: spf, dkim: dkim, answers: &answers)
    }

    /// The records on the way to the Author Domains' policies, which can be fetched before SPF and
    /// DKIM are done.
    func records(for authors: AuthorDomains) async -> RecordAnswers {
        var answers = RecordAnswers()
        for author in authors.domains {
            _ = await answers.policy(for: author, by: walking)
        }
        return answers
    }

    /// The same with the records that were fetched before.
    func evaluate(
        _ authors: AuthorDomains, spf: SPFEvaluation?, dkim: [DKIMVerification],
        answers: inout RecordAnswers
    ) async -> DMARCEvaluation {
        guard let first = authors.domains.first else {
            return DMARCEvaluation(
                .permerror,
                reason: authors.problem ?? "The message names no author.", authors: authors)
        }
        if authors.domains.count == 1, authors.defects.isEmpty {
            return await evaluate(first, authors, spf, dkim, &answers)
        }
        var evaluation = await evaluate(first, authors, spf, dkim, &answers)
        for author in authors.domains.dropFirst() {
            let next = await evaluate(author, authors, spf, dkim, &answers)
            if next.decides(over: evaluation) { evaluation = next }
        }
        guard let problem = authors.problem else { return evaluation }
        if evaluation.result != .fail, !authors.canPass {
            // §4.4: with a From field that is repeated or malformed nothing is aligned.
            evaluation.result = .permerror
            evaluation.reason = "\(problem) Nobody can say whom DMARC would vouch for."
        } else {
            evaluation.reason = "\(problem) \(evaluation.reason)"
        }
        return evaluation
    }

    private func evaluate(
        _ author: DomainName, _ authors: AuthorDomains, _ spf: SPFEvaluation?,
        _ dkim: [DKIMVerification], _ answers: inout RecordAnswers
    ) async -> DMARCEvaluation {
        let judgement = await judge(author, by: walking, spf, dkim, &answers)
        var discovery = DMARCDiscovery(judgement.found)
        if let listing {
            let legacy = await judge(author, by: listing, spf, dkim, &answers)
            discovery = DMARCDiscovery(
                judgement.found, legacy: legacy.found, legacyResult: legacy.result,
                divergence: judgement.divergence(from: legacy))
        }
        return DMARCEvaluation(
            judgement.result, statement: judgement.reason(spf, dkim), author: author,
            authors: authors, policy: judgement.applied, disposition: judgement.disposition,
            alignment: judgement.alignment, discovery: discovery)
    }

    private func judge(
        _ author: DomainName, by discovery: PolicyDiscovery, _ spf: SPFEvaluation?,
        _ dkim: [DKIMVerification], _ answers: inout RecordAnswers
    ) async -> DMARCJudgement {
        var judgement = DMARCJudgement(await answers.policy(for: author, by: discovery))
        guard judgement.found.isApplicable else { return judgement }
        var check = AlignmentCheck(discovery, policy: judgement.found)
        judgement.alignment.spf = await check.spf(spf, &answers)
        judgement.alignment.dkim = await check.dkim(dkim, &answers)
        return judgement
    }
}

extension DMARCEvaluation {
    /// Whether this Author Domain decides rather than another one: a failing one with the stricter
    /// policy, else the one that is furthest from a pass.
    fileprivate func decides(over other: DMARCEvaluation) -> Bool {
        if result == .fail, other.result == .fail { return disposition > other.disposition }
        return result.distanceFromPass > other.result.distanceFromPass
    }
}

extension DMARCResult {
    fileprivate var distanceFromPass: Int {
        switch self {
        case .pass: 0
        case .none: 1
        case .permerror: 2
        case .temperror: 3
        case .fail: 4
        }
    }
}
