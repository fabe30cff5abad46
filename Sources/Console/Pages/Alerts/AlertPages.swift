import DomainWatch
import HTTPTypes
import Hummingbird
import MailReports
import SQLDatabase
import Storage

/// `/alerts`: what a person should look at, and the week in sentences.
struct AlertPages {
    let templates: Templates
    let services: ConsoleServices
    let maker: EvidenceMaker

    func register(on router: Router<ConsoleContext>) {
        router.get("/alerts") { request, context in
            let query = Query(request)
            let showsAll = query["all"] != nil
            let organisation = try organisation(context)
            let alerts = try await maker.alerts(of: organisation).list(
                all: showsAll, before: query["before"].flatMap { Int64($0) },
                limit: Limits.alertRows + 1)
            let digest = try await maker.digest(
                of: organisation, week: WeeklyDigest.week(before: services.now()))
            let page = AlertListPage(
                alerts: alerts, showsAll: showsAll, mayAct: context.mayWork, digest: digest)
            return templates.response(page.draw(), for: context.visit)
        }
        router.post("/alerts/:id/acknowledge") { _, context in
            let store = maker.alerts(of: try organisation(context))
            let alert = try await store.acknowledge(
                try context.id("alert"), by: try context.visit.actor, now: services.now())
            guard alert != nil else {
                throw ConsoleError.notFound("No alert has this number.")
            }
            return Response.redirect(to: "/alerts", type: .normal)
        }
    }

    private func organisation(_ context: ConsoleContext) throws -> OrganisationID {
        guard let organisation = context.visit.organisation else {
            throw ConsoleError.forbidden("You belong to no organisation here.")
        }
        return organisation
    }
}

/// Alerts with what was seen and what to do, drawn.
struct AlertListPage {
    /// One more than the page shows where there are older ones.
    let alerts: [Alert]
    let showsAll: Bool
    let mayAct: Bool
    let digest: WeeklyDigest

    func draw() -> Page {
        let shown = alerts.prefix(Limits.alertRows)
        var fields: Fields = [
            "lead": .list([Words.piece(lead)]),
            "rows": .list(shown.map(row)),
            "otherLink": .text(showsAll ? "/alerts" : "/alerts?all=1"),
            "otherWords": .text(showsAll ? "Open alerts only" : "Those that are over as well"),
            "hasDigest": .flag(!digest.sentences.isEmpty),
            "digestDays": .text(digest.days),
            "digest": .list(
                digest.sentences.map { ["paragraph": ForeignText.value($0, limit: 1_000)] }),
        ]
        if alerts.count > Limits.alertRows, let last = shown.last {
            fields["olderAlerts"] =
                Link("alerts").with("all", showsAll ? "1" : nil)
                .with("before", String(last.id)).value
        }
        return Page("alerts", title: "Alerts", place: .alerts, fields: fields)
    }

    private var lead: String {
        let open = alerts.filter { $0.overAt == nil }
        guard !open.isEmpty else {
            return "Nothing needs your attention: no alert is open."
        }
        let new = open.count { $0.acknowledgedAt == nil }
        let more = alerts.count > Limits.alertRows ? " or more" : ""
        return Numbers.counted(open.count, "alert", "alerts") + more
            + (open.count == 1 ? " is" : " are") + " open"
            + (new == 0
                ? ", and somebody knows of each."
                : new == open.count
                    ? "; nobody has said yet that they know of "
                        + (new == 1 ? "it." : "them.")
                    : "; nobody has said yet that they know of \(Numbers.grouped(Int64(new))) of them.")
    }

    private func row(_ alert: Alert) -> Fields {
        let finding = alert.finding
        var fields: Fields = [
            "alertNumber": .text(String(alert.id)),
            "alertSign": .text(
                alert.overAt != nil ? "○" : alert.acknowledgedAt == nil ? "◐" : "●"),
            "alertWhat": ForeignText.value(finding.what, limit: 300),
            "alertEvidence": ForeignText.value(finding.evidence, limit: 600),
            "alertAdvice": ForeignText.value(finding.advice, limit: 600),
            "alertSince": Dates.fields(finding.since),
            "alertOver": alert.overAt.map { Dates.fields($0) },
            "isKnown": .flag(alert.acknowledgedAt != nil),
            "knownBy": alert.acknowledgedBy.map { ForeignText.value($0, limit: 60) },
            "knownAt": alert.acknowledgedAt.map { Dates.fields($0) },
        ]
        if mayAct, alert.acknowledgedAt == nil {
            fields["knowLink"] = .text("/alerts/\(alert.id)/acknowledge")
        }
        switch finding.key.kind {
        case .newSender, .failingSender:
            fields["alertLink"] =
                Link("domains", finding.key.domain, "senders", finding.key.place).value
            fields["alertLinkWords"] = "See the sender"
        case .brokenRecord:
            fields["alertLink"] = Link("domains", finding.key.domain, "plan").value
            fields["alertLinkWords"] = "See the plan"
        case .spoofWave, .silentDomain:
            fields["alertLink"] = Link("domains", finding.key.domain).value
            fields["alertLinkWords"] = "See the domain"
        case .changedOutside:
            fields["alertLink"] = Link("changes", finding.key.place).value
            fields["alertLinkWords"] = "See the change"
        case .silentReporter: break
        }
        return fields
    }
}
