public import DomainAnalysis
public import Identities
public import MailReports

import DNS
import MailAuthentication
import Storage

extension DomainAdviser {
    /// What stands between a domain and full rejection; nil for a domain without reports.
    public func plan(
        for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> EnforcementPlan? {
        guard
            let overview = try await domains.overview(
                of: domain, days: days, until: until, now: now),
            let material = try await domains.replayMaterial(
                of: domain, days: days, until: until, now: now)
        else { return nil }
        let discovered = await PolicyDiscovery(
            method: .treeWalk, lookup: lookup, suffixes: suffixes
        ).discover(domain)
        // What DNS does not tell, the newest report does: it says which record it saw.
        let published = discovered.steps.first {
            [.record, .stop].contains($0.outcome) && $0.domain == discovered.recordDomain
        }
        let record = published?.text ?? overview.published.map { Self.text(of: $0.policy) }
        var facts = PlanFacts(
            domain: domain, recordText: record, recordDomain: discovered.recordDomain ?? domain)
        let spf = await lookup.lookUp(domain, .txt)
        facts.spfText = Self.spf(in: spf.texts)
        if case .failure = spf.outcome { facts.isSPFKnown = false }
        let walk = await SPFRecordWalk(lookup: lookup).walk(domain)
        facts.spfFault = walk.faults.first?.sentence
        facts.mailExchange = await mailExchange(of: domain)
        facts.wildcardKeyIsRevoked = await wildcardKeyIsRevoked(domain)
        facts.daysObserved = overview.days.count { $0.counts.total > 0 }
        facts.reporters = overview.reporters.count
        facts.totalMessages = overview.counts.total
        facts.today = UTCDay(secondsSinceEpoch: now)
        facts.senders = overview.senders.map {
            Self.planSender($0, material.samples[$0.key] ?? SenderSamples())
        }
        let replay = try await Replay(
            domain: domain, proposal: "v=DMARC1; p=reject; sp=reject", lookup: lookup,
            suffixes: suffixes
        ).run(material.rows)
        facts.atReject = Self.summary(replay)
        return EnforcementPlanner().plan(facts)
    }

    // MARK: DNS

    private func mailExchange(of domain: DomainName) async -> PlanFacts.MailExchange {
        let answer = await lookup.lookUp(domain, .mx)
        switch answer.outcome {
        case .failure: return .notAsked
        case .noData, .nameError: return .none
        case .records:
            var hosts: [String] = []
            for record in answer.records {
                guard case .mx(let preference, let exchange) = record.data else { continue }
                // RFC 7505 §3: one MX with the root as its host takes no mail.
                if exchange == .root { return .null }
                hosts.append("\(preference) \(exchange)")
            }
            return hosts.isEmpty ? .none : .hosts(hosts)
        }
    }

    /// A name that nobody chose as a selector shows what the wildcard answers.
    private func wildcardKeyIsRevoked(_ domain: DomainName) async -> Bool {
        guard let name = DomainName("no-such-selector._domainkey.\(domain.text)") else {
            return false
        }
        return await lookup.lookUp(name, .txt).texts.contains { text in
            text.split(separator: ";").contains {
                $0.filter { !$0.isWhitespace } == "p="
            }
        }
    }

    // MARK: Facts

    static func planSender(
        _ volume: SenderVolume, _ samples: SenderSamples
    ) -> PlanSender {
        PlanSender(
            key: volume.key, name: volume.name, serviceID: volume.serviceID,
            confidence: volume.confidence, messages: volume.counts.total,
            byClass: Dictionary(
                uniqueKeysWithValues: SourceClass.allCases.map { ($0, volume.counts[$0]) }),
            dkimAligned: volume.dkimAligned, spfAligned: volume.spfAligned,
            sampleSelectors: samples.selectors, sampleMailFroms: samples.mailFroms,
            sources: Int(volume.sourceCount), firstDay: volume.firstDay, lastDay: volume.lastDay,
            verdict: volume.decision?.verdict)
    }

    private static func summary(_ result: ReplayResult) -> PlanFacts.Reject {
        let walk = result.methods.treewalk
        func rejected(_ classes: Set<SourceClass>) -> Int64 {
            walk.classes.filter { classes.contains($0.sourceClass) }
                .reduce(0) { ClassCounts.sum($0, $1.wouldBeRejected) }
        }
        let own = walk.classes.filter { [.compliant, .misconfigured].contains($0.sourceClass) }
        return PlanFacts.Reject(
            legitimate: own.reduce(0) { ClassCounts.sum($0, $1.messages) },
            legitimateRejected: rejected([.compliant, .misconfigured]),
            forwardedRejected: rejected([.forwarded]), undecidedRejected: rejected([.unknown]),
            forgedRejected: rejected([.spoofing, .blocklisted]))
    }

    /// The record that a report describes, written as a record.
    private static func text(of policy: AggregateReport.PublishedPolicy) -> String {
        var tags = ["v=DMARC1"]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { tags.append("\(name)=\(value)") }
        }
        add("p", policy.policy)
        add("sp", policy.subdomainPolicy == policy.policy ? nil : policy.subdomainPolicy)
        add("np", policy.nonexistentSubdomainPolicy)
        add("adkim", policy.dkimAlignment == "s" ? "s" : nil)
        add("aspf", policy.spfAlignment == "s" ? "s" : nil)
        if policy.testing == true { tags.append("t=y") }
        return tags.joined(separator: "; ")
    }
}
