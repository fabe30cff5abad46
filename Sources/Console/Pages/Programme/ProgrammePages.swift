import HTTPTypes
import Hummingbird
import Identities
import MailReports
import NIOCore
import Storage

/// `/programme`: who is where on the way to p=reject, what blocks each, and will it be in time?
struct ProgrammePages {
    let templates: Templates
    let services: ConsoleServices

    static let importAddress = "/programme/import"

    func register(on router: Router<ConsoleContext>) {
        router.get("/programme") { request, context in
            let query = Query(request)
            return templates.response(
                try await page(context, filter: ProgrammeFilter(query), done: query["done"]),
                for: context.visit)
        }
        router.get("/programme/export") { request, context in
            let board = try await services.board(context.visit)
            let shown = board.filtered(ProgrammeFilter(Query(request)).shows)
            var headers = HTTPFields()
            headers[.contentType] = "text/csv; charset=utf-8"
            headers[.contentDisposition] = "attachment; filename=\"programme.csv\""
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(
                    byteBuffer: ByteBuffer(string: ProgrammeCSV.render(shown.rows.map(\.entry)))))
        }
        router.post("/programme/set") { _, context in try await set(context) }
        router.post("/programme/import") { _, context in try await takeIn(context) }
        router.post("/programme/find") { _, context in
            let added = try await services.findDomains(context.visit)
            return Response.redirect(to: "/programme?done=found-\(added)", type: .normal)
        }
        router.post("/programme/remove") { _, context in
            guard let domain = DomainName(context.form["domain"]) else {
                throw ConsoleError.badRequest("Name the domain, as in example.org.")
            }
            try await told {
                try await services.programme(context.visit).remove(
                    domain, by: try context.visit.actor, now: services.now())
            }
            return Response.redirect(to: "/programme?done=removed", type: .normal)
        }
    }

    @discardableResult
    private func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ProgrammeError {
            throw ConsoleError.badRequest(ForeignText.clean(error.description, limit: 400))
        }
    }

    // MARK: Reading

    private func page(
        _ context: ConsoleContext, filter: ProgrammeFilter, done: String? = nil,
        problem: String? = nil, faults: ProgrammeCSV.Reading? = nil
    ) async throws -> Page {
        ProgrammePage(
            whole: try await services.board(context.visit), filter: filter,
            mayWork: context.mayWork, done: done,
            problem: problem, faults: faults
        ).draw()
    }

    // MARK: Changing

    private func set(_ context: ConsoleContext) async throws -> Response {
        let form = context.form
        // The same rules as in a file, where an empty field of a form takes a value away.
        func cell(_ name: String) -> String {
            let text = form[name].replacing("\"", with: "\"\"")
            return "\"\(text.isEmpty && form["is_edit"] == "1" ? "-" : text)\""
        }
        let line = ["domain", "owner", "purpose", "tranche", "target"].map(cell)
            .joined(separator: ",")
        let reading = ProgrammeCSV.parse(Array("\(ProgrammeCSV.header)\n\(line)\n".utf8))
        guard let change = reading.changes.first, reading.faults.isEmpty else {
            var page = try await page(
                context, filter: ProgrammeFilter(),
                problem: reading.faults.first?.sentence ?? "Name the domain.")
            page.status = .unprocessableContent
            return templates.response(page, for: context.visit)
        }
        try await told {
            try await services.programme(context.visit).set(
                [change], source: .hand, by: try context.visit.actor, now: services.now())
        }
        return .redirect(to: "/programme?done=set", type: .normal)
    }

    private func takeIn(_ context: ConsoleContext) async throws -> Response {
        guard let file = context.form.files.first else {
            throw ConsoleError.badRequest("Choose a CSV file first.")
        }
        let reading = ProgrammeCSV.parse(file.content)
        guard reading.faults.isEmpty else {
            var page = try await page(context, filter: ProgrammeFilter(), faults: reading)
            page.status = .unprocessableContent
            return templates.response(page, for: context.visit)
        }
        let changed = try await told {
            try await services.programme(context.visit).set(
                reading.changes, source: .csv, by: try context.visit.actor, now: services.now())
        }
        return .redirect(to: "/programme?done=file-\(changed)", type: .normal)
    }
}

/// Which domains of the programme are looked at.
struct ProgrammeFilter {
    var tranche: String?
    var owner: String?

    init() {}

    init(_ query: Query) {
        tranche = query["tranche"]
        owner = query["owner"]
    }

    func shows(_ row: ProgrammeBoard.Row) -> Bool {
        (tranche == nil || row.entry.tranche == tranche)
            && (owner == nil || row.entry.owner.lowercased() == owner?.lowercased())
    }

    var isEmpty: Bool { tranche == nil && owner == nil }
}
