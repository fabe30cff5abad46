import HTTPTypes
import Hummingbird
import Storage

/// `/account`: one's own second step.
struct OwnAccountPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/account") { request, context in
            templates.response(
                try await page(context, isEnded: Query(request)["ended"] != nil),
                for: context.visit)
        }
        router.post("/account/second-step/begin") { _, context in
            try await services.accounts.secondStep.begin(try account(context).id)
            return Response.redirect(to: "/account", type: .normal)
        }
        router.post("/account/second-step/confirm") { _, context in
            let codes = try await services.accounts.secondStep.confirm(
                try account(context), code: context.form["code"],
                in: context.visit.organisation ?? .first, now: services.now())
            return templates.response(
                try await page(
                    context, codes: codes ?? [],
                    problem: codes == nil
                        ? "This code is not right. Look whether the clock of your device is, wait "
                            + "for the next code, and try that."
                        : nil),
                for: context.visit)
        }
        router.post("/account/second-step/end") { _, context in
            let outcome = try await services.accounts.secondStep.end(
                try account(context), code: context.form["code"],
                in: context.visit.organisation ?? .first, now: services.now())
            switch outcome {
            case .accepted: return Response.redirect(to: "/account?ended=1", type: .normal)
            case .wait(let seconds): throw ConsoleError.tooManyTries(waitSeconds: seconds)
            case .wrong, .nothing:
                return templates.response(
                    try await page(
                        context, problem: "This code is not right. Nothing was changed."),
                    for: context.visit)
            }
        }
    }

    private func account(_ context: ConsoleContext) throws -> Account {
        guard let account = context.visit.account else {
            throw ConsoleError.forbidden("Sign in first.")
        }
        return account
    }

    private func page(
        _ context: ConsoleContext, codes: [String] = [], problem: String? = nil,
        isEnded: Bool = false
    ) async throws -> Page {
        let account = try account(context)
        var fields: Fields = [
            "problem": .optional(problem), "isEnded": .flag(isEnded),
            "codes": .list(codes.map { ["recoveryCode": .text($0)] }),
            "hasCodes": .flag(!codes.isEmpty),
            "ownStanding": context.visit.membership.map {
                .text(PeopleWords.standing($0.standing))
            },
            "ownOrganisation": context.visit.membership.map {
                ForeignText.value($0.organisation.name, limit: 60)
            },
        ]
        switch try await services.accounts.secondStep.state(of: account.id) {
        case .off:
            fields["isOff"] = true
            fields["lead"] = .list([
                Words.piece(
                    "You sign in with a password alone. A second step keeps out whoever learns it.")
            ])
        case .begun(let secret):
            let code = OneTimeCode(secret: secret)
            fields["isBegun"] = true
            fields["secret"] = .text(code.grouped)
            fields["secretAddress"] = .text(code.address(for: account.name))
            fields["lead"] = .list([
                Words.piece("Give the secret to your device, then type the code that it shows.")
            ])
        case .on(let since, let left):
            fields["isOn"] = true
            fields["lead"] = .list([
                Words.piece("You sign in with password and code since \(Dates.instant(since)); "),
                Words.piece(
                    Numbers.counted(left, "recovery code", "recovery codes"), strong: true),
                Words.piece(left == 1 ? " is left." : " are left."),
            ])
        }
        return Page(
            "ownaccount", title: "Your account",
            status: problem == nil ? .ok : .unprocessableContent, fields: fields)
    }
}
