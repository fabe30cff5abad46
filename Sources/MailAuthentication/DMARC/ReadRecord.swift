import Identities
import Synchronization

/// What was read at `_dmarc` below one domain. The same answer of the DNS gives the same object, so
/// that who finds it again knows that nothing has changed.
final class ReadRecord: Sendable {
    /// The domain that was asked about.
    let domain: DomainName
    let step: WalkStep
    /// The one valid record, if there is exactly one.
    let record: DMARCRecord?
    /// Its `psd`; nil without a record.
    let publicSuffix: PublicSuffixFlag?
    /// Why there is no answer, where the DNS failed.
    let failure: String?

    /// A policy whose discovery began at this record.
    struct Finding: Sendable {
        let policy: FoundPolicy
        /// The other records that led to it. They lie above this one, so that they never hold it.
        let way: [ReadRecord]
    }

    private struct Findings {
        var walked: Finding?
        var listed: Finding?
    }

    private let findings = Mutex(Findings())

    init(step: WalkStep, record: DMARCRecord? = nil, failure: String? = nil) {
        domain = step.domain
        self.step = step
        self.record = record
        publicSuffix = record?.publicSuffixDomain
        self.failure = failure
    }

    /// What this method found the last time that it began here.
    func finding(by method: DiscoveryMethod) -> Finding? {
        findings.withLock { findings in
            switch method {
            case .treeWalk: findings.walked
            case .publicSuffixList: findings.listed
            }
        }
    }

    func keep(_ finding: Finding) {
        findings.withLock { findings in
            switch finding.policy.method {
            case .treeWalk: findings.walked = finding
            case .publicSuffixList: findings.listed = finding
            }
        }
    }
}
