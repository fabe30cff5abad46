import HTTPTypes
import Hummingbird
import Logging
import OpenIDConnect
import Storage

/// `/sign-in/provider`: to the provider of identities and back, and what follows from it.
struct ProviderPages {
    let templates: Templates
    let services: ConsoleServices
    let provider: ProviderServices
    let cookies: SessionCookies
    let accountPages: AccountPages
    let throttle: SignInThrottle

    static let back = "/sign-in/provider/back"

    func register(on router: Router<ConsoleContext>) {
        router.get("/sign-in/provider") { request, context in
            try await told(context) {
                let next = LocalAddress.checked(Query(request)["next"] ?? "/")
                let (address, trip) = try await begin(.signIn, next: next, request)
                var response = Response.redirect(to: address, type: .normal)
                cookies.set(trip: trip.secret, in: &response)
                return response
            }
        }
        router.get("/sign-in/provider/back") { request, context in
            var response = try await told(context) { try await arrive(request, context) }
            cookies.endTrip(in: &response)
            return response
        }
        router.post("/join/provider") { request, context in
            try await told(context) {
                guard let token = SecretToken(context.form["token"]) else {
                    throw PeopleError.linkNotValid
                }
                return try await leave(.join(invitation: token), next: "/", request, context)
            }
        }
        router.post("/account/provider/link") { request, context in
            try await told(context) { try await link(request, context) }
        }
        router.post("/account/provider/unlink") { _, context in
            try await told(context) {
                try await services.accounts.providers.unlink(
                    try account(context), issuer: provider.issuer,
                    in: context.visit.organisation ?? .first, now: services.machineNow())
                return .redirect(to: "/account", type: .normal)
            }
        }
    }

    // MARK: There

    private func begin(
        _ purpose: ProviderPurpose, next: String, _ request: Request
    ) async throws -> (address: String, trip: ProviderTrip) {
        let trip = ProviderTrip(secret: SecretToken())
        // Asked first: where the provider is out of reach nothing needs to be remembered.
        let address = try await provider.provider.address(
            for: trip.request(redirect: services.link(Self.back, for: request)),
            now: services.machineNow())
        try await services.accounts.providers.begin(
            trip.secret, purpose, next: next, now: services.machineNow())
        return (address, trip)
    }

    /// After a form, browsers that keep to our policy follow no redirect to another site: a page
    /// leads there.
    private func leave(
        _ purpose: ProviderPurpose, next: String, _ request: Request, _ context: ConsoleContext
    ) async throws -> Response {
        let (address, trip) = try await begin(purpose, next: next, request)
        var response = templates.response(
            Page(
                "provider", title: "Off to \(provider.name)",
                fields: [
                    "isLeaving": true, "providerName": .text(provider.name),
                    "providerAddress": .text(address),
                ]), for: context.visit)
        cookies.set(trip: trip.secret, in: &response)
        return response
    }

    /// Joining an identity to an account: who found an open browser must not make it theirs.
    private func link(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let (account, form, now) = (try account(context), context.form, services.machineNow())
        let (name, address) = (account.name, context.remoteAddress)
        if let pause = await throttle.pause(name: name, address: address, now: now) {
            throw ConsoleError.tooManyTries(waitSeconds: pause)
        }
        await throttle.begin(name: name, address: address, now: now)
        let accounts = services.accounts
        guard try await accounts.isPassword(form["password"], of: account) else {
            return refusal(
                "The password is another. Nothing was changed.", status: .unprocessableContent,
                context)
        }
        await throttle.succeeded(name: name, address: address)
        switch try await accounts.secondStep.proves(account, code: form["code"], now: now) {
        case .accepted: break
        case .wait(let seconds): throw ConsoleError.tooManyTries(waitSeconds: seconds)
        case .wrong, .nothing:
            return refusal(
                "This code is not right. Nothing was changed.", status: .unprocessableContent,
                context)
        }
        return try await leave(
            .link(account: account.id, organisation: context.visit.organisation ?? .first),
            next: "/account?linked=1", request, context)
    }

    // MARK: Back

