import Console
import DomainAnalysis
import Foundation
import Identities
import MailReports
import Storage

/// Domains as the stores would tell of them: made from a seed, the same in every run.
struct SampleDomains: DomainReading {
    enum Size: Sendable { case empty, small, large, hostile }

    let size: Size

    static let now: Int64 = 1_763_164_800  // 2025-11-15
    static let script = "<script>alert(1)</script>\"'\u{301}\u{202E}gnp.exe"
    static let long = String(repeating: "a-very-long-name-", count: 600)

    // MARK: DomainReading

    func portfolio(days: Int, until: UTCDay?, now: Int64) async throws -> Portfolio {
        let window = window(days, until)
        let overviews = names.map { overview($0, window: window) }
        var all = window.days.map { DayVolume(day: $0) }
        let summaries = overviews.map { overview in
            for (index, day) in overview.days.enumerated() { all[index].counts += day.counts }
            var summary = DomainSummary(
                domain: overview.domain, counts: overview.counts, days: overview.days)
            summary.published = overview.published
            summary.firstDay = overview.firstDay
            summary.lastDay = overview.lastDay
            summary.undecidedSenders = overview.undecidedSenders
            return summary
        }
        return Portfolio(
            window: window, endsWithNewestData: true,
            domains: summaries.sorted { $0.counts.total > $1.counts.total }, days: all)
    }

