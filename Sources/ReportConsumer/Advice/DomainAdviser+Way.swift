public import DomainAnalysis
public import Identities
public import MailReports

import DNS
import MailAuthentication
import Storage

extension DomainAdviser {
    /// What a record would have done with a domain's mail, and how far that can be relied on.
    ///
    /// A domain without reports has a risk without messages.
    ///
    /// - Parameters:
    ///   - names: the names below the domain whose mail alone is counted; nil for all mail.
    ///   - owners: who answers for a sender, by the sender's key.
    public func risk(
        of domain: DomainName, record: String, names: [SubdomainNames]? = nil, days: Int,
        until: UTCDay?, now: Int64, owners: [String: String] = [:]
    ) async throws -> PolicyRisk {
        let material = try await domains.replayMaterial(
            of: domain, days: days, until: until, now: now, withNamesBelow: names != nil)
        let coverage = try await domains.coverage(of: domain, days: days, until: until, now: now)
        let result = try await Replay(
            domain: domain, proposal: WayStep.inForce(record), lookup: lookup, suffixes: suffixes
        ).run(material?.rows ?? [])
        return PolicyRisk(
            result, coverage: coverage, names: names, owners: owners,
            isTruncated: material?.isTruncated ?? false, nameless: material?.withoutDomain ?? 0)
    }

    /// What the DNS says of a domain, with or without reports.
    public func survey(_ domain: DomainName) async -> DomainSurvey {
        let discovered = await PolicyDiscovery(
            method: .treeWalk, lookup: lookup, suffixes: suffixes
        ).discover(domain)
        var survey = DomainSurvey(domain: domain)
        if let place = discovered.recordDomain {
            if place == domain {
                survey.record =
                    discovered.steps.first {
                        [.record, .stop].contains($0.outcome) && $0.domain == domain
                    }?.text
            } else {
                survey.inheritedFrom = place
            }
        }
        if discovered.alignmentFailure == nil {
            survey.organizationalDomain = discovered.organizationalDomain
        }
        if let failure = discovered.policyFailure { survey.failures.append(failure) }
        let spf = await lookup.lookUp(domain, .txt)
        if case .failure(let reason) = spf.outcome {
            survey.failures.append("The look-up of \(domain) failed: \(reason)")
        }
        survey.spf = Self.spf(in: spf.texts)
        let mail = await lookup.lookUp(domain, .mx)
        switch mail.outcome {
        case .failure: survey.takesMail = .unknown
        case .noData, .nameError: survey.takesMail = .no
        case .records: survey.takesMail = mail.exchanges.contains { $0.host != nil } ? .yes : .no
        }
        return survey
    }
}
