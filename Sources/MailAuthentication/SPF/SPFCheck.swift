internal import DNS
internal import Identities

/// One run of `check_host()` (RFC 7208 §4) with what it has cost so far. The limits hold for the
/// whole run, however deep the records lead.
struct SPFCheck {
    /// What came of one record.
    struct Finding {
        var result: SPFResult
        var reason: SPFReason
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

    struct Charge: Sendable {
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
        let record: Boxed<SPFRecord>
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
        var notes: [SPFTermNote] = []
        let outer = values.domain
        values.domain = domain.text
        var finding = await walk(record.value, domain, &notes)
        values.domain = outer
        if policy.keepsTrace {
            finding.trace = SPFTrace(
                domain: domain.text, record, notes, result: finding.result,
                isAuthenticated: answer.isAuthenticated)
        }
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
        var finding = Finding(result: result, reason: .text(reason))
        if policy.keepsTrace {
            finding.trace = SPFTrace(
                domain: domain.text, record: record.map { String(decoding: $0, as: UTF8.self) },
                result: result, isAuthenticated: isAuthenticated)
        }
        return finding
    }

    // MARK: Its terms

    /// Tries the mechanisms in their order, and then the redirect (RFC 7208 §4.6.2 and §6.1). Leaves
    /// a note for each term that it comes to.
    private mutating func walk(
        _ record: SPFRecord, _ domain: SPFName, _ notes: inout [SPFTermNote]
    ) async -> Finding {
        var redirect: (place: Int, domain: SPFMacroString)?
        for place in record.terms.indices {
            let qualifier: SPFRecord.Qualifier
            let match: Match
            current = nil
            switch record.terms[place].kind {
            case .directive(let sign, .ip4(let network)):
                (qualifier, match) = (sign, isClient(in: network, isIPv4: true))
            case .directive(let sign, .ip6(let network)):
                (qualifier, match) = (sign, isClient(in: network, isIPv4: false))
            case .directive(let sign, .all): (qualifier, match) = (sign, .match)
            case .directive(let sign, let mechanism):
                current = Charge()
                (qualifier, match) = (sign, await evaluate(mechanism, domain))
            case .redirect(let target):
                redirect = (place, target)
                fallthrough
            default:
                if policy.keepsTrace { notes.append(SPFTermNote(.notEvaluated)) }
                continue
            }
            if policy.keepsTrace { notes.append(note(match)) }
            switch match {
            case .noMatch: continue
            case .match:
                var finding = Finding(
                    result: qualifier.result,
                    reason: .match(
                        qualifier.result, domain: domain.text, term: record.termTexts[place],
                        client: values.client))
                if qualifier == .fail, let text = record.explanation {
                    finding.explanation = (text, domain.text)
                }
                return finding
            case .end(let result, let reason):
                return Finding(result: result, reason: .text(reason))
            }
        }
        guard let redirect else {
            return Finding(
                result: .neutral,
                reason: .text(
                    "The SPF record of \(domain.text) says nothing about \(values.client)."))
        }
        current = Charge()
        let finding = await follow(redirect.domain, of: domain)
        if policy.keepsTrace {
            var charge = current ?? Charge()
            charge.inner = finding.trace
            charge.note = "No other term matched, so its record decides."
            notes[redirect.place] = SPFTermNote(Self.outcome(of: finding.result), charge)
        }
        return finding
    }

    /// `redirect=` (RFC 7208 §6.1): the other record's result is the result, and its `exp=` the
    /// explanation.
    private mutating func follow(_ target: SPFMacroString, of domain: SPFName) async -> Finding {
        if let reason = charge() { return Finding(result: .permerror, reason: .text(reason)) }
        let name: SPFName
        switch await expand(target) {
        case .name(let expanded): name = expanded
        case .end(let result, let reason): return Finding(result: result, reason: .text(reason))
        }
        let charged = current
        var finding = await run(name)
        current = charged
        if finding.isVoid { noteVoid() }
        finding.isVoid = false
        guard finding.result == .none else { return finding }
        finding.result = .permerror
        finding.reason = .text(
            "The SPF record of \(domain.text) hands over to “\(SPFExcerpt(name.text))”, "
                + "which has none.")
        return finding
    }

    private func note(_ match: Match) -> SPFTermNote {
        switch match {
        case .match: return SPFTermNote(.match, current)
        case .noMatch: return SPFTermNote(.noMatch, current)
        case .end(let result, let reason):
            var charge = current ?? Charge()
            charge.note = reason
            return SPFTermNote(result == .temperror ? .temperror : .permerror, charge)
        }
    }

    /// `ip4` and `ip6` (RFC 7208 §5.6): each for clients of its own family.
    private func isClient(in network: IPNetwork, isIPv4: Bool) -> Match {
        values.client.isIPv4 == isIPv4 && network.contains(values.client) ? .match : .noMatch
    }

    private static func outcome(of result: SPFResult) -> SPFTrace.Outcome {
        switch result {
        case .temperror: .temperror
        case .permerror: .permerror
        default: .match
        }
    }
}
