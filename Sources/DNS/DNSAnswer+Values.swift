public import Identities

/// What judgements take out of an answer.
extension DNSAnswer {
    /// The text of each TXT record, its strings joined without a space (RFC 7208 §3.3); octets that
    /// are not UTF-8 become replacement characters.
    public var texts: [String] {
        records.compactMap {
            guard case .txt(let strings) = $0.data else { return nil }
            return String(decoding: strings.joined(), as: UTF8.self)
        }
    }

    /// The addresses of A and AAAA records.
    public var addresses: [IPAddress] {
        records.compactMap {
            switch $0.data {
            case .a(let address), .aaaa(let address): address
            default: nil
            }
        }
    }

    /// The names of PTR records; those that are no domain names are left out.
    public var pointers: [DomainName] {
        records.compactMap {
            guard case .ptr(let name) = $0.data else { return nil }
            return name.domainName
        }
    }

    /// The hosts of MX records by preference; nil for the host of a null MX (RFC 7505).
    public var exchanges: [(preference: UInt16, host: DomainName?)] {
        records.compactMap { record -> (preference: UInt16, host: DomainName?)? in
            guard case .mx(let preference, let exchange) = record.data else { return nil }
            return (preference, exchange.domainName)
        }
        .sorted { $0.preference < $1.preference }
    }

    /// The name at the end of the chain of aliases; nil when the name asked for is no alias.
    public var canonicalName: DomainName? { aliases.last }

    /// Whether asking again later may give another outcome.
    public var isTemporary: Bool {
        if case .failure = outcome { return true }
        return false
    }
}
