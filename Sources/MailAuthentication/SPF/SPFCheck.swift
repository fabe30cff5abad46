internal import DNS
internal import Identities

/// One run of `check_host()` (RFC 7208 §4) with what it has cost so far. The limits hold for the
/// whole run, however deep the records lead.
struct SPFCheck {
    /// What came of one record.
    struct Finding {
        var result: SPFResult
        /// One plain sentence.
        var reason: String
        var trace: SPFTrace?
        /// Whether the question for the record found nothing at all.
        var isVoid = false
        /// `exp=` of the record whose mechanism failed the client, and that record's domain.
        var explanation: (text: SPFMacroString, domain: String)?
    }

    /// What came of one mechanism.
    enum Match {
        case match
        case noMatch
        /// The check ends with this result, and this is why.
        case end(SPFResult, reason: String)
    }

    let lookup: any DNSLookup
    let records: SPFRecordSelection.Cache
    let policy: SPFPolicy
    var values: SPFMacroValues
    /// Terms that were charged.
    var terms = 0
    /// Terms whose look-ups found nothing.
    var voidTerms = 0
    /// DNS questions asked.
    var queries = 0
    /// The term under evaluation, when it may lead to look-ups: what it was charged, and whether it
    /// has been counted as void.
    var current: Charge?
    /// Why the check ends at once: one void term too many.
    var excess: String?
    /// The client's names, once asked for, and whether a question about them found nothing.
    var validated: (names: [SPFName], isVoid: Bool)?

    struct Charge {
        var lookups = 0
        var isVoid = false
        var target: String?
        var note = ""
        var inner: SPFTrace?
    }

    init(
        lookup: any DNSLookup, records: SPFRecordSelection.Cache, policy: SPFPolicy,
        values: SPFMacroValues
    ) {
        self.lookup = lookup
        self.records = records
        self.policy = policy
        self.values = values
    }

    // MARK: A record

    /// Asks for the record of one domain and walks through it.
    mutating func run(_ domain: SPFName) async -> Finding {
        guard domain.isMultiLabel else {
            return finding(
                .none, domain, "“\(SPFExcerpt(domain.text))” is no domain name with SPF.")
        }
        let answer = await ask(domain, .txt)
        if case .failure(let cause) = answer.outcome {
            return finding(
                .temperror, domain,
                "DNS gives no answer on the SPF record of \(domain.text): \(cause)")
        }
        let record: SPFRecord
        switch select(answer, domain) {
        case .record(let found): record = found
        case .none: return withoutRecord(answer, domain)
        case .several(let count):
            return finding(
                .permerror, domain,
                "\(domain.text) has \(count) SPF records, and one is allowed.",
                isAuthenticated: answer.isAuthenticated)
        case .faulty(let octets, let error):
            return finding(
                .permerror, domain, "The SPF record of \(domain.text) is faulty. \(error.reason)",
                record: octets, isAuthenticated: answer.isAuthenticated)
        }
        var trace: SPFTrace?
        if policy.keepsTrace {
            trace = SPFTrace(
                domain: domain.text, record: record.text, result: .neutral,
                isAuthenticated: answer.isAuthenticated)
            trace?.terms.reserveCapacity(record.terms.count)
        }
        let outer = values.domain
        values.domain = domain.text
        var finding = await walk(record, domain, &trace)
        values.domain = outer
        trace?.result = finding.result
        finding.trace = trace
        return finding
    }

    private func select(_ answer: DNSAnswer, _ domain: SPFName) -> SPFRecordSelection {
        if case .domain(let name) = domain {
            return records.reading(of: name, in: answer, SPFRecordSelection.init)
        }
        return SPFRecordSelection(
            answer.records.compactMap {
                if case .txt(let strings) = $0.data { strings } else { nil }
            })
    }

    private func withoutRecord(_ answer: DNSAnswer, _ domain: SPFName) -> Finding {
        var finding = finding(
            .none, domain,
            answer.outcome == .nameError
                ? "The domain \(domain.text) does not exist."
                : "The domain \(domain.text) has no SPF record.",
            isAuthenticated: answer.isAuthenticated)
        finding.isVoid = answer.records.isEmpty
        return finding
    }

    private func finding(
        _ result: SPFResult, _ domain: SPFName, _ reason: String, record: [UInt8]? = nil,
        isAuthenticated: Bool = false
    ) -> Finding {
        var finding = Finding(result: result, reason: reason)
        if policy.keepsTrace {
            finding.trace = SPFTrace(
                domain: domain.text, record: record.map { String(decoding: $0, as: UTF8.self) },
                result: result, isAuthenticated: isAuthenticated)
        }
        return finding
    }

    // MARK: Its terms

