import Gateway
import Hummingbird
import Logging
import MailReports
import Spool
import Storage

/// `/messages` and `/messages/ID`: the trace of every message, and what a person may do with one.
struct MessagePages {
    let templates: Templates
    let services: ConsoleServices
    let gateway: GatewayServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/messages") { request, context in try await list(request, context) }
        router.get("/messages/:id") { request, context in
            let page = MessageDetailPage(
                try await history(context), mayAct: context.mayManageMail,
                done: Query(request)["done"])
            return templates.response(page.draw(), for: context.visit)
        }
        router.get("/messages/:id/delete") { _, context in
            let page = MessageDetailPage(
                try await history(context), mayAct: context.mayManageMail)
            var drawn = page.draw()
            drawn.template = "deletemessage"
            drawn.title = "Delete for good?"
            return templates.response(drawn, for: context.visit)
        }
        for act in QueueRequest.Act.allCases {
            router.post("/messages/:id/\(act.rawValue)") { _, context in
                try await carryOut(act, context)
            }
        }
    }

    private func list(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let query = Query(request)
        let asked = MessageQuery(query)
        if let id = asked.question.id,
            try await gateway.messages.history(of: id.storedValue) != nil
        {
            return .redirect(to: "/messages/\(id)", type: .normal)
        }
        let place = query["at"].flatMap { MessagePage.Place($0) }
        let page = try await gateway.messages.search(
            asked.question.search, limit: Limits.messageRows, from: place)
        let today = MailReports.UTCDay(secondsSinceEpoch: services.machineNow())
        let counts =
            asked.isEmpty && place == nil
            ? try await gateway.messages.counts(today...today) : []
        let drawn = MessageListPage(
            query: asked, page: page, counts: counts, isLaterPage: place != nil
        ).draw()
        return templates.response(drawn, for: context.visit)
    }

    private func history(_ context: ConsoleContext) async throws -> MessageHistory {
        guard let id = context.parameters.get("id").flatMap({ QueueIdentifier($0) }),
            let history = try await gateway.messages.history(of: id.storedValue)
        else {
            throw ConsoleError.notFound(
                "No message has this id: it may be mistyped, or the message is older than what is "
                    + "kept.")
        }
        return history
    }

    private func carryOut(
        _ act: QueueRequest.Act, _ context: ConsoleContext
    ) async throws -> Response {
        let history = try await history(context)
        let id = QueueIdentifier(storedValue: history.message.id)
        try await context.carryOut(act, .message(id), gateway, services)
        return .redirect(to: "/messages/\(id)?done=\(act.rawValue)", type: .normal)
    }
}

extension ConsoleContext {
    /// Whether this person may change anything about reports and mail.
    var mayWork: Bool { visit.isAny(of: RouteAccess.workers) }
    var mayManageMail: Bool { mayWork }

    /// Has a person's request done. What is asked is in the audit log before it is done: the mail
    /// is not kept in the database, and nothing may happen that is not told.
    ///
    /// - Returns: to how many messages.
    @discardableResult
    func carryOut(
        _ act: QueueRequest.Act, _ scope: QueueRequest.Scope, _ gateway: GatewayServices,
        _ services: ConsoleServices
    ) async throws -> Int {
        guard let account = visit.account, let organisation = visit.organisation, mayManageMail
        else { throw ConsoleError.forbidden("Your account may look at mail, and not change it.") }
        let audit = services.accounts.audit(of: organisation)
        let change = AuditChange(by: AuditActor(account), "mail.\(act.rawValue)", scope.subject)
        try await audit.append(change, at: services.now())
        let answer = try await gateway.carryOut(QueueRequest(act, scope, by: account.name))
        switch answer {
        case .refused(let sentence):
            var refused = change
            refused.act = "mail.refused"
            refused.after = ForeignText.clean(sentence, limit: 300)
            try await audit.append(refused, at: services.now())
            throw ConsoleError.forbidden(ForeignText.clean(sentence, limit: 300))
        case .done(let messages):
            logger.info(
                "The queue was changed by hand",
                metadata: [
                    "act": "\(act.rawValue)", "messages": "\(messages)", "by": "\(account.name)",
                ])
            return messages
        }
    }
}

extension QueueRequest.Scope {
    /// What it is about, for the audit log.
    fileprivate var subject: String {
        switch self {
        case .message(let id): "message \(id)"
        case .destination(let name): "all mail for \(name)"
        case .everything: "all mail that waits"
        }
    }
}
