import HTTPTypes
import Hummingbird
import Storage

/// `/account`: one's own password and second step.
struct OwnAccountPages {
    let templates: Templates
    let services: ConsoleServices
    let throttle: SignInThrottle

    func register(on router: Router<ConsoleContext>) {
        router.get("/account") { request, context in
            let query = Query(request)
            var page = try await page(context, isEnded: query["ended"] != nil)
            page.fields["isPasswordChanged"] = .flag(query["changed"] != nil)
            page.fields["isLinked"] = .flag(query["linked"] != nil)
            return templates.response(page, for: context.visit)
        }
        router.post("/account/password") { _, context in try await changePassword(context) }
        router.post("/account/second-step/begin") { _, context in
            try await services.accounts.secondStep.begin(try account(context).id)
            return Response.redirect(to: "/account", type: .normal)
        }
        router.post("/account/second-step/confirm") { _, context in
            let codes = try await services.accounts.secondStep.confirm(
                try account(context), code: context.form["code"],
                in: context.visit.organisation ?? .first, now: services.machineNow())
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
                in: context.visit.organisation ?? .first, now: services.machineNow())
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

    private func changePassword(_ context: ConsoleContext) async throws -> Response {
        let (account, form, now) = (try account(context), context.form, services.machineNow())
        guard let session = context.visit.secret else {
            throw ConsoleError.forbidden("Sign in first.")
        }
        // Whoever found an open browser guesses no faster here than at the door.
        let (name, address) = (account.name, context.remoteAddress)
        if let pause = await throttle.pause(name: name, address: address, now: now) {
            throw ConsoleError.tooManyTries(waitSeconds: pause)
        }
        guard form["new"] == form["repeated"] else {
            return try await refused(AccountError.passwordsDiffer.description, context)
        }
        await throttle.begin(name: name, address: address, now: now)
        do {
            let outcome = try await services.accounts.changePassword(
                of: account, from: form["old"], to: form["new"], code: form["code"],
                keeping: session, in: context.visit.organisation ?? .first, now: now)
            if outcome != .wrongPassword {
                await throttle.succeeded(name: name, address: address)
            }
            switch outcome {
            case .changed: return .redirect(to: "/account?changed=1", type: .normal)
            case .wrongPassword:
                return try await refused(
                    "The password that you have now is another. Nothing was changed.", context)
            case .code(.wait(let seconds)): throw ConsoleError.tooManyTries(waitSeconds: seconds)
            case .code:
                return try await refused("This code is not right. Nothing was changed.", context)
            }
        } catch let error as AccountError {
            await throttle.succeeded(name: name, address: address)
            return try await refused(error.description, context)
        }
    }

    private func refused(_ problem: String, _ context: ConsoleContext) async throws -> Response {
        templates.response(try await page(context, problem: problem), for: context.visit)
    }

    /// Where else one signs in, where there is such a place.
    private func providerFields(_ account: Account) async throws -> Fields {
        guard let provider = services.provider else { return [:] }
        let since = try await services.accounts.providers.since(
            account, issuer: provider.issuer)
        let hasPassword = try await services.accounts.hasPassword(account)
        return [
            "providerName": .text(provider.name),
            "providerSince": since.map { Dates.fields($0) },
            "mayLink": .flag(since == nil && hasPassword),
            "mayUnlink": .flag(since != nil && hasPassword),
        ]
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
            "hasPassword": .flag(try await services.accounts.hasPassword(account)),
            "minimum": .number(AccountLimits.passwordCharacters.lowerBound),
            "ownStanding": context.visit.membership.map {
                .text(PeopleWords.standing($0.standing))
            },
            "ownOrganisation": context.visit.membership.map {
                ForeignText.value($0.organisation.name, limit: 60)
            },
        ]
        fields = fields.adding(try await providerFields(account))
        switch try await services.accounts.secondStep.state(of: account.id) {
        case .off:
            fields["isOff"] = true
            fields["lead"] = .list([
                Words.piece(
                    try await services.accounts.hasPassword(account)
                        ? "You sign in with a password alone. A second step keeps out whoever "
                            + "learns it."
                        : "You have no second step here.")
            ])
        case .begun(let secret):
            let code = OneTimeCode(secret: secret)
            fields["isBegun"] = true
            fields["secret"] = .text(code.grouped)
            let address = code.address(for: account.name)
            fields["secretAddress"] = .text(address)
            fields["secretPicture"] = QRPicture.svg(
                address, label: "The same secret as a picture for your device"
            ).map { .picture($0) }
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
