import HTTPTypes
import Hummingbird
import Logging
import Storage

/// `/join`: where an invitation's link leads.
struct JoinPages {
    let templates: Templates
    let services: ConsoleServices
    let cookies: SessionCookies

    func register(on router: Router<ConsoleContext>) {
        router.get("/join") { request, context in
            guard let token = SecretToken(Query(request)["token"] ?? ""),
                let invitation = try await services.accounts.invitation(
                    token, now: services.machineNow())
            else { return broken(context) }
            return page(invitation, token, problem: nil, context)
        }
        router.post("/join") { _, context in
            guard let token = SecretToken(context.form["token"]),
                let invitation = try await services.accounts.invitation(
                    token, now: services.machineNow())
            else { return broken(context) }
            do {
                return try await join(token, context)
            } catch PeopleError.linkNotValid {
                return broken(context)
            } catch let error as PeopleError {
                return page(invitation, token, problem: error.description, context)
            } catch let error as AccountError {
                return page(invitation, token, problem: error.description, context)
            }
        }
    }

    private func join(_ token: SecretToken, _ context: ConsoleContext) async throws -> Response {
        let (accounts, form, now) = (services.accounts, context.form, services.machineNow())
        if let account = context.visit.account, let session = context.visit.secret {
            let invitation = try await accounts.join(token, as: account, now: now)
            _ = try await accounts.look(at: invitation.organisation.id, in: session, now: now)
            return .redirect(to: "/", type: .normal)
        }
        guard form["password"] == form["repeated"] else { throw AccountError.passwordsDiffer }
        let account = try await accounts.join(
            token, name: form["name"], password: form["password"], now: now)
        context.logger.info("An invitation was taken up")
        let session = try await accounts.openSession(for: account, now: now)
        var response = Response.redirect(to: "/", type: .normal)
        cookies.set(session: session, in: &response)
        return response
    }

    private func page(
        _ invitation: Invitation, _ token: SecretToken, problem: String?, _ context: ConsoleContext
    ) -> Response {
        let isSignedIn = context.visit.account != nil
        let next = PercentCoding.encode("/join?token=\(token.text)")
        return templates.response(
            Page(
                "join", title: "Join", status: problem == nil ? .ok : .unprocessableContent,
                fields: [
                    "organisationName": ForeignText.value(invitation.organisation.name, limit: 80),
                    "inviteStanding": .text(PeopleWords.standing(invitation.standing)),
                    "inviteMeaning": .text(invitation.standing.role.meaning),
                    "inviteBy": ForeignText.value(invitation.madeBy, limit: 40),
                    "token": .text(token.text), "problem": .optional(problem),
                    "providerName": .optional(services.provider?.name),
                    "isMember": .flag(isSignedIn), "isStranger": .flag(!isSignedIn),
                    "signInLink": .text("/sign-in?next=\(next)"),
                    "name": .text(ForeignText.clean(context.form["name"])),
                    "minimum": .number(AccountLimits.passwordCharacters.lowerBound),
                ]),
            for: context.visit)
    }

    private func broken(_ context: ConsoleContext) -> Response {
        templates.response(
            Page(
                "join", title: "This link does not work", status: .notFound,
                fields: ["isBrokenLink": true]),
            for: context.visit)
    }
}
