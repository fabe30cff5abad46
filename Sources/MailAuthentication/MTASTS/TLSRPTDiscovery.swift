public import DNS
public import Identities

/// Finds where a domain wants to be told of failed encryption (RFC 8460 §3).
public struct TLSRPTDiscovery: Sendable {
    private let lookup: any DNSLookup

    public init(_ lookup: any DNSLookup) {
        self.lookup = lookup
    }

    /// Looks the record up.
    public func record(for domain: DomainName) async -> DiscoveredRecord<TLSRPTRecord> {
        await .find("TLS-RPT", at: "_smtp._tls", of: domain, lookup) { text in
            switch TLSRPTRecordParser.parse(text) {
            case .record(let record): .record(record)
            case .notTLSRPT(let nearMiss): .other(nearMiss: nearMiss)
            case .invalid(let reason, _): .invalid(reason: reason)
            }
        }
    }
}
