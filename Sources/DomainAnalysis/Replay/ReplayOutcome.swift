public import Identities
public import MailAuthentication

/// What happens to the messages of one row under the proposed record, by one method of discovery.
///
/// JSON keys (those without a value are left out):
/// - `covered`: whether the proposed record is the one that applies to the row.
/// - `recordDomain`: where the record that applies lies.
/// - `organizationalDomain`: of the Author Domain.
/// - `tag`: `p`, `sp` or `np`, the tag that decides; `requestedPolicy`: its value; `testing`:
///   whether `t=y` takes one level off; `policy`: what remains.
/// - `dkimAligned`, `spfAligned`, `pass`: missing where a failing look-up keeps us from knowing,
///   and where the record does not cover the row.
/// - `disposition`: `none`, `quarantine`, `reject`, `notCovered` or `undetermined`.
/// - `reason`: a sentence for `notCovered` and `undetermined`.
public struct ReplayOutcome: Hashable, Sendable, Codable {
    public enum Disposition: String, Sendable, Codable, CaseIterable {
        case none, quarantine, reject
        /// Another record applies to the row, or none.
        case notCovered
        /// The DNS did not give what is needed to know.
        case undetermined
    }

    public var covered: Bool
    public var recordDomain: DomainName?
    public var organizationalDomain: DomainName?
    public var tag: PolicyTag?
    public var requestedPolicy: DMARCPolicy?
    public var testing: Bool?
    public var policy: DMARCPolicy?
    public var dkimAligned: Bool?
    public var spfAligned: Bool?
    public var pass: Bool?
    public var disposition: Disposition
    public var reason: String?

    public init(covered: Bool, disposition: Disposition, reason: String? = nil) {
        self.covered = covered
        self.disposition = disposition
        self.reason = reason
    }

    static func notCovered(_ reason: String) -> ReplayOutcome {
        ReplayOutcome(covered: false, disposition: .notCovered, reason: reason)
    }

    static func undetermined(_ reason: String) -> ReplayOutcome {
        ReplayOutcome(covered: false, disposition: .undetermined, reason: reason)
    }
}

extension ReplayOutcome {
    /// Works one row out: pure, everything from the DNS is in `discovered` and `organizations`.
    init(
        _ row: ReplayRow, domain: DomainName, discovered: DiscoveredPolicy,
        organizations: [DomainName: OrganizationalDomain]
    ) {
        self = Self.coverage(domain: domain, discovered: discovered)
        recordDomain = discovered.recordDomain
        if discovered.alignmentFailure == nil {
            organizationalDomain = discovered.organizationalDomain
        }
        guard covered, let record = discovered.record else { return }
        func aligned(_ identifiers: [DomainName], _ mode: AlignmentMode) -> Bool? {
            var isKnown = true
            for identifier in identifiers {
                switch discovered.isAligned(
                    identifier, mode: mode, organization: organizations[identifier])
                {
                case true?: return true
                case false?: continue
                case nil: isKnown = false
                }
            }
            return isKnown ? false : nil
        }
        dkimAligned = aligned(row.dkimPasses, record.dkimAlignment)
        spfAligned = aligned(row.spfPass.map { [$0] } ?? [], record.spfAlignment)
        if dkimAligned == true || spfAligned == true {
            pass = true
        } else if dkimAligned != nil, spfAligned != nil {
            pass = false
        }
        if let applied = discovered.appliedPolicy() {
            tag = applied.tag
            requestedPolicy = applied.requested
            testing = applied.isTesting
            policy = applied.policy
        }
        decide(discovered)
    }

    private mutating func decide(_ discovered: DiscoveredPolicy) {
        switch (pass, policy) {
        case (true?, _): disposition = .none
        case (nil, _):
            disposition = .undetermined
            reason =
                discovered.alignmentFailure
                ?? "The DNS around an identifier's domain was not to be had."
        case (false?, nil):
            disposition = .undetermined
            reason = discovered.policyFailure
        case (false?, DMARCPolicy.none?): disposition = .none
        case (false?, .quarantine?): disposition = .quarantine
        case (false?, .reject?): disposition = .reject
        }
    }

    /// Whether the proposed record is the one that applies, and if not, why.
    private static func coverage(domain: DomainName, discovered: DiscoveredPolicy) -> ReplayOutcome
    {
        guard let recordDomain = discovered.recordDomain, let record = discovered.record else {
            if let failure = discovered.policyFailure { return undetermined(failure) }
            return notCovered("No DMARC record applies to \(discovered.author).")
        }
        guard recordDomain == domain else {
            return notCovered("The record of \(recordDomain) applies to \(discovered.author).")
        }
        if record.appliedPolicy(isSubdomain: false, authorExists: nil) == nil {
            return notCovered(
                "The record has no valid policy and no reporting address: nobody applies it.")
        }
        return ReplayOutcome(covered: true, disposition: .none)
    }
}
