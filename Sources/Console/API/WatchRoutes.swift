import DomainWatch
import Hummingbird
import Identities
import MailReports
import Storage

/// `/api/v1/alerts` and `/api/v1/evidence`: what to look at, and what to hand to others.
struct WatchRoutes {
    let services: ConsoleServices
    let maker: EvidenceMaker

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/alerts") { request, context in
            let query = try APIQuery(request, of: .alerts)
            let limit = Int(query.whole("limit") ?? 50)
            let found = try await maker.alerts(of: try organisation(context)).list(
                all: query.text("state") == "all", before: query.whole("before"),
                limit: limit + 1)
            return ProgramAnswer.json(
                List(
                    alerts: found.prefix(limit).map { AlertAnswer($0) },
                    next: found.count > limit ? found[limit - 1].id : nil))
        }
        router.post("/api/v1/alerts/:id/seen") { request, context in
            _ = try APIQuery(request, of: .seeAlert)
            guard
                let alert = try await maker.alerts(of: try organisation(context)).acknowledge(
                    try context.id("alert"), by: try context.visit.actor, now: services.now())
            else { throw ConsoleError.notFound("No alert has this number.") }
            return ProgramAnswer.json(AlertAnswer(alert))
        }
        router.get("/api/v1/evidence/:form") { request, context in
            guard let form = context.parameters.get("form").flatMap({ EvidenceForm(rawValue: $0) })
            else { throw ConsoleError.notFound("Evidence comes as pdf, csv or json.") }
            _ = try APIQuery(request, of: .evidence)
            let input = EvidenceInput(Query(request))
            if let problem = input.problem { throw ConsoleError.conflict(problem) }
            do {
                let pack = try await maker.pack(
                    input.question, of: try organisation(context), now: services.now())
                return ProgramAnswer.file(
                    try form.render(pack), mediaType: form.mediaType, name: form.fileName(pack))
            } catch let error as EvidenceError {
                throw ConsoleError.conflict(ForeignText.clean(error.description, limit: 400))
            } catch let error as PDFError {
                throw ConsoleError.unavailable(error.description)
            }
        }
    }

    private struct List: Encodable {
        var alerts: [AlertAnswer]
        var next: Int64?
    }

    private func organisation(_ context: ConsoleContext) throws -> OrganisationID {
        guard let organisation = context.visit.organisation else { throw ConsoleError.noToken }
        return organisation
    }
}

/// An alert, for programs; instants are seconds since 1970.
struct AlertAnswer: Encodable {
    var id: Int64
    var kind, domain, place, since, what, evidence, advice: String
    var raisedAt, seenAt: Int64
    var overAt, acknowledgedAt: Int64?
    var acknowledgedBy: String?

    init(_ alert: Alert) {
        let (finding, key) = (alert.finding, alert.finding.key)
        (id, kind, domain, place) = (alert.id, key.kind.rawValue, key.domain, key.place)
        since = finding.since.description
        (what, evidence, advice) = (finding.what, finding.evidence, finding.advice)
        (raisedAt, seenAt, overAt) = (alert.raisedAt, alert.seenAt, alert.overAt)
        (acknowledgedAt, acknowledgedBy) = (alert.acknowledgedAt, alert.acknowledgedBy)
    }
}
