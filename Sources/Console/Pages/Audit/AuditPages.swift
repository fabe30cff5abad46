import Hummingbird
import MailReports
import Storage

/// `/audit`: who changed what, and when.
struct AuditPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/audit") { request, context in
            let query = Query(request)
            let asked = AuditQuery(query)
            let audit = try audit(context)
            let page = AuditPage(
                query: asked,
                found: try await audit.search(
                    asked.search, before: query["before"].flatMap { Int64($0) }),
                head: try await audit.head(), isLaterPage: query["before"] != nil)
            return templates.response(page.draw(), for: context.visit)
        }
        router.get("/audit/export") { _, context in
            let audit = try audit(context)
            let head = try await audit.head()
            return AuditExport.response(audit, name: "audit-log-\(head.sequence).ndjson")
        }
    }

    private func audit(_ context: ConsoleContext) throws -> AuditStore {
        guard let organisation = context.visit.organisation else {
            throw ConsoleError.forbidden("You belong to no organisation here.")
        }
        return services.accounts.audit(of: organisation)
    }
}

/// What a person looks for in the audit log, as the form says it.
struct AuditQuery {
    let who: String?
    let what: String?
    let first: UTCDay?
    let last: UTCDay?
    private(set) var problems: [String] = []

    init(_ query: Query) {
        who = query["who"].map { ForeignText.clean($0, limit: 100) }
        what = query["what"].map { ForeignText.clean($0, limit: 100) }
        func day(_ name: String) -> UTCDay? {
            query[name].flatMap { UTCDay($0) }.flatMap {
                (0...200_000).contains($0.number) ? $0 : nil
            }
        }
        (first, last) = (day("since"), day("until"))
        for (name, found) in [("since", first), ("until", last)] {
            if let text = query[name], found == nil {
                problems.append(
                    "“\(ForeignText.clean(text, limit: 20))” is no day; write it as 2026-11-22.")
            }
        }
    }

    var search: AuditStore.Search {
        AuditStore.Search(
            who: who, what: what, from: first?.firstSecond,
            until: last?.advanced(by: 1).firstSecond)
    }

    func link(before place: Int64) -> Field {
        Link("audit").with("who", who).with("what", what).with("since", first?.description)
            .with("until", last?.description).with("before", String(place)).value
    }
}
