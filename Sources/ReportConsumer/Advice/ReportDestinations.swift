public import DNS
public import Identities
public import MailAuthentication

/// Checks whether a domain's reports can arrive where its record sends them (RFC 9990 §4).
///
/// A reporter sends to an address elsewhere only when that host has a record that agrees. Without it
/// reports are missing, and nobody says so.
public struct ReportDestinations: Sendable {
    /// One address of a record, and what is missing for it.
    public struct Destination: Hashable, Sendable {
        /// `rua` or `ruf`.
        public var kind: ReportDestinationVerifier.Kind
        public var found: ExternalReportDestination
        /// The line to add to the zone of the host; nil when nothing is missing there.
        public var missingLine: String?
    }

    /// What was found for a domain.
    public enum Answer: Hashable, Sendable {
        case destinations([Destination], recordDomain: DomainName)
        /// Its record names nobody to send reports to.
        case noAddresses(recordDomain: DomainName)
        case noRecord
        /// The DNS failed.
        case unknown(String)
    }

    private let verifier: ReportDestinationVerifier
    private let discovery: PolicyDiscovery

    public init(lookup: any DNSLookup, suffixes: PublicSuffixList) {
        verifier = ReportDestinationVerifier(lookup: lookup, suffixes: suffixes)
        discovery = PolicyDiscovery(method: .treeWalk, lookup: lookup, suffixes: suffixes)
    }

    public func check(_ domain: DomainName) async -> Answer {
        let policy = await discovery.discover(domain)
        if let failure = policy.policyFailure { return .unknown(failure) }
        guard let record = policy.record, let place = policy.recordDomain else { return .noRecord }
        var destinations: [Destination] = []
        for kind in [ReportDestinationVerifier.Kind.aggregate, .failure] {
            for found in await verifier.verify(kind, of: record, at: place) {
                destinations.append(
                    Destination(kind: kind, found: found, missingLine: Self.line(for: found)))
            }
        }
        return destinations.isEmpty
            ? .noAddresses(recordDomain: place) : .destinations(destinations, recordDomain: place)
    }

    private static func line(for found: ExternalReportDestination) -> String? {
        guard found.verdict == .refused, let name = found.consentName else { return nil }
        return "\(name). 3600 IN TXT \"v=DMARC1;\""
    }
}
