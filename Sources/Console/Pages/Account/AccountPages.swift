import Hummingbird
import Logging
import Storage

/// `/sign-in`, `/welcome`, `/sign-out` and `/theme`.
struct AccountPages {
    let templates: Templates
    let services: ConsoleServices
    let cookies: SessionCookies
    let throttle: SignInThrottle

    func register(on router: Router<ConsoleContext>) {
        router.get("/sign-in") { request, context in
            try await signInPage(request, context)
        }
        router.post("/sign-in") { request, context in try await signIn(request, context) }
        router.post("/sign-in/code") { _, context in try await secondStep(context) }
        router.get("/welcome") { request, context in
            let token = Query(request)["token"] ?? ""
            guard let secret = SecretToken(token),
                try await services.accounts.isLinkValid(secret, now: services.machineNow())
            else { return brokenLink(context) }
            return welcomePage(token: secret, problem: nil, name: "", context)
        }
        router.post("/welcome") { _, context in try await welcome(context) }
        router.post("/sign-out") { _, context in
            if let secret = context.visit.secret, context.visit.account != nil {
                try await services.accounts.closeSession(secret)
            }
            var response = Response.redirect(to: "/sign-in?out=1", type: .normal)
            cookies.endSession(in: &response)
            return response
        }
        router.post("/theme") { _, context in
            var response = Response.redirect(
                to: LocalAddress.checked(context.form["back"]), type: .normal)
            cookies.set(
                theme: Visit.Theme(rawValue: context.form["theme"]) ?? .system, in: &response)
            return response
        }
    }

    // MARK: Signing in

    private func signInPage(_ request: Request, _ context: ConsoleContext) async throws -> Response
    {
        let query = Query(request)
        if context.visit.account != nil {
            return Response.redirect(
                to: LocalAddress.checked(query["next"] ?? "/"), type: .normal)
        }
        let isReady = try await services.accounts.hasAccounts()
        return templates.response(
            Page(
                "account", title: isReady ? "Sign in" : "Not set up yet",
                fields: [
                    "isSignIn": .flag(isReady),
                    "isNotSetUp": .flag(!isReady),
                    "isSignedOut": .flag(query["out"] != nil),
                    "isNewPassword": .flag(query["reset"] != nil),
                    "next": .text(LocalAddress.checked(query["next"] ?? "/")),
                ]
            ).adding(providerFields(next: query["next"] ?? "/")),
            for: context.visit)
    }

    private func signIn(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let form = context.form
        let (name, address) = (form["name"], context.remoteAddress)
        let now = services.machineNow()
        if let pause = await throttle.pause(name: name, address: address, now: now) {
            throw ConsoleError.tooManyTries(waitSeconds: pause)
        }
        await throttle.begin(name: name, address: address, now: now)
        let next = LocalAddress.checked(form["next"])
        guard
            let account = try await services.accounts.account(
                named: name, password: form["password"])
        else {
            context.logger.notice("A sign-in failed", metadata: ["address": "\(address)"])
            return templates.response(
                Page(
                    "account", title: "Sign in", status: .unauthorized,
                    fields: [
                        "isSignIn": true, "isNotSetUp": false,
                        "problem": "Name and password do not belong together. Try again.",
                        "next": .text(next),
                        "name": .text(ForeignText.clean(name)),
                    ]
                ).adding(providerFields(next: next)),
                for: context.visit)
        }
        await throttle.succeeded(name: name, address: address)
        return try await admit(account, next: next, context)
    }

    /// Lets in who proved who they are; with a second step, once its code is there too.
    func admit(
        _ account: Account, next: String, _ context: ConsoleContext
    ) async throws -> Response {
        let owed = try await services.accounts.secondStep.owed(
            by: account, now: services.machineNow())
        guard let owed else { return try await open(account, next: next) }
        return codePage(owed, next: next, problem: nil, context)
    }

    /// The other way in, where there is one.
    private func providerFields(next: String) -> Fields {
        guard let provider = services.provider else { return [:] }
        let back = PercentCoding.encode(LocalAddress.checked(next))
        return [
            "providerName": .text(provider.name),
            "providerLink": .text("/sign-in/provider?next=\(back)"),
        ]
    }

    /// The second step: the code that goes with a right password.
    private func secondStep(_ context: ConsoleContext) async throws -> Response {
        let form = context.form
        guard let step = SecretToken(form["step"]) else {
            return .redirect(to: "/sign-in", type: .normal)
        }
        let next = LocalAddress.checked(form["next"])
        let (outcome, account) = try await services.accounts.secondStep.finish(
            step, code: form["code"], now: services.machineNow())
        switch outcome {
        case .accepted:
            guard let account else { return .redirect(to: "/sign-in", type: .normal) }
            return try await open(account, next: next)
        case .wrong:
            context.logger.notice(
                "A code was wrong", metadata: ["address": "\(context.remoteAddress)"])
            return codePage(
                step, next: next, problem: "This code is not right, or it was used already.",
                context)
        case .wait(let seconds): throw ConsoleError.tooManyTries(waitSeconds: seconds)
        case .nothing: return .redirect(to: "/sign-in", type: .normal)
        }
    }

    private func codePage(
        _ step: SecretToken, next: String, problem: String?, _ context: ConsoleContext
    ) -> Response {
        templates.response(
            Page(
                "account", title: "Second step", status: problem == nil ? .ok : .unauthorized,
                fields: [
                    "isCode": true, "isNotSetUp": false, "problem": .optional(problem),
                    "step": .text(step.text), "next": .text(next),
                ]),
            for: context.visit)
    }

    /// A new session, never the visitor's old token: who planted that one gains nothing.
    private func open(_ account: Account, next: String) async throws -> Response {
        let session = try await services.accounts.openSession(
            for: account, now: services.machineNow())
        var response = Response.redirect(to: next, type: .normal)
        cookies.set(session: session, in: &response)
        return response
    }

    // MARK: The first administrator

    private func welcome(_ context: ConsoleContext) async throws -> Response {
        let form = context.form
        guard let token = SecretToken(form["token"]) else { return brokenLink(context) }
        guard form["password"] == form["repeated"] else {
            return welcomePage(
                token: token, problem: "The two passwords differ. Type them again.",
                name: form["name"], context)
        }
        do {
            let account = try await services.accounts.welcome(
                token, name: form["name"], password: form["password"], now: services.machineNow())
            context.logger.info("The first administrator was created")
            return try await open(account, next: "/")
        } catch AccountError.linkNotValid {
            return brokenLink(context)
        } catch let error as AccountError {
            return welcomePage(
                token: token, problem: error.description, name: form["name"], context)
        }
    }

    private func welcomePage(
        token: SecretToken, problem: String?, name: String, _ context: ConsoleContext
    ) -> Response {
        templates.response(
            Page(
                "account", title: "Welcome", status: problem == nil ? .ok : .unprocessableContent,
                fields: [
                    "isWelcome": true, "token": .text(token.text), "problem": .optional(problem),
                    "name": .text(ForeignText.clean(name)),
                    "minimum": .number(AccountLimits.passwordCharacters.lowerBound),
                ]),
            for: context.visit)
    }

    private func brokenLink(_ context: ConsoleContext) -> Response {
        templates.response(
            Page(
                "account", title: "This link does not work", status: .notFound,
                fields: ["isBrokenLink": true]),
            for: context.visit)
    }
}
