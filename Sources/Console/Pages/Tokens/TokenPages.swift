import HTTPTypes
import Hummingbird
import Storage

/// `/tokens`: what programs may do, and since when they did not.
struct TokenPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/tokens") { request, context in
            templates.response(
                try await page(
                    context, made: nil, problem: nil,
                    isRevoked: Query(request)["revoked"] != nil),
                for: context.visit)
        }
        router.post("/tokens/make") { _, context in try await make(context) }
        router.get("/tokens/:id/revoke") { _, context in
            let token = try await token(context)
            return templates.response(
                Page(
                    "revoketoken", title: "Revoke for good?", place: .people,
                    fields: Self.row(token, now: services.now(), mayAct: true)),
                for: context.visit)
        }
        router.post("/tokens/:id/revoke") { _, context in
            let token = try await token(context)
            try await tokens(context).revoke(
                token.id, by: try context.visit.actor, now: services.now())
            return Response.redirect(to: "/tokens?revoked=1", type: .normal)
        }
    }

    private func tokens(_ context: ConsoleContext) throws -> TokenStore {
        guard let organisation = context.visit.organisation else {
            throw ConsoleError.forbidden("You belong to no organisation here.")
        }
        return services.accounts.tokens(of: organisation)
    }

    private func token(_ context: ConsoleContext) async throws -> APIToken {
        guard let token = try await tokens(context).token(try context.id("token")),
            token.revokedAt == nil
        else { throw ConsoleError.notFound(PeopleError.unknownToken.description) }
        return token
    }

    private func make(_ context: ConsoleContext) async throws -> Response {
        let form = context.form
        let scopes = Set(TokenScope.allCases.filter { !form["scope-\($0.rawValue)"].isEmpty })
        do {
            let made = try await tokens(context).make(
                form["name"], scopes: scopes, role: Role(rawValue: form["role"]) ?? .domainOwner,
                days: Int64(form["days"]) ?? 0, by: try context.visit.actor, now: services.now())
            return templates.response(
                try await page(context, made: made.text, problem: nil), for: context.visit)
        } catch let error as PeopleError {
            return templates.response(
                try await page(context, made: nil, problem: error.description), for: context.visit)
        }
    }

    private func page(
        _ context: ConsoleContext, made: String?, problem: String?, isRevoked: Bool = false
    ) async throws -> Page {
        let now = services.now()
        let all = try await tokens(context).all(now: now)
        let inUse = all.filter { $0.isInUse(at: now) }.count
        let mayAct = context.visit.isAny(of: RouteAccess.owners)
        var fields = PeopleTabs.fields(.tokens)
        fields["lead"] = .list([
            Words.piece(
                inUse == 0
                    ? "No program has a token: nothing but people can get in."
                    : Numbers.counted(inUse, "program has a token", "programs have a token")
                        + " and may use Sealgate without a person.")
        ])
        fields["madeToken"] = .optional(made)
        fields["problem"] = .optional(problem)
        fields["isRevoked"] = .flag(isRevoked)
        fields["mayAct"] = .flag(mayAct)
        fields["tokens"] = .list(all.map { Self.row($0, now: now, mayAct: mayAct) })
        fields["hasTokens"] = .flag(!all.isEmpty)
        fields["scopes"] = .list(
            TokenScope.allCases.map { scope in
                [
                    "scopeName": .text("scope-\(scope.rawValue)"),
                    "scopeMeaning": .text(Numbers.capitalised(scope.meaning)),
                ]
            })
        fields["roles"] = PeopleWords.choices([.auditor, .operator, .owner], chosen: .auditor)
        fields["longest"] = .number(PeopleLimits.tokenDays)
        return Page(
            "tokens", title: "Tokens", place: .people,
            status: problem == nil ? .ok : .unprocessableContent, fields: fields)
    }

    private static func row(_ token: APIToken, now: Int64, mayAct: Bool) -> Fields {
        let isInUse = token.isInUse(at: now)
        let may = token.scopes.map(\.meaning).sorted().joined(separator: "; ")
        return [
            "tokenName": ForeignText.value(token.name, limit: 60),
            "tokenMay": .text("\(Numbers.capitalised(may)), as \(token.role.withArticle)"),
            "tokenBy": ForeignText.value(token.madeBy, limit: 40),
            "tokenMade": Dates.fields(token.madeAt),
            "tokenUsed": token.usedAt.map { Dates.fields($0) },
            "tokenState": .text(
                isInUse ? "in use" : token.revokedAt == nil ? "its time is over" : "revoked"),
            "tokenEnd": Dates.fields(token.revokedAt ?? token.expiresAt),
            "isInUse": .flag(isInUse),
            "revokeLink": .text("/tokens/\(token.id)/revoke"),
            "mayRevoke": .flag(mayAct && isInUse),
        ]
    }
}
