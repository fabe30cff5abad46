import DomainWatch
import HTTPTypes
import Hummingbird
import Identities
import MailReports
import NIOCore
import Storage

/// `/evidence`: where the organisation stands, then and now, to be handed to somebody else.
struct EvidencePages {
    let templates: Templates
    let services: ConsoleServices
    let maker: EvidenceMaker

    func register(on router: Router<ConsoleContext>) {
        router.get("/evidence") { request, context in
            let form = EvidenceInput(Query(request))
            var page = EvidencePage(form: form)
            do {
                page.pack = try await pack(form, context)
            } catch let problem as ConsoleError {
                page.problem = problem.sentence
            }
            var drawn = page.draw()
            if page.problem != nil { drawn.status = .unprocessableContent }
            return templates.response(drawn, for: context.visit)
        }
        router.get("/evidence/file/:form") { request, context in
            guard
                let form = context.parameters.get("form").flatMap({ EvidenceForm(rawValue: $0) })
            else { throw ConsoleError.notFound("Evidence comes as pdf, csv or json.") }
            let pack = try await pack(EvidenceInput(Query(request)), context)
            let bytes: [UInt8]
            do {
                bytes = try form.render(pack)
            } catch let error as PDFError {
                throw ConsoleError.unavailable(error.description)
            }
            var headers = HTTPFields()
            headers[.contentType] = form.mediaType
            headers[.cacheControl] = "no-store"
            headers[.contentDisposition] = "attachment; filename=\"\(form.fileName(pack))\""
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }

    private func pack(
        _ input: EvidenceInput, _ context: ConsoleContext
    ) async throws -> EvidencePack {
        guard let organisation = context.visit.organisation else {
            throw ConsoleError.forbidden("You belong to no organisation here.")
        }
        if let problem = input.problem { throw ConsoleError.badRequest(problem) }
        do {
            return try await maker.pack(
                input.question, of: organisation, now: services.now())
        } catch let error as EvidenceError {
            throw ConsoleError.badRequest(ForeignText.clean(error.description, limit: 400))
        }
    }
}

/// What a person asks for, as the form says it.
struct EvidenceInput {
    private static let days = ["from", "to", "before", "beforeto"]

    /// Field by field, as it was typed.
    private(set) var texts: [String: String] = [:]
    private(set) var question = EvidenceQuestion()
    private(set) var problem: String?

    init(_ query: Query) {
        var found: [String: UTCDay] = [:]
        for name in Self.days {
            guard let text = query[name] else { continue }
            texts[name] = ForeignText.clean(text, limit: 20)
            guard let day = UTCDay(text), (0...200_000).contains(day.number) else {
                problem =
                    "“\(ForeignText.clean(text, limit: 20))” is no day; write it as 2026-11-22."
                continue
            }
            found[name] = day
        }
        texts["domains"] = query["domains"].map { ForeignText.clean($0, limit: 4_000) }
        var domains: [DomainName] = []
        for word in (query["domains"] ?? "").split(whereSeparator: { " ,;\n\r\t".contains($0) }) {
            guard let domain = DomainName(word) else {
                problem = "“\(ForeignText.clean(String(word)))” is no domain."
                continue
            }
            domains.append(domain)
        }
        question = EvidenceQuestion(
            domains: domains, from: found["from"], to: found["to"], beforeFrom: found["before"],
            beforeTo: found["beforeto"])
    }

    /// The same question, for a file.
    func link(_ form: EvidenceForm) -> Field {
        var link = Link("evidence", "file", form.rawValue)
        for name in ["domains"] + Self.days { link = link.with(name, texts[name]) }
        return link.value
    }
}
