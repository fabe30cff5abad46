public import DNS
public import DomainAnalysis
public import Identities
public import MailAuthentication
public import MailReports
public import Storage

/// What a domain's owner should do next, and what a policy would have done: computed from the sums
/// and today's DNS, the same for the console and the command line.
public struct DomainAdviser: Sendable {
    let domains: DomainStore
    let lookup: any DNSLookup
    let suffixes: PublicSuffixList

    public init(
        domains: DomainStore, lookup: any DNSLookup, suffixes: PublicSuffixList = .system
    ) {
        self.domains = domains
        self.lookup = lookup
        self.suffixes = suffixes
    }

    /// No report was ever taken in for this domain.
    public struct UnknownDomain: Error, CustomStringConvertible {
        public let domain: DomainName
        public var description: String {
            "No report about \(domain) was taken in. Import its reports first, or check the name."
        }
    }

    /// What a DMARC record at the domain would have done with the window's mail.
    public func replay(
        domain: DomainName, record: String, days: Int, until: UTCDay?, now: Int64
    ) async throws -> ReplayResult {
        guard
            let material = try await domains.replayMaterial(
                of: domain, days: days, until: until, now: now)
        else { throw UnknownDomain(domain: domain) }
        return try await Replay(
            domain: domain, proposal: record, lookup: lookup, suffixes: suffixes
        ).run(material.rows)
    }
}