    func overview(
        of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> DomainOverview? {
        guard names.contains(domain) else { return nil }
        return overview(domain, window: window(days, until))
    }

    func sender(
        _ key: String, of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderDetail? {
        guard names.contains(domain) else { return nil }
        let window = window(days, until)
        guard let volume = overview(domain, window: window).senders.first(where: { $0.key == key })
        else { return nil }
        return detail(volume, domain: domain, window: window)
    }

    // MARK: Making them

    var names: [DomainName] {
        switch size {
        case .empty: []
        case .small: ["example.org"].compactMap { DomainName($0) }
        case .large:
            ["bank.example", "brand.example", "parked.example", "strict.example", "lists.example"]
                .compactMap { DomainName($0) }
        case .hostile:
            [
                "bücher.example", "xn--pple-43d.example", "_dmarc.under_score.example",
                (0..<4).map { _ in String(repeating: "w", count: 60) }.joined(separator: "."),
            ].compactMap { DomainName($0) }
        }
    }

    private func window(_ days: Int, _ until: UTCDay?) -> DayRange {
        DayRange(
            last: until ?? UTCDay(secondsSinceEpoch: Self.now).advanced(by: -1),
            days: size == .small ? min(days, 7) : days)
    }

    private struct Part {
        var key: String
        var name: String
        var confidence = SenderIdentification.Confidence.strong
        var evidence: [SenderIdentification.Evidence] = []
        /// Messages a day by class.
        var daily: [SourceClass: Double]
        var dkim = 0.0
        var spf = 0.0
        var reason = ""
        /// Days without mail at the start, as a part of the window.
        var startsAt = 0.0
    }

    private func parts(_ domain: DomainName) -> [Part] {
        switch (size, domain.text) {
        case (.hostile, _): return hostileParts
        case (_, "bank.example"): return bankParts
        case (_, "brand.example"): return brandParts
        case (_, "parked.example"):
            return [forged("host:spam.example.net", "spam.example.net", 340)]
        case (_, "strict.example"):
            return [
                own("own:strict.example", "Own servers of strict.example", 5_200),
                forged("unknown", "Unknown servers", 18),
            ]
        case (_, "lists.example"):
            return [
                own("own:lists.example", "Own servers of lists.example", 410),
                Part(
                    key: "host:mailman.example.edu", name: "mailman.example.edu",
                    confidence: .moderate,
                    evidence: [
                        .init(
                            kind: .reverseName, observation: "lists.mailman.example.edu, confirmed",
                            match: "")
                    ],
                    daily: [.forwarded: 260, .compliant: 30], dkim: 0.1,
                    reason: "Receivers say that a mailing list passed these messages on."),
            ]
        default:
            return [
                own("own:\(domain)", "Own servers of \(domain)", 24),
                Part(
                    key: "service:mailchimp", name: "Mailchimp",
                    evidence: [
                        .init(
                            kind: .dkimDomain, observation: "d=mcsv.net passed",
                            match: "Mailchimp, from its documentation, checked 2026-10-01")
                    ],
                    daily: [.misconfigured: 3],
                    reason: "It signs with its own domain, so its proof does not match yours."),
            ]
        }
    }

    private func own(_ key: String, _ name: String, _ daily: Double) -> Part {
        Part(
            key: key, name: name, confidence: .certain,
            evidence: [
                .init(
                    kind: .dkimDomain, observation: "d=\(key.dropFirst(4)) passed",
                    match: "your domain")
            ],
            daily: [.compliant: daily, .forwarded: daily * 0.01], dkim: 0.99, spf: 0.97,
            reason: "Its messages carry your own signature.")
    }

    private func forged(_ key: String, _ name: String, _ daily: Double) -> Part {
        Part(
            key: key, name: name, confidence: .none, daily: [.spoofing: daily],
            reason: "No proof matches, and nothing ties these addresses to you.")
    }

    private var bankParts: [Part] {
        [
            Part(
                key: "unknown", name: "Unknown servers", confidence: .none,
                daily: [.spoofing: 17_400_000, .blocklisted: 2_700_000],
                reason: "No proof matches, and nothing ties these 1,204 addresses to you.",
                startsAt: 0.6),
            own("own:bank.example", "Own servers of bank.example", 1_150_000),
            Part(
                key: "service:sendgrid", name: "Twilio SendGrid",
                evidence: [
                    .init(
                        kind: .dkimAlias,
                        observation:
                            "s1._domainkey.bank.example is an alias of s1.domainkey.u123.wl.sendgrid.net",
                        match: "Twilio SendGrid, from its documentation, checked 2026-09-12")
                ],
                daily: [.compliant: 320_000, .misconfigured: 12_000], dkim: 0.96, spf: 0.4,
                reason: "A part of it is signed by another customer's key."),
            Part(
                key: "host:crm.example.net", name: "crm.example.net", confidence: .weak,
                evidence: [
                    .init(
                        kind: .reverseName, observation: "mta4.crm.example.net, confirmed",
                        match: "")
                ],
                daily: [.unknown: 4_800],
                reason: "It passes SPF for its own domain, and no report tells more."),
        ]
    }

    private var brandParts: [Part] {
        let services = [
            "Google Workspace", "Microsoft 365", "Mailchimp", "Salesforce", "Zendesk", "HubSpot",
            "Amazon SES", "Postmark", "Mailgun", "SparkPost", "Klaviyo", "Braze", "Intercom",
            "Freshdesk", "DocuSign", "Workday", "ServiceNow",
        ]
        var parts = services.enumerated().map { index, name -> Part in
            let daily = 42_000 / pow(1.45, Double(index))
            let isOpen = index % 5 == 3
            return Part(
                key: "service:\(name.lowercased().filter { $0 != " " })", name: name,
                confidence: isOpen ? .moderate : .certain,
                evidence: [
                    .init(
                        kind: isOpen ? .mailFrom : .dkimDomain,
                        observation: isOpen
                            ? "MAIL FROM bounces.\(index).example.com"
                            : "d=brand.example passed, selector k\(index)",
                        match: "\(name), from its documentation, checked 2026-08-30")
                ],
                daily: isOpen
                    ? [.misconfigured: daily, .compliant: daily * 0.1] : [.compliant: daily],
                dkim: isOpen ? 0.05 : 0.99, spf: isOpen ? 0.05 : index % 2 == 0 ? 0 : 0.98,
                reason: isOpen ? "It sends as you and signs with its own domain." : "")
        }
        parts.append(
            Part(
                key: "host:forward.example.edu", name: "forward.example.edu", confidence: .moderate,
                daily: [.forwarded: 380], reason: "An alumni address passes your mail on."))
        parts.append(
            Part(
                key: "host:old-shop.example.net", name: "old-shop.example.net", confidence: .none,
                daily: [.unknown: 96], reason: "Too little evidence to tell whose it is."))
        parts.append(forged("unknown", "Unknown servers", 1_900))
        return parts
    }

    private var hostileParts: [Part] {
        [
            Part(
                key: "host:\(Self.script)/../%2F?x=1#y", name: Self.script, confidence: .weak,
                evidence: [
                    .init(kind: .selector, observation: Self.script, match: Self.long),
                    .init(kind: .network, observation: Self.long, match: Self.script),
                ],
                daily: [.unknown: 100], reason: Self.script),
            Part(
                key: "host:long", name: Self.long, confidence: .none,
                daily: [.spoofing: 9e12], reason: Self.long),
            Part(
                key: "host:zalgo", name: "z" + String(repeating: "\u{301}\u{316}", count: 400),
                daily: [.compliant: 1]),
            Part(key: "", name: "", confidence: .none, daily: [.forwarded: 3]),
        ]
    }

    /// A steady wobble: weekends are quiet, days differ.
    private func factor(_ day: UTCDay, _ salt: Int) -> Double {
        let weekday = (day.number + 4) % 7
        let quiet = weekday == 0 || weekday == 6 ? 0.35 : 1
        let wobble = Double((day.number &* 7_919 &+ salt &* 104_729) % 97) / 97
        return quiet * (0.8 + wobble * 0.4)
    }

    private func series(_ part: Part, _ window: DayRange, salt: Int) -> [DayVolume] {
        let days = window.days
        return days.enumerated().map { index, day in
            var volume = DayVolume(day: day)
            let isOn = Double(index) >= part.startsAt * Double(days.count)
            for (sourceClass, daily) in part.daily {
                volume.counts[sourceClass] = isOn ? Int64(daily * factor(day, salt)) : 0
            }
            return volume
        }
    }

    private func overview(_ domain: DomainName, window: DayRange) -> DomainOverview {
        var overview = DomainOverview(domain: domain, window: window, endsWithNewestData: true)
        overview.days = window.days.map { DayVolume(day: $0) }
        for (salt, part) in parts(domain).enumerated() {
            let days = series(part, window, salt: salt)
            for (index, day) in days.enumerated() { overview.days[index].counts += day.counts }
            overview.senders.append(sender(part, days: days, window: window))
        }
        overview.senders.sort { $0.counts.total > $1.counts.total }
        for sender in overview.senders where sender.counts.needsDecision {
            overview.undecidedSenders += 1
            overview.undecidedMessages += sender.counts[SourceClass.Fate.undecided]
        }
        if size == .large, domain.text == "brand.example" {
            overview.otherSenders = 31
            overview.otherCounts.spoofing = 412
            overview.otherCounts.forwarded = 77
        }
        overview.published = published(domain, window)
        overview.firstDay = window.first.advanced(by: -200)
        overview.lastDay = window.last
        let total = overview.counts.total
        overview.reporters = reporters.enumerated().map { index, name in
            ReporterVolume(
                reporter: name, reports: Int64(window.dayCount),
                messages: total / Int64(index * index + 2))
        }
        return overview
    }

    private var reporters: [String] {
        size == .hostile
            ? [Self.script, Self.long, "\u{202E}moc.elgoog", ""]
            : ["google.com", "Enterprise Outlook", "Yahoo", "FastMail Pty Ltd"]
    }

    private func published(_ domain: DomainName, _ window: DayRange) -> ObservedPolicy? {
        var policy = AggregateReport.PublishedPolicy()
        policy.domain = domain.text
        switch domain.text {
        case "parked.example": return nil
        case "strict.example": policy.policy = "reject"
        case "lists.example": policy.policy = "quarantine"
        default: policy.policy = size == .hostile ? Self.script : "none"
        }
        policy.dkimAlignment = "r"
        policy.spfAlignment = "s"
        if size == .hostile { policy.subdomainPolicy = Self.long }
        return ObservedPolicy(
            policy: policy, reporter: size == .hostile ? Self.script : "google.com",
            seen: window.last)
    }

    private func sender(_ part: Part, days: [DayVolume], window: DayRange) -> SenderVolume {
        let counts = days.reduce(into: ClassCounts()) { $0 += $1.counts }
        let total = Double(counts.total)
        return SenderVolume(
            key: part.key, name: part.name, serviceID: nil, confidence: part.confidence,
            evidence: part.evidence, counts: counts, dkimAligned: Int64(total * part.dkim),
            spfAligned: Int64(total * part.spf), quarantined: Int64(total * 0.02),
            rejected: 0, firstDay: window.first.advanced(by: -90), lastDay: window.last,
            sourceCount: part.key == "unknown" ? 1_204 : 3, days: days.map(\.counts.total),
            reason: part.reason)
    }

    private func detail(
        _ volume: SenderVolume, domain: DomainName, window: DayRange
    ) -> SenderDetail {
        let foreign = size == .hostile ? Self.script : "bounce.example.net"
        let addresses = ["192.0.2.10", "192.0.2.11", "2001:db8:85a3::8a2e:370:7334"]
        let part = parts(domain).first { $0.key == volume.key }
        return SenderDetail(
            domain: domain, window: window, volume: volume,
            days: part.map { series($0, window, salt: 1) } ?? [],
            sources: addresses.enumerated().map { index, address in
                SourceVolume(
                    address: size == .hostile && index == 0 ? Self.long : address,
                    reverseName: index == 1 ? nil : "mta\(index).\(foreign)",
                    messages: volume.counts.total / Int64(index + 1),
                    firstDay: window.first, lastDay: window.last)
            },
            identities: [
                IdentityVolume(
                    headerFrom: domain.text, envelopeFrom: foreign,
                    dkim: [
                        .init(
                            domain: domain.text, selector: size == .hostile ? Self.long : "s1",
                            result: "pass"),
                        .init(
                            domain: foreign, selector: nil, result: "fail",
                            humanResult: size == .hostile ? Self.script : "body hash did not verify"
                        ),
                    ],
                    spf: [.init(domain: foreign, scope: "mfrom", result: "pass")],
                    counts: volume.counts),
                IdentityVolume(
                    headerFrom: "news.\(domain)", envelopeFrom: nil, dkim: [], spf: [],
                    counts: ClassCounts()),
            ])
    }
}

extension DayRange {
    var days: [UTCDay] { (0..<dayCount).map { first.advanced(by: $0) } }
}
