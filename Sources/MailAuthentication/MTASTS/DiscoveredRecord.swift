internal import DNS
internal import Identities

/// What a domain's TXT records at one name came to, where exactly one may be of the kind that is
/// looked for (RFC 8461 §3.1, RFC 8460 §3).
public enum DiscoveredRecord<Record: Hashable & Sendable>: Hashable, Sendable {
    case record(Record, isAuthenticated: Bool)
    /// The domain has published none.
    case none(reason: String)
    /// There is something that was meant to be one; senders take it for none.
    case invalid(reason: String)
    /// DNS failed for the moment; what is known already goes on counting.
    case temporary(reason: String)

    /// What one TXT record is.
    enum Kind {
        case record(Record)
        case other(nearMiss: String?)
        case invalid(reason: String)
    }

    static func find(
        _ kindName: String, at prefix: String, of domain: DomainName, _ lookup: any DNSLookup,
        parse: (String) -> Kind
    ) async -> DiscoveredRecord {
        guard let name = DomainName("\(prefix).\(domain.text)") else {
            return .none(reason: "The name \(domain) is too long for a record at \(prefix).")
        }
        let answer = await lookup.lookUp(name, .txt)
        switch answer.outcome {
        case .failure(let detail): return .temporary(reason: "DNS failed for \(name): \(detail)")
        case .noData, .nameError: return .none(reason: "There is no TXT record at \(name).")
        case .records: break
        }
        var found: [DiscoveredRecord] = []
        var nearMiss: String?
        for text in answer.texts {
            switch parse(text) {
            case .record(let record):
                found.append(.record(record, isAuthenticated: answer.isAuthenticated))
            case .invalid(let reason): found.append(.invalid(reason: reason))
            case .other(let sentence): nearMiss = nearMiss ?? sentence
            }
        }
        if let first = found.first, found.count == 1 { return first }
        guard found.isEmpty else {
            return .invalid(reason: "\(name) has \(found.count) \(kindName) records, not one.")
        }
        if let nearMiss { return .invalid(reason: nearMiss) }
        return .none(reason: "No TXT record at \(name) is a \(kindName) record.")
    }
}
