import FoundationEssentials
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `/api/v1/…`: for programs that show a token.
struct ProgramPages {
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/openapi.json") { _, _ in
            ProgramAnswer.json(
                APIDocument.json(
                    of: APIOperation.all.filter { services.has($0.room) },
                    serverURL: services.publicURL))
        }
        router.get("/api/v1/token") { request, context in
            _ = try APIQuery(request, of: .token)
            guard let token = context.visit.token else { throw ConsoleError.noToken }
            return ProgramAnswer.json(TokenFacts(token))
        }
        router.get("/api/v1/events") { request, context in
            let query = try APIQuery(request, of: .events)
            guard let organisation = context.visit.organisation else { throw ConsoleError.noToken }
            guard let cursor = ExportCursor(query.text("after") ?? "\(ExportCursor.start)") else {
                throw ConsoleError.badRequest("after is the `cursor` of a line, as a12.l3.m456.")
            }
            let rows = try await services.accounts.export(of: organisation).rows(
                after: cursor, limit: Int(query.whole("limit") ?? 1_000))
            let line = ExportLine(organisation: organisation, verdict: MessageRecord.exported)
            return ProgramAnswer.lines(rows.map { line.render($0) + "\n" }.joined())
        }
        router.get("/api/v1/audit") { request, context in
            let query = try APIQuery(request, of: .audit)
            guard let organisation = context.visit.organisation else { throw ConsoleError.noToken }
            return AuditExport.response(
                services.accounts.audit(of: organisation), after: query.whole("after") ?? 0,
                name: nil)
        }
    }

    private struct TokenFacts: Encodable {
        var name: String
        var organisation: Int64
        var role: String
        var scopes: [String]
        /// Seconds since 1970.
        var expiresAt: Int64

        init(_ token: APIToken) {
            name = token.name
            organisation = token.organisation.rawValue
            role = token.role.rawValue
            scopes = token.scopes.map(\.rawValue).sorted()
            expiresAt = token.expiresAt
        }
    }
}

extension ConsoleServices {
    /// Whether a part of the program is there.
    func has(_ room: APIOperation.Room?) -> Bool {
        switch room {
        case .changes: changes != nil
        case .way: way != nil
        case .evidence: evidence != nil
        case nil: true
        }
    }
}

/// A whole audit log, line by line.
enum AuditExport {
    /// - Parameters:
    ///   - sequence: of the last entry that is left out.
    ///   - name: of the file that a browser saves.
    static func response(
        _ audit: AuditStore, after sequence: Int64 = 0, name: String?
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/x-ndjson"
        headers[.cacheControl] = "no-store"
        if let name { headers[.contentDisposition] = "attachment; filename=\"\(name)\"" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var last = sequence
                while true {
                    let entries = try await audit.entries(after: last)
                    guard let end = entries.last else { break }
                    last = end.sequence
                    let text = entries.map { $0.line + "\n" }.joined()
                    try await writer.write(ByteBuffer(string: text))
                }
                try await writer.finish(nil)
            })
    }
}
