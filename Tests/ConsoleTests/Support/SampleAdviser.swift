import Console
import DNS
import DomainAnalysis
import Identities
import MailReports
import Storage

/// Replays and plans of the sample domains, worked out by the real rules on a small zone.
struct SampleAdviser: DomainAdvising {
    let domains: SampleDomains

    func replay(
        domain: DomainName, record: String, days: Int, until: UTCDay?, now: Int64
    ) async throws -> ReplayResult {
        let overview = try await domains.overview(of: domain, days: days, until: until, now: now)
        var rows: [ReplayRow] = []
        for sender in overview?.senders ?? [] {
            for sourceClass in SourceClass.allCases where sender.counts[sourceClass] > 0 {
                let other = DomainName("bulk.other.example")
                rows.append(
                    ReplayRow(
                        headerFrom: domain, messages: sender.counts[sourceClass],
                        dkimPasses: sourceClass == .compliant ? [domain] : [],
                        spfPass: sourceClass == .misconfigured ? other : nil,
                        senderKey: sender.key, senderName: sender.name, sourceClass: sourceClass,
                        observedDisposition: "none"))
            }
        }
        if domains.size == .large, let below = domain.adding(label: "news") {
            rows.append(
                ReplayRow(
                    headerFrom: below, messages: 812, dkimPasses: [below], spfPass: nil,
                    senderKey: "service:mailchimp", senderName: "Mailchimp",
                    sourceClass: .compliant, observedDisposition: "none"))
        }
        return try await Replay(domain: domain, proposal: record, lookup: NoRecords()).run(rows)
    }

    func authorisation(
        of sender: String, for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderAuthorisation? {
        let sums = SenderAuthorisation(
            of: PlanSender(
                key: sender, name: sender,
                serviceID: sender.hasPrefix("service:") ? String(sender.dropFirst(8)) : nil,
                confidence: .strong, messages: 10, byClass: [.unknown: 10], dkimAligned: 0,
                spfAligned: 0),
            domain: domain, spf: "v=spf1 ~all")
        return sums
    }

    func plan(
        for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> EnforcementPlan? {
        guard
            let overview = try await domains.overview(
                of: domain, days: days, until: until, now: now)
        else { return nil }
        let policy = overview.published?.policy.policy ?? ""
        let isKnown = ["none", "quarantine", "reject"].contains(policy)
        var facts = PlanFacts(
            domain: domain,
            recordText: isKnown
                ? "v=DMARC1; p=\(policy); rua=mailto:reports@\(domain); pct=50" : nil)
        facts.spfText = "v=spf1 include:_spf.google.com include:servers.mcsv.net ?all"
        facts.daysObserved = overview.window.dayCount
        facts.reporters = overview.reporters.count
        facts.totalMessages = overview.counts.total
        facts.today = UTCDay(secondsSinceEpoch: now)
        facts.purpose = domain.text == "parked.example" ? .parked : .sending
        facts.senders = overview.senders.map { sender in
            PlanSender(
                key: sender.key, name: sender.name, serviceID: nil, confidence: sender.confidence,
                messages: sender.counts.total,
                byClass: Dictionary(
                    uniqueKeysWithValues: SourceClass.allCases.map { ($0, sender.counts[$0]) }),
                dkimAligned: sender.dkimAligned, spfAligned: sender.spfAligned,
                sampleSelectors: ["s1"], sampleMailFroms: ["bounce.example.net"], sources: 3,
                firstDay: sender.firstDay, lastDay: sender.lastDay)
        }
        return EnforcementPlanner().plan(facts)
    }
}

/// A DNS in which nothing is published.
struct NoRecords: DNSLookup {
    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        DNSAnswer(.noData)
    }
}
