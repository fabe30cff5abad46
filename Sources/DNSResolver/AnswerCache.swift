internal import DNS
internal import Identities

/// Answers kept for their time to live, within a number of entries and of octets.
///
/// Two generations: what is used moves to the young one, and when that is full the old one is
/// dropped whole, so that no operation takes longer as the cache grows.
struct AnswerCache {
    struct Key: Hashable, Sendable {
        /// Text is compared faster than octets in which case does not count, and nearly all names
        /// are domain names.
        private enum Name: Hashable {
            case domain(DomainName)
            case octets(DNSName)
        }

        private let key: Name
        let type: RecordType

        init(_ name: DomainName, _ type: RecordType) {
            key = .domain(name)
            self.type = type
        }

        init(_ name: DNSName, _ type: RecordType) {
            key = name.domainName.map(Name.domain) ?? .octets(name)
            self.type = type
        }

        var name: DNSName {
            switch key {
            case .domain(let name): DNSName(name)
            case .octets(let name): name
            }
        }
    }

    private struct Entry {
        let answer: DNSAnswer
        let storedAt: Duration
        let octets: Int
    }

    private struct Generation {
        var entries: [Key: Entry] = [:]
        var octets = 0

        mutating func put(_ entry: Entry, _ key: Key) {
            octets += entry.octets - (entries.updateValue(entry, forKey: key)?.octets ?? 0)
        }

        mutating func take(_ key: Key) -> Entry? {
            guard let entry = entries.removeValue(forKey: key) else { return nil }
            octets -= entry.octets
            return entry
        }
    }

    private let entryLimit: Int
    private let octetLimit: Int
    private var young = Generation()
    private var old = Generation()

    init(entryLimit: Int, octetLimit: Int) {
        self.entryLimit = entryLimit
        self.octetLimit = octetLimit
    }

    var count: Int { young.entries.count + old.entries.count }

    /// The answer with the time that is left to it.
    mutating func answer(_ key: Key, now: Duration) -> DNSAnswer? {
        var entry = young.entries[key]
        if entry == nil, let found = old.take(key) {
            entry = found
            keep(found, key)
        }
        guard let entry else { return nil }
        let age = max(0, (now - entry.storedAt).components.seconds)
        guard age < Int64(entry.answer.timeToLive) else {
            _ = young.take(key)
            return nil
        }
        var answer = entry.answer
        let passed = UInt32(clamping: age)
        answer.timeToLive -= passed
        for index in answer.records.indices {
            let left = answer.records[index].timeToLive
            answer.records[index].timeToLive = left - min(left, passed)
        }
        return answer
    }

    mutating func store(_ answer: DNSAnswer, _ key: Key, now: Duration) {
        guard answer.timeToLive > 0, entryLimit > 0 else { return }
        let octets =
            200 + key.name.wire.count + 100 * answer.aliases.count
            + answer.records.reduce(0) { $0 + 150 + $1.data.wire.count + $1.name.wire.count }
        guard octets <= octetLimit / 4 else { return }
        _ = old.take(key)
        keep(Entry(answer: answer, storedAt: now, octets: octets), key)
    }

    private mutating func keep(_ entry: Entry, _ key: Key) {
        young.put(entry, key)
        if young.entries.count * 2 >= entryLimit || young.octets * 2 >= octetLimit {
            old = young
            young = Generation()
        }
    }

    mutating func removeAll() {
        young = Generation()
        old = Generation()
    }
}
