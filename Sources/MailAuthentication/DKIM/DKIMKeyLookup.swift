import DNS
import Identities
import Synchronization

/// Fetches the keys that signatures name (RFC 6376 §3.6.2.1), and remembers them in parsed form.
///
/// The DNS is asked each time, because how long an answer holds is the resolver's business; what is
/// saved is reading the key again while its record stays the same.
struct DKIMKeyLookup: Sendable {
    private let lookup: any DNSLookup
    private let cache = DKIMKeyCache()

    init(lookup: any DNSLookup) {
        self.lookup = lookup
    }

    /// The first usable key under the name, else what is wrong with the first record.
    func find(selector: String, domain: DomainName) async -> DKIMKeyAnswer {
        let answers = await findAll(selector: selector, domain: domain)
        let usable = answers.first {
            if case .key = $0 { true } else { false }
        }
        return usable ?? answers[0]
    }

    /// What each record under the name says, at least one answer. Several records are against
    /// RFC 6376 §3.6.2.2, which leaves the outcome open; §6.1.2 lets a verifier try each.
    func findAll(selector: String, domain: DomainName) async -> [DKIMKeyAnswer] {
        guard let name = DomainName("\(selector)._domainkey.\(domain.text)") else {
            return [.unusable(reason: "The key's name is not a domain name.", bits: nil)]
        }
        let answer = await lookup.lookUp(name, .txt)
        switch answer.outcome {
        case .failure(let reason): return [.temporary(reason: reason)]
        case .noData, .nameError: return [.missing]
        case .records: break
        }
        let records = answer.records.compactMap { record -> [[UInt8]]? in
            guard case .txt(let strings) = record.data else { return nil }
            return strings
        }
        guard !records.isEmpty else { return [.missing] }
        return cache.keys(name, records).map { $0.answer(answer.isAuthenticated) }
    }
}

/// Parsed keys by name, each good as long as the text of its records is the same.
private final class DKIMKeyCache: Sendable {
    struct Entry {
        let records: [[[UInt8]]]
        let keys: [ParsedKey]
    }

    /// Two halves: when the young one is full it becomes the old one, and what was old and not
    /// asked for since is forgotten.
    struct Halves {
        var young: [DomainName: Entry] = [:]
        var old: [DomainName: Entry] = [:]

        mutating func find(_ name: DomainName) -> Entry? {
            if let entry = young[name] { return entry }
            guard let entry = old[name] else { return nil }
            keep(entry, for: name)
            return entry
        }

        mutating func keep(_ entry: Entry, for name: DomainName) {
            if young.count >= Limits.dkimCachedKeys / 2 {
                old = young
                young = [:]
            }
            young[name] = entry
        }
    }

    private let halves = Mutex(Halves())

    func keys(_ name: DomainName, _ records: [[[UInt8]]]) -> [ParsedKey] {
        if let known = halves.withLock({ $0.find(name) }), known.records == records {
            return known.keys
        }
        // An attacker's records must not push out others: what is too large is not kept.
        let size = records.reduce(0) { $1.reduce($0) { $0 + $1.count } }
        let keys = records.prefix(Limits.dkimKeyRecords).map(ParsedKey.init)
        guard size <= Limits.dkimCachedRecordOctets else { return keys }
        halves.withLock { $0.keep(Entry(records: records, keys: keys), for: name) }
        return keys
    }
}

/// A key record that was read, whatever came of it.
private enum ParsedKey: Sendable {
    case key(VerifyingKey, DKIMKeyRecord)
    case unusable(reason: String, bits: Int?)
    case revoked

    init(_ strings: [[UInt8]]) {
        guard strings.reduce(0, { $0 + $1.count }) <= Limits.dkimKeyRecordOctets else {
            let reason = "The key record is longer than \(Limits.dkimKeyRecordOctets) octets."
            self = .unusable(reason: reason, bits: nil)
            return
        }
        switch DKIMKeyRecord.parse(Array(strings.joined())) {
        case .invalid(let reason): self = .unusable(reason: reason, bits: nil)
        case .record(let record) where record.isRevoked: self = .revoked
        case .record(let record):
            do {
                if let key = try record.verifyingKey() {
                    self = .key(key, record)
                } else {
                    let reason = "The key is of an unknown kind (k=\(record.keyType.prefix(40)))."
                    self = .unusable(reason: reason, bits: nil)
                }
            } catch {
                self = .unusable(reason: error.reason, bits: error.bits)
            }
        }
    }

    func answer(_ isAuthenticated: Bool) -> DKIMKeyAnswer {
        switch self {
        case .key(let key, let record): .key(key, record, isAuthenticated: isAuthenticated)
        case .unusable(let reason, let bits): .unusable(reason: reason, bits: bits)
        case .revoked: .revoked
        }
    }
}
