import DomainAnalysis
import Hummingbird
import Identities
import MailReports
import Storage

/// `/`: is anybody sending as us, and what needs me?
struct PortfolioPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/") { request, context in
            let query = Query(request)
            let choice = WindowChoice(query)
            let from = query["from"].flatMap { Int($0) } ?? 0
            let portfolio = try await services.rooms(context.visit).domains.portfolio(
                days: choice.days, until: choice.until, now: services.now())
            return templates.response(
                Self.page(portfolio, choice: choice, from: from), for: context.visit)
        }
        router.get("/domains") { _, _ in Response.redirect(to: "/", type: .normal) }
    }

    static func page(_ portfolio: Portfolio, choice: WindowChoice, from: Int) -> Page {
        var fields: Fields = ["isEmpty": .flag(portfolio.domains.isEmpty)]
        if !portfolio.domains.isEmpty {
            fields["lead"] = .list(Words.lead(portfolio))
            fields["chart"] = .picture(
                VolumeChart(
                    days: portfolio.days,
                    label: "Messages per day of all domains by state. The figures stand in the "
                        + "table behind the picture."
                ).svg)
            fields["states"] = .list(DomainPages.states(portfolio.counts))
            fields["figures"] = .fields(Figures.fields(portfolio.days))
            let from = min(max(0, from), portfolio.domains.count - 1)
            let end = min(from + Limits.portfolioDomains, portfolio.domains.count)
            fields["domains"] = .list(
                portfolio.domains[from..<end].map { row($0, choice: choice) })
            if end < portfolio.domains.count {
                fields["moreDomains"] = Link().with("from", String(end)).with(choice).value
            }
            fields["shownDomains"] =
                end - from < portfolio.domains.count
                ? .text("\(Numbers.grouped(Int64(from + 1))) to \(Numbers.grouped(Int64(end)))")
                : nil
            fields["domainCount"] = .text(
                Numbers.counted(portfolio.domains.count, "domain", "domains"))
        }
        fields["window"] = choice.fields(
            portfolio.window, endsWithNewestData: portfolio.endsWithNewestData, link: Link())
        return Page("portfolio", title: "Domains", place: .domains, fields: fields)
    }

    private static func row(_ summary: DomainSummary, choice: WindowChoice) -> Fields {
        let counts = summary.counts
        var row = DomainText.fields(summary.domain)
        row["link"] = Link("domains", summary.domain.text).with(choice).value
        row["total"] = .number(counts.total)
        row["provedShare"] = .text(Numbers.share(counts[.proved], of: counts.total))
        row["undecided"] = .number(counts[.undecided])
        row["hasUndecided"] = .flag(counts[.undecided] > 0)
        row["forwarded"] = .number(counts.forwarded)
        row["forged"] = .number(counts[.forged])
        row["hasForged"] = .flag(counts[.forged] > 0)
        row["spark"] = .picture(Sparkline.svg(summary.days))
        row["policy"] = .fields(PolicyText.fields(summary.published))
        row["senders"] =
            summary.undecidedSenders > 0
            ? .text(Numbers.counted(summary.undecidedSenders, "sender", "senders")) : nil
        return row
    }
}

/// A policy as a receiver saw it, with what it means.
enum PolicyText {
    static func fields(_ observed: ObservedPolicy?) -> Fields {
        guard let observed else {
            return ["policyWord": "not seen", "policyStrength": "absent"]
        }
        let word = observed.policy.policy ?? ""
        let shown = ["none", "quarantine", "reject"].contains(word) ? word : "unclear"
        return [
            "policyWord": .text(shown),
            "policyStrength": .text(shown),
            "policyText": .text(recordText(observed.policy)),
            "policyMeaning": .text(meaning(observed.policy)),
            "policySeen": Dates.fields(observed.seen),
            "policyReporter": ForeignText.value(observed.reporter),
        ]
    }

    /// What receivers are asked to do, in a clause.
    static func meaning(_ policy: AggregateReport.PublishedPolicy) -> String {
        let isTesting = policy.testing == true || (policy.percentage ?? 100) < 100
        let test = isTesting ? ", as a test or for a part of it" : ""
        return switch policy.policy {
        case "none": "receivers only report unproved mail and deliver it"
        case "quarantine": "receivers should put unproved mail aside (spam folder)" + test
        case "reject": "receivers should refuse unproved mail" + test
        default: "the reporter sent no policy that we know"
        }
    }

    /// The record as far as reports repeat it.
    static func recordText(_ policy: AggregateReport.PublishedPolicy) -> String {
        var tags = ["v=DMARC1"]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty {
                tags.append("\(name)=\(ForeignText.clean(value, limit: 20))")
            }
        }
        add("p", policy.policy)
        add("sp", policy.subdomainPolicy)
        add("np", policy.nonexistentSubdomainPolicy)
        add("adkim", policy.dkimAlignment)
        add("aspf", policy.spfAlignment)
        if let percentage = policy.percentage, percentage != 100 { add("pct", String(percentage)) }
        if policy.testing == true { add("t", "y") }
        return tags.joined(separator: "; ")
    }
}
