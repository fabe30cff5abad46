internal import DNS
internal import Identities

/// Questions and their cost, and names made by macros.
extension SPFCheck {
    /// A name made of a domain-spec, or the end of the check.
    enum Expansion {
        case name(SPFName)
        case end(SPFResult, reason: String)
    }

    // MARK: DNS

    /// Asks for one name. Beyond the policy's number of questions every answer is a failure.
    mutating func ask(_ name: SPFName, _ type: RecordType) async -> DNSAnswer {
        queries += 1
        guard queries <= policy.queries else {
            return DNSAnswer(.failure("the check has asked too many questions"))
        }
        switch name {
        case .domain(let domain): return await lookup.lookUp(domain, type)
        case .octets(let name, _): return await lookup.lookUp(name, type)
        case .malformed: return DNSAnswer(.nameError)
        }
    }

    /// A for an IPv4 client, AAAA for an IPv6 client (RFC 7208 §5).
    var addressType: RecordType { values.client.isIPv4 ? .a : .aaaa }

    func failure(_ answer: DNSAnswer) -> String? {
        if case .failure(let cause) = answer.outcome { return cause }
        return nil
    }

    /// RFC 7208 §4.6.4: no records, or no such name.
    func isVoid(_ answer: DNSAnswer) -> Bool {
        switch answer.outcome {
        case .nameError, .noData: true
        case .records: answer.records.isEmpty
        case .failure: false
        }
    }

    /// RFC 7208 §5: a look-up that fails ends the check for now.
    func unanswered(_ name: SPFName, _ cause: String) -> Match {
        .end(
            .temperror,
            reason: "DNS gives no answer on “\(SPFExcerpt(name.text))”, which the SPF record of "
                + "\(values.domain) asks about: \(cause)")
    }

    // MARK: Limits

    /// Counts a term that may lead to look-ups; gives the reason when it is one too many.
    mutating func charge() -> String? {
        terms += 1
        current?.lookups += 1
        guard terms > policy.terms else { return nil }
        return "The SPF record of \(values.senderDomain) leads to more than \(policy.terms) "
            + "look-ups, which is the limit."
    }

    /// Counts the term under evaluation, once, as one whose look-ups find nothing.
    mutating func noteVoid() {
        guard current?.isVoid == false else { return }
        current?.isVoid = true
        voidTerms += 1
        guard voidTerms > policy.voidTerms else { return }
        excess =
            "More than \(policy.voidTerms) terms of the SPF record of \(values.senderDomain) "
            + "lead to names without an answer, which is the limit."
    }

    /// Whether questions were left unasked, even where a failed one does not end the check.
    func overspent() -> String? {
        guard queries > policy.queries else { return nil }
        return "The SPF record of \(values.senderDomain) leads to more than \(policy.queries) "
            + "questions to DNS."
    }

    // MARK: Macros

    /// Expands a domain-spec. For `p` the client's names are asked for, which counts as a look-up
    /// of its own the first time (RFC 7208 §4.6.4).
    mutating func expand(_ target: SPFMacroString) async -> Expansion {
        if target.letters.contains(0x70) {
            if validated == nil, let reason = charge() {
                return .end(.permerror, reason: reason)
            }
            await chooseValidatedName()
            if let excess { return .end(.permerror, reason: excess) }
            if let reason = overspent() { return .end(.temperror, reason: reason) }
        }
        let name = target.expandedName(values)
        if policy.keepsTrace { current?.target = name.text }
        return .name(name)
    }

    /// RFC 7208 §7.3: the domain itself, else a name below it, else any.
    private mutating func chooseValidatedName() async {
        let names = await validatedNames()
        let domain = SPFName(Array(values.domain.utf8)[...])
        let chosen =
            names.first { $0 == domain } ?? names.first { $0.isEqualOrBelow(domain) }
            ?? names.first
        values.validatedName = chosen?.text ?? "unknown"
    }

    // MARK: Explanation

    /// The domain's words for a fail, fetched once the result is known (RFC 7208 §6.2). Whatever is
    /// wrong with them, they are as if they were not there, and they count for no limit but that
    /// of questions.
    mutating func explanation(of finding: Finding) async -> String? {
        guard finding.result == .fail, let (target, domain) = finding.explanation else {
            return nil
        }
        // No term is charged any more.
        current = nil
        values.domain = domain
        if target.letters.contains(0x70) { await chooseValidatedName() }
        let answer = await ask(target.expandedName(values), .txt)
        guard answer.records.count == 1, case .txt(let strings) = answer.records[0].data else {
            return nil
        }
        let octets = Array(strings.joined())
        guard octets.count <= Limits.spfExplanationOctets,
            let text = try? SPFMacroString(octets: octets, .explanation)
        else { return nil }
        if text.letters.contains(0x70) { await chooseValidatedName() }
        return text.explanation(values)
    }
}
