import FoundationEssentials
import Identities
import MailAuthentication
import MailReports
import Storage

/// Who is behind a raw report, with what the domains that it claims ask for: all that a judgement of
/// its documents needs but their history.
struct Provenance: Sendable {
    var origin: ReportOrigin
    var policies: [DomainName: DMARCPolicy] = [:]
    /// A person looked at it and takes it in, whatever it looks like.
    var isTakenIn = false

    /// As it is kept with the bytes.
    var stored: String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(origin)).map { String(decoding: $0, as: UTF8.self) }
    }

    static func origin(stored text: String) -> ReportOrigin? {
        try? JSONDecoder().decode(ReportOrigin.self, from: Data(text.utf8))
    }
}

/// Gathers whom the documents of a container say they are by.
struct ClaimVisitor: ReportVisitor {
    /// Claims of one container that are looked at.
    static let mostClaims = 16

    private(set) var claims: [ReportClaim] = []

    mutating func begin(path: String) {}
    mutating func aggregateRecord(_ record: AggregateRecord) {}
    mutating func aggregateReport(_ report: AggregateReport) { add(ReportClaim(report)) }
    mutating func tlsReport(_ report: TLSReport) { add(ReportClaim(report)) }
    mutating func failureReport(_ report: FailureReport) { add(ReportClaim(report)) }
    mutating func refused(_ refusal: ReportRefusal) {}

    private mutating func add(_ claim: ReportClaim) {
        if claims.count < Self.mostClaims { claims.append(claim) }
    }
}

/// Asks the DNS what claimed domains want done with mail that is not theirs.
struct ClaimedPolicies: Sendable {
    /// Nil where no DNS is asked.
    let discovery: PolicyDiscovery?

    /// Domains of one container that are asked about.
    static let mostDomains = 8

    func policies(
        for claims: [ReportClaim], _ origin: ReportOrigin
    ) async -> [DomainName: DMARCPolicy] {
        // Only a mail can be somebody else's than it says.
        guard let discovery, origin.way == .mail else { return [:] }
        var asked: Set<DomainName> = []
        for claim in claims { asked.formUnion(claim.domains + claim.wellKnown) }
        var policies: [DomainName: DMARCPolicy] = [:]
        for domain in asked.sorted().prefix(Self.mostDomains) {
            policies[domain] = await discovery.discover(domain).appliedPolicy()?.policy
        }
        return policies
    }
}
