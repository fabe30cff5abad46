import Hummingbird

/// `/queue`: what waits for whom, since when and why, and what a person may do about it.
struct QueuePages {
    let templates: Templates
    let services: ConsoleServices
    let gateway: GatewayServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/queue") { request, context in
            let page = QueuePage(
                snapshot: try await gateway.queue(), now: services.machineNow() &* 1_000,
                mayAct: context.mayManageMail, done: Query(request)["done"],
                count: Query(request)["n"].flatMap { Int($0) })
            return templates.response(page.draw(), for: context.visit)
        }
        router.get("/queue/delete") { request, context in
            let found = try await destination(Query(request)["destination"] ?? "")
            return templates.response(
                QueuePage.deletion(of: found, problem: nil), for: context.visit)
        }
        for act in QueueRequest.Act.allCases {
            router.post("/queue/\(act.rawValue)") { _, context in
                try await carryOut(act, context)
            }
        }
    }

    private func carryOut(
        _ act: QueueRequest.Act, _ context: ConsoleContext
    ) async throws -> Response {
        let key = context.form["destination"]
        guard !key.isEmpty || act == .retry else {
            throw ConsoleError.badRequest("Choose a destination: this is not done to everything.")
        }
        var scope = QueueRequest.Scope.everything
        if !key.isEmpty {
            let found = try await destination(key)
            if act == .delete, context.form["typed"].lowercased() != found.name.lowercased() {
                let problem = "That is not the name of the destination. Type it exactly."
                return templates.response(
                    QueuePage.deletion(of: found, problem: problem), for: context.visit)
            }
            scope = .destination(found.name)
        }
        let count = try await context.carryOut(act, scope, gateway, services)
        return .redirect(to: "/queue?done=\(act.rawValue)&n=\(count)", type: .normal)
    }

    /// The destination that a form or an address means.
    private func destination(_ key: String) async throws -> QueueSnapshot.Destination {
        let snapshot = try await gateway.queue()
        guard let found = snapshot.destinations.first(where: { QueuePage.key(of: $0) == key })
        else { throw ConsoleError.notFound("Nothing waits for this destination any more.") }
        return found
    }
}
