public import DNS
public import Identities

/// Finds the record that says whether a domain has an MTA-STS policy (RFC 8461 §3.1 and §3.3).
public struct MTASTSDiscovery: Sendable {
    private let lookup: any DNSLookup

    public init(_ lookup: any DNSLookup) {
        self.lookup = lookup
    }

    /// Looks the record up.
    public func record(for domain: DomainName) async -> DiscoveredRecord<MTASTSRecord> {
        await .find("MTA-STS", at: "_mta-sts", of: domain, lookup) { text in
            switch MTASTSRecordParser.parse(text) {
            case .record(let record): .record(record)
            case .notMTASTS(let nearMiss): .other(nearMiss: nearMiss)
            case .invalid(let reason, _): .invalid(reason: reason)
            }
        }
    }

    /// Where the policy of a domain lies; nil when the domain's name is too long for it.
    public static func policyURL(for domain: DomainName) -> String? {
        domain.adding(label: "mta-sts").map { "https://\($0)/.well-known/mta-sts.txt" }
    }
}