    /// Tries the mechanisms in their order, and then the redirect (RFC 7208 §4.6.2 and §6.1).
    private mutating func walk(
        _ record: SPFRecord, _ domain: SPFName, _ trace: inout SPFTrace?
    ) async -> Finding {
        var ended: Finding?
        var redirect: (place: Int, domain: SPFMacroString)?
        for (term, text) in zip(record.terms, record.termTexts) {
            guard ended == nil else {
                trace?.terms.append(.init(text: text, outcome: .notEvaluated))
                continue
            }
            let qualifier: SPFRecord.Qualifier
            let match: Match
            current = nil
            switch term.kind {
            case .directive(let sign, .ip4(let network)):
                (qualifier, match) = (sign, isClient(in: network, isIPv4: true))
            case .directive(let sign, .ip6(let network)):
                (qualifier, match) = (sign, isClient(in: network, isIPv4: false))
            case .directive(let sign, .all): (qualifier, match) = (sign, .match)
            case .directive(let sign, let mechanism):
                current = Charge()
                (qualifier, match) = (sign, await evaluate(mechanism, domain))
            case .redirect(let target):
                redirect = (trace?.terms.count ?? 0, target)
                fallthrough
            default:
                trace?.terms.append(.init(text: text, outcome: .notEvaluated))
                continue
            }
            if trace != nil { trace?.terms.append(note(match, of: text)) }
            switch match {
            case .noMatch: continue
            case .match:
                ended = Finding(
                    result: qualifier.result,
                    reason: sentence(qualifier.result, domain, text))
                if qualifier == .fail, let text = record.explanation {
                    ended?.explanation = (text, domain.text)
                }
            case .end(let result, let reason):
                ended = Finding(result: result, reason: reason)
            }
        }
        if let ended { return ended }
        guard let redirect else {
            return Finding(
                result: .neutral,
                reason: "The SPF record of \(domain.text) says nothing about \(values.client).")
        }
        current = Charge()
        let finding = await follow(redirect.domain, of: domain)
        if trace != nil, let outcome = Self.outcome(of: finding.result) {
            trace?.terms[redirect.place].outcome = outcome
            trace?.terms[redirect.place].target = current?.target
            trace?.terms[redirect.place].lookups = current?.lookups ?? 0
            trace?.terms[redirect.place].inner = finding.trace
            trace?.terms[redirect.place].note = "No other term matched, so its record decides."
        }
        return finding
    }

    /// `redirect=` (RFC 7208 §6.1): the other record's result is the result, and its `exp=` the
    /// explanation.
    private mutating func follow(_ target: SPFMacroString, of domain: SPFName) async -> Finding {
        if let reason = charge() { return Finding(result: .permerror, reason: reason) }
        let name: SPFName
        switch await expand(target) {
        case .name(let expanded): name = expanded
        case .end(let result, let reason): return Finding(result: result, reason: reason)
        }
        let charged = current
        var finding = await run(name)
        current = charged
        if finding.isVoid { noteVoid() }
        finding.isVoid = false
        guard finding.result == .none else { return finding }
        finding.result = .permerror
        finding.reason =
            "The SPF record of \(domain.text) hands over to “\(SPFExcerpt(name.text))”, "
            + "which has none."
        return finding
    }

    /// Why a match gave this result.
    private func sentence(_ result: SPFResult, _ domain: SPFName, _ term: String) -> String {
        let client = values.client.description
        let domain = domain.text
        return switch result {
        case .pass: "\(client) may send for \(domain): its SPF record has \(term)."
        case .fail: "\(client) may not send for \(domain): its SPF record says \(term)."
        case .softfail:
            "\(client) should probably not send for \(domain): its SPF record says \(term)."
        default: "\(domain) leaves open whether \(client) may send for it: \(term)."
        }
    }

    private func note(_ match: Match, of text: String) -> SPFTrace.Term {
        var term = SPFTrace.Term(text: text, outcome: .match)
        if let current {
            (term.target, term.note) = (current.target, current.note)
            (term.lookups, term.inner) = (current.lookups, current.inner)
        }
        switch match {
        case .match: break
        case .noMatch: term.outcome = .noMatch
        case .end(let result, let reason):
            term.outcome = result == .temperror ? .temperror : .permerror
            term.note = reason
        }
        return term
    }

    /// `ip4` and `ip6` (RFC 7208 §5.6): each for clients of its own family.
    private func isClient(in network: IPNetwork, isIPv4: Bool) -> Match {
        values.client.isIPv4 == isIPv4 && network.contains(values.client) ? .match : .noMatch
    }

    private static func outcome(of result: SPFResult) -> SPFTrace.Outcome? {
        switch result {
        case .temperror: .temperror
        case .permerror: .permerror
        default: .match
        }
    }
}
