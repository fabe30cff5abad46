import DomainAnalysis
import HTTPTypes
import HostedDNS
import Hummingbird
import Identities
import Storage

/// `/emergency`: from a domain never seen before to a proposed policy that refuses, with its risks.
struct EmergencyPages {
    let templates: Templates
    let services: ConsoleServices
    let desk: WayDesk

    func register(on router: Router<ConsoleContext>) {
        router.get("/emergency") { request, context in
            let query = Query(request)
            guard let text = query["domain"] else {
                return templates.response(Self.form(), for: context.visit)
            }
            guard let domain = DomainName(text.filter { !$0.isWhitespace }) else {
                var page = Self.form(
                    problem: "“\(ForeignText.clean(text, limit: 60))” is no domain. Write it as in "
                        + "example.org.")
                page.status = .badRequest
                return templates.response(page, for: context.visit)
            }
            return Response.redirect(
                to: "/domains/\(domain.text)/way/emergency", type: .normal)
        }
        router.get("/domains/:domain/way/emergency") { request, context in
            let reports = Query(request)["reports"] ?? ""
            return templates.response(
                try await page(context, reports: reports), for: context.visit)
        }
        router.post("/domains/:domain/way/emergency") { _, context in
            let domain = try context.domain()
            do {
                let found = try await desk.emergency(
                    domain, reportsTo: try Self.address(context.form["reports"]))
                let proposal = try await desk.propose(
                    domain, record: found.record, reason: "In an emergency.",
                    days: WindowChoice.usual, by: try context.visit.actor)
                return Response.redirect(to: "/way/\(proposal.id)", type: .normal)
            } catch {
                var page = try await page(
                    context, reports: "", problem: try WayPages.sentence(error))
                page.status = .unprocessableContent
                return templates.response(page, for: context.visit)
            }
        }
    }

    /// Nil for an empty field.
    static func address(_ text: String) throws -> EmailAddress? {
        let text = text.filter { !$0.isWhitespace }
        guard !text.isEmpty else { return nil }
        guard let address = EmailAddress(text) else {
            throw WayRefusal("“\(ForeignText.clean(text, limit: 80))” is no mail address.")
        }
        return address
    }

    private static func form(problem: String? = nil) -> Page {
        Page(
            "emergency", title: "Emergency", place: .domains,
            fields: [
                "isForm": true, "wayProblem": problem.map { ForeignText.value($0, limit: 300) },
            ])
    }

    private func page(
        _ context: ConsoleContext, reports: String, problem: String? = nil
    ) async throws -> Page {
        let domain = try context.domain()
        var problem = problem
        var address: EmailAddress?
        do {
            address = try Self.address(reports)
        } catch let refusal as WayRefusal {
            problem = refusal.description
        }
        let found = try await desk.emergency(domain, reportsTo: address)
        let open = try await desk.store.proposals(of: domain, limit: 1).first {
            WayState.open.contains($0.state)
        }
        let isClosed = found.survey.step == .reject
        var fields = DomainText.fields(domain)
        fields["wayLink"] = Link("domains", domain.text, "way").value
        fields["emergencyLink"] = Link("domains", domain.text, "way", "emergency").value
        fields["wayProblem"] = problem.map { ForeignText.value($0, limit: 400) }
        fields["lead"] = .list(Self.lead(found))
        fields["sets"] = RiskFields.difference(
            domain, from: found.survey.record, to: found.record)
        fields["dangers"] = .list(
            found.dangers.map { ["danger": ForeignText.value($0, limit: 600)] })
        fields["known"] = .fields(RiskFields.fields(found.risk, choice: .standard))
        fields["reportsInput"] = .text(ForeignText.clean(reports, limit: 200))
        fields["asksForReports"] = .flag(found.record.contains("rua="))
        fields["openLink"] = .optional(open.map { "/way/\($0.id)" })
        fields["openNumber"] = .optional(open.map { String($0.id) })
        fields["isClosed"] = .flag(isClosed)
        fields["mayPropose"] = .flag(
            context.mayChangeDNS && open == nil && !isClosed && found.survey.failures.isEmpty)
        return Page(
            "emergency", title: "Emergency · \(DomainText.plain(domain))", place: .domains,
            fields: fields)
    }

    private static func lead(_ found: WayEmergency) -> [Fields] {
        let name = DomainText.plain(found.survey.domain)
        guard found.survey.step != .reject else {
            return [
                Words.piece("\(name) refuses already: ", strong: true),
                Words.piece(
                    "receivers are asked not to take mail that fails. "
                        + (found.survey.below.sentence(found.survey.domain) ?? "")),
            ]
        }
        let step = found.survey.step
        return [
            Words.piece("\(name) can be closed to forgers with one record. ", strong: true),
            Words.piece(
                found.survey.record == nil
                    ? "It has no DMARC record of its own: anybody can write in its name. "
                    : "It is at \(step.tags) today. "),
            Words.piece(
                "What may be lost by it: "
                    + Numbers.counted(found.dangers.count, "point", "points") + ".",
                to: "#dangers"),
        ]
    }
}
