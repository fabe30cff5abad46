public import Identities

/// Tells, at any time, which of a domain's DKIM keys signs, which records stand in the DNS and
/// until when, and when the next key is due.
///
/// A key's life: its record is published; after `lead` it signs; after `interval` a new key takes
/// its place; for `grace` its record stays, because mail is still on its way; for `mourning` the
/// record says that the key is revoked (`p=` empty, RFC 6376 §3.6.1); then it is removed.
public struct SelectorRotation: Sendable {
    /// One key of the domain under its selector. `key` stays out of the DNS.
    public struct Selector: Sendable {
        /// The selector, `s=`.
        public let name: String
        /// Both halves of the key.
        public let key: SigningKey
        /// When its record was published, in seconds since 1970.
        public let publishedAt: Int64

        /// A selector as it was published.
        public init(name: String, key: SigningKey, publishedAt: Int64) {
            self.name = name
            self.key = key
            self.publishedAt = publishedAt
        }
    }

    /// One TXT record to hold in the DNS.
    public struct Record: Hashable, Sendable {
        /// `selector._domainkey.domain`.
        public let name: DomainName
        /// The text to publish.
        public let text: String
        /// When the record changes or goes, in seconds since 1970; nil while nothing is planned.
        public let until: Int64?
    }

    /// What holds at one time.
    public struct Plan: Sendable {
        /// The keys that sign now: for each kind the newest that may.
        public let signing: [Selector]
        /// Every record that must stand in the DNS now.
        public let records: [Record]
        /// Selectors whose records and keys may be forgotten.
        public let expired: [String]
        /// The kinds of key for which a new one is to be made and published now.
        public let due: [KeyType]
        /// When to ask again, in seconds since 1970; nil when nothing will change by itself.
        public let nextChange: Int64?
    }

    /// Whose keys they are.
    public let domain: DomainName
    /// The start of every selector's name.
    public var prefix = "sg"
    /// The kinds of key that the domain signs with.
    public var types: [KeyType] = [.rsa]
    /// Seconds for which a key signs.
    public var interval: Int64 = 180 * 86_400
    /// Seconds from publishing to first use: secondaries and caches must know the record.
    public var lead: Int64 = 2 * 86_400
    /// Seconds for which the record of a replaced key stays.
    public var grace: Int64 = 14 * 86_400
    /// Seconds for which a key is then shown as revoked.
    public var mourning: Int64 = 30 * 86_400

    /// A rotation with the usual times.
    public init(domain: DomainName) {
        self.domain = domain
    }

    /// What is to be done at `now`, in seconds since 1970, with these selectors.
    public func plan(for selectors: [Selector], now: Int64) -> Plan {
        var signing: [Selector] = []
        var records: [Record] = []
        var expired: [String] = []
        var due: [KeyType] = []
        var changes: [Int64] = []
        for type in KeyType.allCases {
            let line = selectors.filter { $0.key.type == type }
                .sorted { ($0.publishedAt, $0.name) < ($1.publishedAt, $1.name) }
            let current =
                line.lastIndex { later($0.publishedAt, lead) <= now }
                ?? (line.isEmpty ? nil : 0)
            if types.contains(type) {
                if let current { signing.append(line[current]) }
                let nextDue = line.last.map { later(later($0.publishedAt, interval), -lead) } ?? now
                if nextDue <= now { due.append(type) } else { changes.append(nextDue) }
            }
            for (index, selector) in line.enumerated() {
                let replacedAt =
                    index + 1 < line.count ? later(line[index + 1].publishedAt, lead) : nil
                let (text, until) = state(selector, replacedAt: replacedAt, now)
                if let until { changes.append(until) }
                guard let text else {
                    expired.append(selector.name)
                    continue
                }
                if let name = recordName(selector.name) {
                    records.append(Record(name: name, text: text, until: until))
                }
            }
            if let last = line.last, later(last.publishedAt, lead) > now {
                changes.append(later(last.publishedAt, lead))
            }
        }
        return Plan(
            signing: signing, records: records, expired: expired, due: due,
            nextChange: changes.filter { $0 > now }.min())
    }

    /// Makes the next key under a name that is not in use: prefix, day number, kind and, when it is
    /// needed, a counter. The caller keeps the key safe and publishes its record.
    public func next(
        _ type: KeyType, bits: Int = 2_048, after selectors: [Selector], now: Int64
    ) throws(KeyError) -> Selector {
        let base = "\(prefix)\(max(0, now) / 86_400)\(type == .rsa ? "r" : "e")"
        let taken = Set(selectors.map(\.name))
        var name = base
        var number = 2
        while taken.contains(name) {
            name = "\(base)\(number)"
            number += 1
        }
        return Selector(
            name: name, key: try SigningKey.generate(type, bits: bits), publishedAt: now)
    }

    /// The record's text now, nil when it goes, and until when that holds.
    private func state(
        _ selector: Selector, replacedAt: Int64?, _ now: Int64
    ) -> (text: String?, until: Int64?) {
        guard let replacedAt else { return (selector.key.keyRecord, nil) }
        let revokedAt = later(replacedAt, grace)
        if now < revokedAt { return (selector.key.keyRecord, revokedAt) }
        let removedAt = later(revokedAt, mourning)
        if now < removedAt {
            return ("v=DKIM1; k=\(selector.key.type.rawValue); p=", removedAt)
        }
        return (nil, nil)
    }

    private func recordName(_ selector: String) -> DomainName? {
        DomainName("\(selector)._domainkey.\(domain)")
    }

    private func later(_ time: Int64, _ seconds: Int64) -> Int64 {
        let (sum, isTooLarge) = time.addingReportingOverflow(seconds)
        return isTooLarge ? (seconds < 0 ? Int64.min : Int64.max) : sum
    }
}
