import DomainAnalysis
import FoundationEssentials
import Hummingbird
import Identities
import MailReports
import Storage

/// `/api/v1/domains…`: what the pages about domains show.
struct DomainRoutes {
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/domains") { request, context in
            let query = try APIQuery(request, of: .domains)
            let portfolio = try await services.rooms(context.visit).domains.portfolio(
                days: Self.days(query), until: query.day("until"), now: services.now())
            return ProgramAnswer.json(
                DomainAnswers.Domains(
                    portfolio, offset: Int(query.whole("offset") ?? 0),
                    limit: Int(query.whole("limit") ?? 100)))
        }
        router.get("/api/v1/domains/:domain") { request, context in
            let query = try APIQuery(request, of: .domain)
            let domain = try context.domain()
            guard
                let overview = try await services.rooms(context.visit).domains.overview(
                    of: domain, days: Self.days(query), until: query.day("until"),
                    now: services.now())
            else { throw DomainPages.unknown(domain) }
            return ProgramAnswer.json(DomainAnswers.Detail(overview))
        }
        router.get("/api/v1/domains/:domain/plan") { request, context in
            let query = try APIQuery(request, of: .plan)
            let domain = try context.domain()
            guard
                let plan = try await services.rooms(context.visit).adviser.plan(
                    for: domain, days: Self.days(query), until: query.day("until"),
                    now: services.now())
            else { throw DomainPages.unknown(domain) }
            return ProgramAnswer.json(plan)
        }
        router.post("/api/v1/domains/:domain/replay") { request, context in
            _ = try APIQuery(request, of: .replay)
            let domain = try context.domain()
            let rooms = try services.rooms(context.visit)
            let question = try await APIBody.read(
                ReplayQuestion.self, from: request, of: .replay)
            let days = question.days ?? 30
            guard
                try await rooms.domains.overview(
                    of: domain, days: 1, until: question.lastDay, now: services.now()) != nil
            else { throw DomainPages.unknown(domain) }
            do {
                return ProgramAnswer.json(
                    ReplayAnswer(
                        try await rooms.adviser.replay(
                            domain: domain, record: question.record, days: days,
                            until: question.lastDay, now: services.now())))
            } catch let error as ReplayError where error != .cancelled {
                return ProgramAnswer.json(
                    ReplayAnswer(
                        domain: domain.text, record: question.record, problem: error.description))
            }
        }
    }

    private static func days(_ query: APIQuery) -> Int { Int(query.whole("days") ?? 30) }
}

/// The body of a replay.
private struct ReplayQuestion: Decodable {
    var record: String
    var days: Int?
    var until: String?

    var lastDay: UTCDay? { until.flatMap { UTCDay($0) } }
}