    private func arrive(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let (query, now) = (Query(request), services.machineNow())
        guard let secret = cookies.trip(in: request),
            ProviderTrip(secret: secret).isAnswer(query["state"] ?? ""),
            let visit = try await services.accounts.providers.take(secret, now: now)
        else {
            throw ConsoleError.badRequest(
                "This sign-in was not begun in this browser, was finished already, or took more "
                    + "than ten minutes. Begin again.")
        }
        guard query["error"] == nil else {
            throw ConsoleError.forbidden(
                "\(provider.name) did not let you in, or you stopped there. Nothing was changed.")
        }
        let trip = ProviderTrip(secret: secret)
        let proven = try await provider.provider.identity(
            code: query["code"] ?? "", named: query["iss"],
            for: trip.request(redirect: services.link(Self.back, for: request)), now: now)
        guard provider.allows(proven) else {
            throw ConsoleError.forbidden(
                "\(provider.name) did not say that you have an address of a domain that may sign "
                    + "in here.")
        }
        return try await finish(visit, proven, context)
    }

    private func finish(
        _ visit: ProviderVisit, _ proven: ProvenIdentity, _ context: ConsoleContext
    ) async throws -> Response {
        let (store, now) = (services.accounts.providers, services.machineNow())
        let identity = ProviderIdentity(issuer: proven.issuer, subject: proven.subject)
        let known = try await store.account(of: identity)
        switch visit.errand {
        case .signIn:
            guard let known else {
                throw ConsoleError.forbidden(
                    "\(provider.name) knows you, and nobody here said yet who you are. You have an "
                        + "account here? Sign in with your password, and link it on the page of "
                        + "your account. Otherwise ask an owner for an invitation.")
            }
            return try await accountPages.admit(known, next: visit.next, context)
        case .join(let invitation):
            guard known == nil else {
                throw ConsoleError.forbidden(
                    "You have an account here already. Sign in first, then open the invitation "
                        + "again.")
            }
            let account = try await store.join(
                invitation, as: identity, name: proven.name ?? "", now: now)
            context.logger.info("An invitation was taken up")
            return try await accountPages.admit(account, next: visit.next, context)
        case .link(let id, let organisation):
            // The session that began it is still there, and still the same person's.
            guard let account = context.visit.account, account.id == id else {
                throw ConsoleError.forbidden(
                    "You are not signed in any more as who you were. Nothing was changed.")
            }
            try await store.link(identity, to: account, in: organisation, now: now)
            return .redirect(to: visit.next, type: .normal)
        }
    }

    private func account(_ context: ConsoleContext) throws -> Account {
        guard let account = context.visit.account else {
            throw ConsoleError.forbidden("Sign in first.")
        }
        return account
    }

    // MARK: What went wrong

    /// Runs a step; what a person can do something about is said on a page that leads on.
    private func told(
        _ context: ConsoleContext, _ step: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await step()
        } catch let fault as SignInFault {
            context.logger.notice(
                "A sign-in at the provider failed",
                metadata: ["code": "\(fault.code.rawValue)", "reason": "\(fault)"])
            return refusal(
                fault.description,
                status: [.unreachable, .metadata, .keys, .busy].contains(fault.code)
                    ? .serviceUnavailable : .forbidden, context)
        } catch let error as PeopleError {
            return refusal(error.description, status: .unprocessableContent, context)
        } catch let error as AccountError {
            return refusal(error.description, status: .unprocessableContent, context)
        } catch let error as ConsoleError where error.status != .tooManyRequests {
            return refusal(error.sentence, status: error.status, context)
        }
    }

    private func refusal(
        _ sentence: String, status: HTTPResponse.Status, _ context: ConsoleContext
    ) -> Response {
        let isSignedIn = context.visit.account != nil
        return templates.response(
            Page(
                "provider", title: "That did not work", status: status,
                fields: [
                    "isRefused": true, "sentence": .text(sentence),
                    "isSignedIn": .flag(isSignedIn), "isStranger": .flag(!isSignedIn),
                ]), for: context.visit)
    }
}
