import DNS
import Identities

/// Fetches the keys that signatures name (RFC 6376 §3.6.2.1), and remembers them in parsed form.
///
/// The DNS is asked each time, because how long an answer holds is the resolver's business; what is
/// saved is reading the key again while its record stays the same.
struct DKIMKeyLookup: Sendable {
    /// Parsed keys, for look-ups to share.
    typealias Cache = TextRecordCache<[ParsedKey]>

    private let lookup: any DNSLookup
    private let cache: Cache

    init(lookup: any DNSLookup) {
        self.init(lookup: lookup, cache: Self.makeCache())
    }

    /// For callers whose look-up changes while the keys stay.
    init(lookup: any DNSLookup, cache: Cache) {
        self.lookup = lookup
        self.cache = cache
    }

    static func makeCache() -> Cache {
        Cache(names: Limits.dkimCachedKeys, octets: Limits.dkimCachedRecordOctets)
    }

    var answersAtOnce: Bool { lookup.answersAtOnce }

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
        guard let name = domain.adding(labels: selector, "_domainkey") else {
            return [.unusable(reason: "The key's name is not a domain name.", bits: nil)]
        }
        let answer = await lookup.lookUp(name, .txt)
        switch answer.outcome {
        case .failure(let reason): return [.temporary(reason: reason)]
        case .noData, .nameError: return [.missing]
        case .records: break
        }
        let keys = cache.reading(of: name, in: answer) { records in
            records.prefix(Limits.dkimKeyRecords).map(ParsedKey.init)
        }
        guard !keys.isEmpty else { return [.missing] }
        return keys.map { $0.answer(answer.isAuthenticated) }
    }
}

/// A key record that was read, whatever came of it.
enum ParsedKey: Sendable {
    case key(VerifyingKey, Boxed<DKIMKeyRecord>)
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
                    self = .key(key, Boxed(record))
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
