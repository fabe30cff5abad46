public import DNS
public import Identities

/// Finds the BIMI record for an author (§7.2): at the author's domain, then at its Organizational
/// Domain.
public struct BIMIDiscovery: Sendable {
    private let lookup: any DNSLookup

    public init(lookup: any DNSLookup) {
        self.lookup = lookup
    }

    /// What was found.
    public struct Finding: Hashable, Sendable {
        public enum Outcome: Hashable, Sendable {
            case record(BIMIRecord)
            case none
            /// The record cannot be used, or there are several.
            case invalid
            /// The DNS failed: ask again later.
            case temporary
        }

        public var outcome: Outcome
        /// The domain below which the record lies.
        public var domain: DomainName
        public var selector: BIMISelector
        /// Each name that was asked for, in order; at most four.
        public var asked: [DomainName]
        /// One plain sentence.
        public var reason: String
    }

    /// `localPart` is that of the author's address, for records with an `lps` tag.
    public func find(
        author: DomainName, organizationalDomain: DomainName, selector: BIMISelector,
        localPart: String
    ) async -> Finding {
        var asked: [DomainName] = []
        var finding = await find(at: author, selector, localPart, &asked)
        if case .none = finding.outcome, organizationalDomain != author {
            finding = await find(at: organizationalDomain, selector, localPart, &asked)
            if case .none = finding.outcome {
                finding.reason =
                    "There is no BIMI record at \(author) and none at \(organizationalDomain)"
                    + " (selector \(selector.name))."
            }
        }
        finding.asked = asked
        return finding
    }

    private func find(
        at domain: DomainName, _ selector: BIMISelector, _ localPart: String,
        _ asked: inout [DomainName]
    ) async -> Finding {
        let finding = await ask(domain, selector, &asked)
        guard case .record(let record) = finding.outcome,
            let prefixes = record.localPartPrefixes,
            let own = LocalPartSelector.selector(for: localPart, prefixes: prefixes),
            let name = own.recordName(below: domain), !asked.contains(name)
        else { return finding }
        let special = await ask(domain, own, &asked)
        // Without a valid record of its own, the local part has the one that named it.
        switch special.outcome {
        case .record, .temporary: return special
        case .none, .invalid: return finding
        }
    }

    private func ask(
        _ domain: DomainName, _ selector: BIMISelector, _ asked: inout [DomainName]
    ) async -> Finding {
        func told(_ outcome: Finding.Outcome, _ reason: String) -> Finding {
            Finding(
                outcome: outcome, domain: domain, selector: selector, asked: [], reason: reason)
        }
        guard let name = selector.recordName(below: domain) else {
            return told(.none, "The selector is too long for a name below \(domain).")
        }
        asked.append(name)
        let answer = await lookup.lookUp(name, .txt)
        if case .failure(let cause) = answer.outcome {
            return told(.temporary, "The DNS gave no answer for \(name): \(cause.reasonExcerpt)")
        }
        var found: [BIMIRecordParser.Outcome] = []
        for text in answer.texts {
            let outcome = BIMIRecordParser.parse(text)
            if outcome != .otherText { found.append(outcome) }
        }
        guard found.count < 2 else {
            return told(
                .invalid, "There are \(found.count) BIMI records at \(name); one is allowed.")
        }
        switch found.first {
        case .record(let record): return told(.record(record), "The BIMI record is at \(name).")
        case .invalid(let reason): return told(.invalid, reason)
        case .otherText, nil: return told(.none, "There is no BIMI record at \(name).")
        }
    }
}
