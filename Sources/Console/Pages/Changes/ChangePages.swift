import DomainAnalysis
import HTTPTypes
import HostedDNS
import Hummingbird
import Identities
import Logging
import NIOCore
import Storage

/// `/changes`: what was asked of the DNS, where each change stands, and what a person may do about
/// it.
struct ChangePages {
    let templates: Templates
    let services: ConsoleServices
    let desk: ChangeDesk

    func register(on router: Router<ConsoleContext>) {
        router.get("/changes") { request, context in
            let before = Query(request)["before"].flatMap { Int64($0) }
            let changes = try await desk.store.list(
                limit: Limits.changeRows + 1, before: before)
            let page = ChangeListPage(
                changes: changes, mayAct: context.mayChangeDNS, isLaterPage: before != nil)
            return templates.response(page.draw(), for: context.visit)
        }
        router.get("/changes/:id") { request, context in
            let query = Query(request)
            let form = query["form"].flatMap { ChangeExport(rawValue: $0) } ?? .zone
            return templates.response(
                try await page(context, form: form, done: query["done"]), for: context.visit)
        }
        router.get("/changes/:id/export/:form") { _, context in try await export(context) }
        router.post("/changes/:id/apply") { _, context in
            try await act(context, "applied") { id, person in
                try await desk.apply(id, by: person, typed: context.form["typed"])
            }
        }
        router.post("/changes/:id/made") { _, context in
            try await act(context, "made") { try await desk.madeByHand($0, by: $1) }
        }
        router.post("/changes/:id/dismiss") { _, context in
            try await act(context, "dismissed") { try await desk.dismiss($0, by: $1) }
        }
        router.post("/changes/:id/undo") { _, context in
            let stored = try await find(context)
            let person = try context.personForDNS()
            do {
                let back = try await desk.proposeUndo(of: stored.id, by: person)
                return Response.redirect(to: "/changes/\(back.id)?done=undo", type: .normal)
            } catch let fault as ZoneFault {
                return try await refuse(context, fault.description)
            }
        }
        router.post("/domains/:domain/plan/propose") { request, context in
            try await propose(request, context)
        }
        router.post("/domains/:domain/lock-down") { _, context in
            try await proposeLockDown(context)
        }
    }

    // MARK: Proposing

    private var requests: ChangeRequests { ChangeRequests(services: services, desk: desk) }

    private func propose(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let query = Query(request)
        let choice = WindowChoice(query)
        return try await ask(context) { domain, person, rooms in
            try await requests.take(
                step: query["step"].flatMap { Int($0) }, kind: query["kind"], of: domain,
                .init(days: choice.days, until: choice.until), by: person, in: rooms)
        }
    }

    private func proposeLockDown(_ context: ConsoleContext) async throws -> Response {
        try await ask(context) { domain, person, rooms in
            try await requests.lockDown(domain, .init(), by: person, in: rooms)
        }
    }

    private func ask(
        _ context: ConsoleContext,
        _ propose: (DomainName, String, OrganisationServices) async throws -> StoredChange
    ) async throws -> Response {
        let (domain, person) = (try context.domain(), try context.personForDNS())
        do {
            let stored = try await propose(domain, person, try services.rooms(context.visit))
            return .redirect(to: "/changes/\(stored.id)", type: .normal)
        } catch let refusal as ChangeRequests.Refusal {
            switch refusal {
            case .unknown(let domain): throw DomainPages.unknown(domain)
            case .otherPlan:
                throw ConsoleError.badRequest(
                    "The plan has changed since you opened the page. Look at it again.")
            case .zone(let sentence): throw ConsoleError.badRequest(sentence)
            }
        }
    }

    // MARK: One change

    private func find(_ context: ConsoleContext) async throws -> StoredChange {
        guard let stored = try await desk.store.change(try context.id("change")) else {
            throw ConsoleError.notFound("No change has this number.")
        }
        return stored
    }

    private func page(
        _ context: ConsoleContext, form: ChangeExport = .zone, done: String? = nil,
        problem: String? = nil
    ) async throws -> Page {
        let stored = try await find(context)
        return try ChangePage(
            stored: stored, events: try await desk.store.events(of: stored.id), form: form,
            mayAct: context.mayChangeDNS, done: done, problem: problem
        ).draw()
    }

    private func act(
        _ context: ConsoleContext, _ done: String,
        _ act: (Int64, String) async throws -> ChangeDesk.Outcome
    ) async throws -> Response {
        let stored = try await find(context)
        let person = try context.personForDNS()
        switch try await act(stored.id, person) {
        case .done:
            context.logger.info(
                "A change of the DNS was acted on",
                metadata: ["change": "\(stored.id)", "act": "\(done)", "by": "\(person)"])
            return .redirect(to: "/changes/\(stored.id)?done=\(done)", type: .normal)
        case .refused(let sentence):
            return try await refuse(context, sentence)
        }
    }

    private func refuse(_ context: ConsoleContext, _ sentence: String) async throws -> Response {
        var page = try await page(context, problem: sentence)
        page.status = .unprocessableContent
        return templates.response(page, for: context.visit)
    }

    private func export(_ context: ConsoleContext) async throws -> Response {
        let stored = try await find(context)
        guard let name = context.parameters.get("form"), let form = ChangeExport(rawValue: name)
        else { throw ConsoleError.notFound("A change has no form of this name.") }
        var headers = HTTPFields()
        headers[.contentType] = "text/plain; charset=utf-8"
        headers[.contentDisposition] =
            "attachment; filename=\"change-\(stored.id)-\(form.rawValue).\(form.ending)\""
        let text = try ChangePage.text(stored, form)
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension ConsoleContext {
    /// Whether this person may change the DNS: whoever works here may.
    var mayChangeDNS: Bool { mayWork }

    /// The person's name, for the history; refused for who may only look.
    func personForDNS() throws -> String {
        guard let account = visit.account, mayChangeDNS else {
            throw ConsoleError.forbidden("Your account may look at the DNS, and not change it.")
        }
        return account.name
    }
}

extension ChangeExport {
    /// The end of a file's name.
    var ending: String {
        switch self {
        case .text: "txt"
        case .json, .domainConnect: "json"
        case .zone: "zone"
        case .terraform, .terraformCloudflare, .terraformRoute53: "tf"
        }
    }

    /// How the form is called on a tab.
    var title: String {
        switch self {
        case .text: "Text"
        case .json: "JSON"
        case .zone: "Zone lines"
        case .terraform: "Terraform"
        case .terraformCloudflare: "Terraform for Cloudflare"
        case .terraformRoute53: "Terraform for Route 53"
        case .domainConnect: "Domain Connect"
        }
    }
}
