import Hummingbird
import Identities
import MailReports
import Storage

/// `/api/v1/programme`: the board and its domains, for programs.
struct ProgrammeRoutes {
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/programme") { request, context in
            let query = try APIQuery(request, of: .programme)
            return ProgramAnswer.json(
                ProgrammeAnswers.Board(
                    try await services.board(context.visit),
                    offset: Int(query.whole("offset") ?? 0),
                    limit: Int(query.whole("limit") ?? 100)))
        }
        router.get("/api/v1/programme/:domain") { request, context in
            _ = try APIQuery(request, of: .programmeDomain)
            return try await told { try await answer(try context.domain(), context) }
        }
        router.put("/api/v1/programme/:domain") { request, context in
            try await told { try await set(request, context) }
        }
        router.delete("/api/v1/programme/:domain") { request, context in
            let query = try APIQuery(request, of: .removeProgrammeDomain)
            return try await told {
                try await services.programme(context.visit).remove(
                    try context.domain(), at: query.text("version"),
                    by: try context.visit.actor, now: services.now())
                return ProgramAnswer.nothing()
            }
        }
        router.post("/api/v1/programme/find") { request, context in
            _ = try APIQuery(request, of: .findDomains)
            return try await told {
                ProgramAnswer.json(Found(added: try await services.findDomains(context.visit)))
            }
        }
    }

    private struct Found: Encodable { var added: Int }

    private struct Asked: Decodable {
        var owner, purpose, tranche, target, version: String?
    }

    private func set(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let domain = try context.domain()
        guard domain.labelCount > 1 else {
            throw ConsoleError.notFound("The address names no domain.")
        }
        _ = try APIQuery(request, of: .setProgrammeDomain)
        let asked = try await APIBody.read(Asked.self, from: request, of: .setProgrammeDomain)
        func field(_ text: String?) -> ProgrammeChange.Field<String> {
            text.flatMap { $0.isEmpty ? nil : .value($0) } ?? .clear
        }
        let change = ProgrammeChange(
            domain: domain, owner: field(asked.owner),
            purpose: asked.purpose.flatMap { DomainPurpose(rawValue: $0) }.map { .value($0) }
                ?? .clear,
            tranche: field(asked.tranche),
            target: asked.target.flatMap { UTCDay($0) }.map { .value($0) } ?? .clear)
        try await services.programme(context.visit).set(
            [change], at: asked.version.map { [domain: $0] } ?? [:], source: .hand,
            by: try context.visit.actor, now: services.now())
        return try await answer(domain, context)
    }

    private func answer(
        _ domain: DomainName, _ context: ConsoleContext
    ) async throws -> Response {
        let board = try await services.board(context.visit).filtered { $0.entry.domain == domain }
        guard let row = board.rows.first else { throw ProgrammeError.unknown(domain) }
        return ProgramAnswer.json(ProgrammeAnswers.Row(row))
    }

    private func told(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as ProgrammeError {
            throw error.forPrograms
        }
    }
}

extension ProgrammeError {
    fileprivate var forPrograms: ConsoleError {
        switch self {
        case .unknown: .notFound(description)
        case .changedMeanwhile, .full: .conflict(description)
        case .field: .badRequest(description)
        }
    }
}

/// The answers about the programme, as the document describes them.
enum ProgrammeAnswers {
    struct Board: Encodable {
        var today, date: String
        var domainCount, monitor, quarantine, reject, forecast, reachedLately: Int
        var domains: [Row]
        var next: Int?

        init(_ board: ProgrammeBoard, offset: Int, limit: Int) {
            (today, date) = (board.today.description, board.date.description)
            (domainCount, forecast) = (board.rows.count, board.forecast)
            reachedLately = board.reachedLately
            monitor = board.count(.monitor)
            quarantine = board.count(.quarantine)
            reject = board.count(.reject)
            let rest = board.rows.dropFirst(offset)
            domains = rest.prefix(limit).map { Row($0) }
            next = rest.count > limit ? offset + limit : nil
        }
    }

    struct Row: Encodable {
        var domain, owner: String
        var purpose: String?
        var tranche: String
        var target: String?
        var source: String
        /// Seconds since 1970.
        var addedAt: Int64
        var stage: String
        var isSeen, hasReports: Bool
        var block: String
        var earliest: String?
        var outlook, version: String

        init(_ row: ProgrammeBoard.Row) {
            let entry = row.entry
            (domain, owner, tranche) = (entry.domain.text, entry.owner, entry.tranche)
            purpose = entry.purpose?.rawValue
            target = entry.target?.description
            (source, addedAt) = (entry.source.rawValue, entry.addedAt)
            stage = row.stage.rawValue
            (isSeen, hasReports, block) = (row.isSeen, row.hasReports, row.block)
            earliest = row.earliest?.description
            (outlook, version) = (row.outlook.rawValue, entry.version)
        }
    }
}
