import DomainAnalysis
import Hummingbird
import Identities
import Storage

/// `/domains/NAME`: who sends as this domain, and is it ours?
struct DomainPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/domains/:domain") { request, context in
            let domain = try context.domain()
            let choice = WindowChoice(Query(request))
            guard
                let overview = try await services.rooms(context.visit).domains.overview(
                    of: domain, days: choice.days, until: choice.until, now: services.now())
            else { throw Self.unknown(domain) }
            var page = Self.page(overview, choice: choice)
            let acts = try await SenderActs.load(
                request, context, services: services, overview: overview, choice: choice)
            page.fields = page.fields.adding(acts.fields(overview))
            return templates.response(page, for: context.visit)
        }
    }

    static func unknown(_ domain: DomainName) -> ConsoleError {
        .notFound(
            "No report about \(DomainText.plain(domain)) has come in. Reports arrive once its "
                + "DMARC record asks for them with a rua= address; until then, import what you "
                + "have.")
    }

    static func page(_ overview: DomainOverview, choice: WindowChoice) -> Page {
        let domain = overview.domain
        let name = DomainText.plain(domain)
        var fields = DomainHeading.fields(domain, choice: choice, tab: .senders)
        fields["lead"] = .list(Words.lead(overview, name: name))
        fields["hasMail"] = .flag(overview.counts.total > 0)
        fields["chart"] = .picture(
            VolumeChart(
                days: overview.days,
                label: "Messages per day sent as \(name) by state. The figures stand in the table "
                    + "behind the picture."
            ).svg)
        fields["figures"] = .fields(Figures.fields(overview.days))
        fields["window"] = choice.fields(
            overview.window, endsWithNewestData: overview.endsWithNewestData,
            link: Link("domains", domain.text))
        fields["policy"] = .fields(PolicyText.fields(overview.published))
        fields["states"] = .list(states(overview.counts))
        if overview.otherSenders > 0 {
            fields["otherSenders"] = .text(
                Numbers.counted(overview.otherSenders, "sender", "senders"))
            fields["otherTotal"] = .text(Numbers.spoken(overview.otherCounts.total))
            fields["otherParts"] = .text(parts(overview.otherCounts))
        }
        let reported = overview.reporters.reduce(Int64(0)) { ClassCounts.sum($0, $1.messages) }
        fields["reporters"] = .list(
            overview.reporters.map { reporter in
                [
                    "reporter": ForeignText.value(reporter.reporter),
                    "reports": .number(reporter.reports),
                    "reporterMessages": .number(reporter.messages),
                    "reporterShare": .text(Numbers.share(reporter.messages, of: reported)),
                ]
            })
        fields["reporterCount"] = .text(
            Numbers.counted(overview.reporters.count, "receiver", "receivers"))
        if let first = overview.firstDay, let last = overview.lastDay {
            fields["known"] = .fields(["from": Dates.fields(first), "to": Dates.fields(last)])
        }
        return Page("domain", title: name, place: .domains, fields: fields)
    }

    /// The four states with their sums, as the key to the picture on narrow screens.
    static func states(_ counts: ClassCounts) -> [Fields] {
        SourceClass.Fate.shownOrder.map { fate in
            fate.fields.adding([
                "stateTotal": .number(counts[fate]),
                "stateShare": .text(Numbers.share(counts[fate], of: counts.total)),
                "stateMeaning": .text(fate.explanation),
            ])
        }
    }

    private static func parts(_ counts: ClassCounts) -> String {
        SourceClass.Fate.shownOrder.filter { counts[$0] > 0 }
            .map { "\(Numbers.spoken(counts[$0])) \($0.word)" }
            .joined(separator: ", ")
    }
}

/// Name and tabs that the pages of a domain share (template `heading`).
enum DomainHeading {
    enum Tab { case senders, replay, plan, way }

    static func fields(_ domain: DomainName, choice: WindowChoice, tab: Tab) -> Fields {
        var fields = DomainText.fields(domain)
        fields["domainLink"] = Link("domains", domain.text).with(choice).value
        fields["replayLink"] = Link("domains", domain.text, "replay").with(choice).value
        fields["planLink"] = Link("domains", domain.text, "plan").with(choice).value
        fields["isSenders"] = .flag(tab == .senders)
        fields["isReplay"] = .flag(tab == .replay)
        fields["isPlan"] = .flag(tab == .plan)
        fields["wayLink"] = Link("domains", domain.text, "way").with(choice).value
        fields["isWay"] = .flag(tab == .way)
        return fields
    }
}

/// A sender as a table shows it.
enum SenderRow {
    static func fields(
        _ sender: SenderVolume, domain: DomainName, choice: WindowChoice
    ) -> Fields {
        let counts = sender.counts
        let total = counts.total
        return sender.group.fields.adding([
            "senderName": ForeignText.value(sender.name, limit: 40),
            "senderLink": Link("domains", domain.text, "senders", sender.key).with(choice).value,
            "total": .number(total),
            "provedShare": .text(Numbers.share(counts[.proved], of: total)),
            "dkimShare": .text(Numbers.share(sender.dkimAligned, of: total)),
            "spfShare": .text(Numbers.share(sender.spfAligned, of: total)),
            "spark": .picture(Sparkline.svg(sender.days)),
            "advice": .text(SenderWords.advice(sender, domain: domain)),
            "reason": sender.reason.isEmpty ? nil : ForeignText.value(sender.reason, limit: 300),
            "confidence": .text(SenderWords.confidence(sender)),
            "evidence": .list(sender.evidence.map(SenderWords.evidence)),
            "hasEvidence": .flag(!sender.evidence.isEmpty),
        ])
    }
}
