import Hummingbird
import Storage

/// `/people`: who belongs to the organisation, and who may do what.
struct PeoplePages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/people") { request, context in
            templates.response(
                try await page(context, undo: Query(request)["undo"], link: nil, problem: nil),
                for: context.visit)
        }
        router.post("/people/invite") { request, context in
            try await invite(request, context)
        }
        router.post("/people/invitations/:id/withdraw") { _, context in
            try await people(context).withdraw(
                try context.id("invitation"), by: try context.visit.actor, now: services.now())
            return Response.redirect(to: "/people", type: .normal)
        }
        router.get("/people/:id") { _, context in
            templates.response(
                MemberPage(member: try await member(context)).draw(), for: context.visit)
        }
        router.post("/people/:id/role") { _, context in try await change(context) }
        router.post("/people/:id/password-link") { request, context in
            try await reset(request, context)
        }
        router.post("/people/:id/remove") { _, context in try await remove(context) }
        router.post("/people/undo") { _, context in
            do {
                try await people(context).undo(
                    Int64(context.form["entry"]) ?? 0, by: try context.visit.actor,
                    now: services.machineNow())
            } catch let error as PeopleError {
                return templates.response(
                    try await page(context, undo: nil, link: nil, problem: error.description),
                    for: context.visit)
            }
            return Response.redirect(to: "/people", type: .normal)
        }
    }

    private func people(_ context: ConsoleContext) throws -> PeopleStore {
        guard let organisation = context.visit.organisation else {
            throw ConsoleError.forbidden("You belong to no organisation here.")
        }
        return services.accounts.people(of: organisation)
    }

    private func member(_ context: ConsoleContext) async throws -> Member {
        guard let member = try await people(context).member(try context.id("person")) else {
            throw ConsoleError.notFound("Nobody in this organisation has this number.")
        }
        return member
    }

    // MARK: Acts

    private func invite(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let store = try people(context)
        do {
            let token = try await store.invite(
                context.form["remark"], as: try PeopleWords.standing(context.form),
                by: try context.visit.actor, now: services.now())
            return templates.response(
                try await page(
                    context, undo: nil,
                    link: services.link("/join?token=\(token.text)", for: request), problem: nil),
                for: context.visit)
        } catch {
            return templates.response(
                try await page(context, undo: nil, link: nil, problem: try Self.sentence(error)),
                for: context.visit)
        }
    }

    private func change(_ context: ConsoleContext) async throws -> Response {
        let member = try await member(context)
        do {
            let entry = try await people(context).change(
                member.account.id, to: try PeopleWords.standing(context.form),
                by: try context.visit.actor, now: services.now())
            let undo = entry.map { "?undo=\($0.sequence)" } ?? ""
            return .redirect(to: "/people" + undo, type: .normal)
        } catch {
            var page = MemberPage(member: member)
            page.problem = try Self.sentence(error)
            return templates.response(page.draw(), for: context.visit)
        }
    }

    /// A link for a new password.
    private func reset(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        var page = MemberPage(member: try await member(context))
        guard let organisation = context.visit.organisation else {
            throw ConsoleError.forbidden("You belong to no organisation here.")
        }
        do {
            let token = try await services.accounts.passwordLink(
                for: page.member.account.id, by: try context.visit.actor,
                owner: context.visit.account, in: organisation, now: services.machineNow())
            page.link = services.link("/reset?token=\(token.text)", for: request)
        } catch {
            page.problem = try Self.sentence(error)
        }
        return templates.response(page.draw(), for: context.visit)
    }

    private func remove(_ context: ConsoleContext) async throws -> Response {
        let member = try await member(context)
        var page = MemberPage(member: member)
        guard context.form["typed"].lowercased() == member.account.name.lowercased() else {
            page.problem = "That is not the name. Type it exactly."
            return templates.response(page.draw(), for: context.visit)
        }
        do {
            let entry = try await people(context).remove(
                member.account.id, by: try context.visit.actor, now: services.now())
            return .redirect(to: "/people?undo=\(entry.sequence)", type: .normal)
        } catch {
            page.problem = try Self.sentence(error)
            return templates.response(page.draw(), for: context.visit)
        }
    }

    /// What a person can mend is said on the page; everything else goes on.
    private static func sentence(_ error: any Error) throws -> String {
        switch error {
        case let error as PeopleError: return error.description
        case ConsoleError.badRequest(let sentence): return sentence
        default: throw error
        }
    }

    // MARK: The page

    private func page(
        _ context: ConsoleContext, undo: String?, link: String?, problem: String?
    ) async throws -> Page {
        let store = try people(context)
        var page = PeoplePage(
            organisation: context.visit.membership?.organisation.name ?? "",
            members: try await store.members(),
            invitations: try await store.invitations(now: services.machineNow()),
            mayAct: context.visit.isAny(of: RouteAccess.owners))
        page.link = link
        page.problem = problem
        if let sequence = undo.flatMap({ Int64($0) }), let organisation = context.visit.organisation
        {
            page.changed = try await services.accounts.audit(of: organisation).entry(sequence)
        }
        return page.draw()
    }
}
