import HTTPTypes
import Hummingbird
import Logging
import Storage

/// `/reset`: where a link for a new password leads.
struct ResetPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/reset") { request, context in
            try await page(Query(request)["token"] ?? "", problem: nil, context)
        }
        router.post("/reset") { _, context in
            let form = context.form
            guard form["password"] == form["repeated"] else {
                return try await page(
                    form["token"], problem: AccountError.passwordsDiffer.description, context)
            }
            return try await choose(form["token"], password: form["password"], context)
        }
    }

    private func choose(
        _ text: String, password: String, _ context: ConsoleContext
    ) async throws -> Response {
        guard let token = SecretToken(text),
            case .open(let link) = try await services.accounts.passwordLink(
                token, now: services.machineNow()),
            !isOther(link, context)
        else { return try await page(text, problem: nil, context) }
        do {
            _ = try await services.accounts.choosePassword(
                token, password: password, now: services.machineNow())
        } catch AccountError.passwordLinkNotValid {
            return try await page(text, problem: nil, context)
        } catch let error as AccountError {
            return try await page(text, problem: error.description, context)
        }
        context.logger.notice(
            "A password was chosen with a link", metadata: ["address": "\(context.remoteAddress)"])
        return .redirect(to: "/sign-in?reset=1", type: .normal)
    }

    /// Whether somebody else than the link's person is signed in.
    private func isOther(_ link: PasswordLink, _ context: ConsoleContext) -> Bool {
        context.visit.account.map { $0.id != link.account.id } ?? false
    }

    private func page(
        _ text: String, problem: String?, _ context: ConsoleContext
    ) async throws -> Response {
        let token = SecretToken(text)
        var state = PasswordLinkState.unknown
        if let token {
            state = try await services.accounts.passwordLink(token, now: services.machineNow())
        }
        switch state {
        case .open(let link) where isOther(link, context):
            return templates.response(
                Page(
                    "reset", title: "Not for you", status: .forbidden,
                    fields: [
                        "isOther": true,
                        "memberName": ForeignText.value(link.account.name, limit: 60),
                    ]), for: context.visit)
        case .open(let link):
            return templates.response(
                Page(
                    "reset", title: "A new password",
                    status: problem == nil ? .ok : .unprocessableContent,
                    fields: [
                        "isOpen": true, "problem": .optional(problem),
                        "token": .text(token?.text ?? ""),
                        "memberName": ForeignText.value(link.account.name, limit: 60),
                        "madeBy": ForeignText.value(link.madeBy, limit: 40),
                        "worksUntil": Dates.fields(link.expiresAt),
                        "minimum": .number(AccountLimits.passwordCharacters.lowerBound),
                    ]), for: context.visit)
        case .used(let at):
            return broken(
                "It was used already, on \(Dates.instant(at)). Was that not you? Tell an owner of "
                    + "your organisation at once.", context)
        case .expired(let at):
            return broken("It worked until \(Dates.instant(at)).", context)
        case .unknown:
            return broken(
                "It is not complete, or a newer link was made in its place.", context)
        }
    }

    private func broken(_ reason: String, _ context: ConsoleContext) -> Response {
        templates.response(
            Page(
                "reset", title: "This link does not work", status: .notFound,
                fields: ["isBroken": true, "reason": .text(reason)]), for: context.visit)
    }
}
