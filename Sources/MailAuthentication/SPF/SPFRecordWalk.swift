public import DNS
public import Identities

/// What an SPF record leads to, without any mail: every `include` and `redirect` is followed, so
/// that a fault in somebody else's record is known before mail fails for it.
public struct SPFRecordWalk: Sendable {
    /// Something that makes a receiver stop with a permerror (RFC 7208 §2.6.7).
    public struct Fault: Hashable, Sendable, Codable {
        /// From the domain to the record with the fault.
        public var path: [String]
        /// One plain sentence.
        public var reason: String

        public init(path: [String], reason: String) {
            self.path = path
            self.reason = reason
        }

        /// Where and why, for a person.
        public var sentence: String {
            path.count == 1 ? reason : "\(path.joined(separator: " → ")): \(reason)"
        }
    }

    /// What was found.
    public struct Finding: Hashable, Sendable, Codable {
        /// False where the domain has no SPF record at all.
        public var hasRecord: Bool
        /// Look-ups for a sender that no term names, at most (RFC 7208 §4.6.4).
        public var lookups: Int
        public var faults: [Fault]
        /// Names whose records DNS did not tell, or that mail alone makes: what stands there is
        /// not known.
        public var unknown: [String]

        public init(
            hasRecord: Bool = false, lookups: Int = 0, faults: [Fault] = [], unknown: [String] = []
        ) {
            self.hasRecord = hasRecord
            self.lookups = lookups
            self.faults = faults
            self.unknown = unknown
        }
    }

    /// Records read for one domain: far more than a record may lead to.
    public static let mostRecords = 40
    /// Names that DNS did not answer for before no more is asked: each may take its whole time.
    public static let mostFailures = 2

    private let lookup: any DNSLookup

    public init(lookup: any DNSLookup) {
        self.lookup = lookup
    }

    /// Follows the record of a domain. Asks DNS at most `mostRecords` times.
    public func walk(_ domain: DomainName) async -> Finding {
        var walk = Walk(lookup: lookup)
        await walk.read(domain, [], isOwn: true)
        let lookups = walk.finding.lookups
        if lookups > Limits.spfTerms, walk.finding.faults.isEmpty {
            walk.finding.faults.append(
                Fault(
                    path: [domain.text],
                    reason: "It takes \(lookups) look-ups in DNS, and receivers stop with an error "
                        + "after \(Limits.spfTerms)."))
        }
        return walk.finding
    }

    private struct Walk {
        let lookup: any DNSLookup
        var finding = Finding()
        var records = 0
        var failures = 0

        mutating func read(_ domain: DomainName, _ above: [String], isOwn: Bool) async {
            let path = above + [domain.text]
            guard !above.contains(domain.text) else {
                return add(path, "It leads back to itself, without an end.")
            }
            guard failures < SPFRecordWalk.mostFailures else {
                finding.unknown.append(domain.text)
                return
            }
            guard records < SPFRecordWalk.mostRecords else {
                // Beyond any limit of receivers: the count of look-ups says so already.
                return
            }
            records += 1
            let answer = await lookup.lookUp(domain, .txt)
            if case .failure = answer.outcome {
                failures += 1
                finding.unknown.append(domain.text)
                return
            }
            let texts = answer.records.compactMap { record -> [[UInt8]]? in
                guard case .txt(let strings) = record.data else { return nil }
                return strings
            }
            switch SPFRecordSelection(texts) {
            case .none:
                // RFC 7208 §5.2: an include without a record is an error, an own one is none.
                if !isOwn { add(path, "No SPF record is published there.") }
            case .several(let count):
                finding.hasRecord = true
                add(path, "\(count) SPF records are published there, and only one may be.")
            case .faulty(_, let error):
                finding.hasRecord = true
                add(path, "It cannot be read: \(error.reason)")
            case .record(let record):
                finding.hasRecord = true
                await follow(record.value, path)
            }
        }

        private mutating func follow(_ record: SPFRecord, _ path: [String]) async {
            // Behind "all" nothing is looked at, "redirect" included (RFC 7208 §5.1, §6.1).
            var hasAll = false
            for term in record.terms where !hasAll {
                switch term.kind {
                case .directive(_, .all): hasAll = true
                case .directive(_, .include(let target)):
                    finding.lookups += 1
                    await follow(target, path)
                case .directive:
                    if term.costsLookup { finding.lookups += 1 }
                case .redirect, .explanation, .unknownModifier: break
                }
            }
            if !hasAll, let target = record.redirect {
                finding.lookups += 1
                await follow(target, path)
            }
        }

        private mutating func follow(_ target: SPFMacroString, _ path: [String]) async {
            switch target.name {
            case .domain(let domain): await read(domain, path, isOwn: false)
            case .octets, .malformed:
                add(path, "\(SPFExcerpt(target.octets)) is no name that can be asked for.")
            case nil: finding.unknown.append("\(SPFExcerpt(target.octets))")
            }
        }

        private mutating func add(_ path: [String], _ reason: String) {
            finding.faults.append(Fault(path: path, reason: reason))
        }
    }
}
