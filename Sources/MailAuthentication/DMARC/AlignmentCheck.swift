import DNS
import Identities

/// Compares what SPF and DKIM authenticated with one Author Domain (RFC 9989 §4.10.2).
struct AlignmentCheck {
    private let discovery: PolicyDiscovery
    private let policy: FoundPolicy
    private var walks = 0

    init(_ discovery: PolicyDiscovery, policy: FoundPolicy) {
        self.discovery = discovery
        self.policy = policy
    }

    mutating func spf(
        _ evaluation: SPFEvaluation?, _ answers: inout RecordAnswers
    ) async -> IdentifierAlignment? {
        guard let result = evaluation?.result else { return nil }
        let mode = policy.spfMode
        guard let domain = evaluation?.domain else {
            return IdentifierAlignment(.notAuthenticated, domain: nil, mode: mode)
        }
        let standing: IdentifierAlignment.Standing
        switch result {
        case .pass: standing = await standingOfPass(domain, mode, &answers)
        case .temperror: standing = await standingOfTemporaryError(domain, mode, &answers)
        case .none, .neutral, .fail, .softfail, .permerror: standing = .notAuthenticated
        }
        return IdentifierAlignment(standing, domain: domain, mode: mode)
    }

    /// The signature that brings the message furthest: aligned, else unknown, else authenticated.
    mutating func dkim(
        _ verifications: [DKIMVerification], _ answers: inout RecordAnswers
    ) async -> IdentifierAlignment? {
        let mode = policy.dkimMode
        func alignment(_ index: Int, _ standing: IdentifierAlignment.Standing)
            -> IdentifierAlignment
        {
            IdentifierAlignment(
                standing, domain: verifications[index].domain, mode: mode,
                selector: verifications[index].selector, signature: index)
        }
        // The Author Domain's own signature needs no look-up.
        let author = policy.author
        for index in verifications.indices
        where verifications[index].result == .pass && verifications[index].domain == author {
            return alignment(index, .aligned)
        }
        var best: IdentifierAlignment?
        var seen: Set<DomainName> = []
        for wanted in [DKIMResult.pass, .temperror] {
            for (index, verification) in verifications.enumerated() {
                guard verification.result == wanted, let domain = verification.domain,
                    seen.insert(domain).inserted
                else { continue }
                let standing =
                    wanted == .pass
                    ? await standingOfPass(domain, mode, &answers)
                    : await standingOfTemporaryError(domain, mode, &answers)
                if standing == .aligned { return alignment(index, .aligned) }
                if best == nil || (standing == .unknown && best?.standing != .unknown) {
                    best = alignment(index, standing)
                }
            }
        }
        if let best { return best }
        return verifications.firstIndex { $0.result != .none }
            .map { alignment($0, .notAuthenticated) }
    }

    private mutating func standingOfPass(
        _ domain: DomainName, _ mode: AlignmentMode, _ answers: inout RecordAnswers
    ) async -> IdentifierAlignment.Standing {
        // The Author Domain itself needs no look-up.
        if domain == policy.author { return .aligned }
        return switch await isAligned(domain, mode, &answers) {
        case true?: .aligned
        case false?: .notAligned
        case nil: .unknown
        }
    }

    /// RFC 9989 §5.3.6: where a look-up did not complete that could have led to a pass, the message
    /// neither passes nor fails. One that could not have led there makes no difference.
    private mutating func standingOfTemporaryError(
        _ domain: DomainName, _ mode: AlignmentMode, _ answers: inout RecordAnswers
    ) async -> IdentifierAlignment.Standing {
        await isAligned(domain, mode, &answers) == false ? .notAuthenticated : .unknown
    }

    private mutating func isAligned(
        _ domain: DomainName, _ mode: AlignmentMode, _ answers: inout RecordAnswers
    ) async -> Bool? {
        var organization: OrganizationalDomain?
        if policy.policy.needsOrganization(of: domain, mode: mode) {
            // A message cannot make us walk for each of a hundred signatures.
            guard walks < Limits.alignmentWalks else { return false }
            walks += 1
            organization = await discovery.organizationalDomain(of: domain, answers: &answers)
        }
        return policy.policy.isAligned(domain, mode: mode, organization: organization)
    }
}
