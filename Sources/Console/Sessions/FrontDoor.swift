import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SQLDatabase
import Storage

/// What every request passes before a page sees it: who is it, may it change something, and what
/// the browser must not do with the answer.
struct FrontDoor: RouterMiddleware {
    typealias Context = ConsoleContext

    let templates: Templates
    let services: ConsoleServices
    let configuration: ConsoleConfiguration
    let cookies: SessionCookies

    @concurrent func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.visit.theme = cookies.theme(in: request)
        context.visit.address = Self.address(of: request)
        var response: Response
        do {
            response = try await admit(request, context: &context, next: next)
        } catch let error where Self.isForPrograms(request) && !(error is CancellationError) {
            response = programAnswer(for: error, request: request, context: context)
        } catch {
            response = try await page(for: error, request: request, context: context)
        }
        Self.protect(&response, isSecure: configuration.secureCookies)
        return response
    }

    @concurrent private func admit(
        _ request: Request, context: inout Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let access = context.endpointPath.map { RouteAccess.row(request.method.rawValue, $0) }
        if case .everybody?? = access { return try await next(request, context) }
        guard (request.uri.query?.utf8.count ?? 0) <= Limits.query else {
            throw ConsoleError.badRequest("The address of this page is too long.")
        }
        if case .programs(let scope, let roles)?? = access {
            try await admitProgram(request, scope, roles, &context)
            return try await next(request, context)
        }
        if access == nil, Self.isForPrograms(request) {
            let methods = APIOperation.methods(of: request.uri.path)
            if !methods.isEmpty { throw ConsoleError.otherMethod(methods) }
            throw ConsoleError.notFound("There is no such address.")
        }
        if let token = cookies.session(in: request),
            let admission = try await services.accounts.admission(
                in: token, now: services.machineNow())
        {
            context.visit.account = admission.account
            context.visit.membership = admission.membership
            context.visit.organisations = admission.organisations
            context.visit.secret = token
        }
        var newVisit: SecretToken?
        if context.visit.account == nil {
            guard access == .some(.some(.visitors)) else { return Self.signIn(from: request) }
            let visit = cookies.visit(in: request)
            if visit == nil, request.method == .get { newVisit = SecretToken() }
            context.visit.secret = visit ?? newVisit
        }
        // No such route: the page that says so comes from behind this door.
        if let access { try Self.check(access, context) }
        if request.method == .post {
            context.form = try await form(of: request, context: context)
        }
        var response = try await next(request, context)
        if let newVisit { cookies.set(visit: newVisit, in: &response) }
        return response
    }

    /// Refuses who may not use a route.
    private static func check(_ access: RouteAccess?, _ context: Context) throws {
        switch access {
        case .everybody, .visitors, .signedIn: return
        case .members(let roles): try check(roles, context)
        case .mail(let roles):
            try check(roles, context)
            guard context.visit.organisation == .first else {
                throw ConsoleError.notFound(
                    "No mail of this organisation passes through this program.")
            }
        case .zones(let roles):
            try check(roles, context)
            guard context.visit.organisation == .first else {
                throw ConsoleError.notFound(
                    "This program has no keys for the zones of this organisation.")
            }
        case .programs: throw ConsoleError.forbidden("This address is for programs.")
        case nil:
            context.logger.error(
                "A route has no row in the table of who may use it",
                metadata: ["route": "\(context.endpointPath ?? "")"])
            throw ConsoleError.forbidden("Nobody may use this page: nothing says who may.")
        }
    }

    private static func check(_ roles: Set<Role>, _ context: Context) throws {
        guard let membership = context.visit.membership else {
            throw ConsoleError.forbidden(
                "You belong to no organisation here any more. Ask an owner for an invitation.")
        }
        guard roles.contains(membership.role) else {
            let may = Role.allCases.filter(roles.contains).map(\.words)
            throw ConsoleError.forbidden(
                "In \(ForeignText.clean(membership.organisation.name)) you are "
                    + "\(membership.role.withArticle), who \(membership.role.meaning). This is for "
                    + (may.count == 1
                        ? "an owner." : "these roles: \(may.joined(separator: ", ")).")
            )
        }
    }

    /// RFC 6750 §2.1. Cookies open nothing here, so no other site's form can.
    private func admitProgram(
        _ request: Request, _ scope: TokenScope, _ roles: Set<Role>, _ context: inout Context
    ) async throws {
        let field = request.headers[.authorization] ?? ""
        guard field.lowercased().hasPrefix("bearer "), field.utf8.count <= Limits.bearer,
            let token = try await services.accounts.token(
                shown: String(field.dropFirst("bearer ".count)), now: services.machineNow())
        else { throw ConsoleError.noToken }
        guard token.scopes.contains(scope), roles.contains(token.role) else {
            throw ConsoleError.forbidden(
                "This token may not do that: it needs the scope \(scope.rawValue).")
        }
        context.visit.token = token
    }

    /// The form of a request that changes something, once it is sure to come from one of our pages.
    private func form(of request: Request, context: Context) async throws -> Form {
        guard isFromHere(request) else {
            throw ConsoleError.forbidden(
                "The form came from another site. If you came here through a proxy, set "
                    + "`public_url` to the address that you see in your browser.")
        }
        let limit =
            switch request.uri.path {
            case IntakePages.uploadAddress: Limits.upload
            case ProgrammePages.importAddress: ProgrammeLimits.file + Limits.form
            default: Limits.form
            }
        let form = try await Form.read(request, limit: limit)
        // The theme changes nothing but colours, and works without a cookie of ours.
        guard request.uri.path == "/theme" || context.visit.confirms(form) else {
            throw ConsoleError.forbidden(
                "The form was too old, or cookies are switched off. Go back, load the page again "
                    + "and repeat what you did.")
        }
        return form
    }

    /// RFC 6454 §7: browsers name the site that a form comes from.
    private func isFromHere(_ request: Request) -> Bool {
        if let site = request.headers[Self.fetchSite], site != "same-origin", site != "none" {
            return false
        }
        guard let origin = request.headers[.origin] else { return true }
        guard let separator = origin.firstRange(of: "://") else { return false }
        let authority = origin[separator.upperBound...].lowercased()
        return authority == request.head.authority?.lowercased()
            || authority == configuration.publicAuthority
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin

    private static func isForPrograms(_ request: Request) -> Bool {
        request.uri.path.hasPrefix("/api/")
    }

    /// Sends a visitor to the sign-in form, and from there back.
    private static func signIn(from request: Request) -> Response {
        let isPage = request.method == .get && address(of: request) != "/"
        let back = isPage ? "?next=" + PercentCoding.encode(address(of: request)) : ""
        return .redirect(to: "/sign-in" + back, type: .normal)
    }

    private static func address(of request: Request) -> String {
        guard request.method == .get || request.method == .head else {
            // What a form was sent to is no page: the page that the form stood on is above it.
            let above = request.uri.path.split(separator: "/").dropLast()
            return above.first == "account"
                ? "/account" : LocalAddress.checked("/" + above.joined(separator: "/"))
        }
        let query = request.uri.query.map { "?" + $0 } ?? ""
        return LocalAddress.checked(request.uri.path + query)
    }

    // MARK: Errors

    private func page(
        for error: any Error, request: Request, context: Context
    ) async throws -> Response {
        switch error {
        case is CancellationError:
            throw error
        case let error as ConsoleError:
            return errorPage(
                title: error.title, sentence: error.sentence, status: error.status,
                context: context)
        case let error as PeopleError:
            return errorPage(
                title: "That was not done", sentence: error.description,
                status: error.isAboutNothing ? .notFound : .unprocessableContent,
                context: context)
        case let fault as SecretFault:
            context.logger.error(
                "The secret of a second step cannot be read", metadata: ["error": "\(fault)"])
            return errorPage(
                title: "Codes cannot be checked",
                sentence: "Sealgate cannot open the secrets of second steps. Whoever runs it finds "
                    + "the reason in its log. A recovery code works all the same.",
                status: .serviceUnavailable, context: context)
        case let error as any HTTPResponseError where error.status == .notFound:
            return errorPage(
                title: "Nothing is here",
                sentence: "The address may be mistyped, or what it named is gone.",
                status: .notFound, context: context)
        case let error as SQLError:
            context.logger.error(
                "A page could not be made",
                metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            let sentence =
                context.visit.account == nil
                ? "Sealgate cannot reach its memory. Try again in a moment."
                : error.message
            return errorPage(
                title: "The database did not answer", sentence: sentence,
                status: .serviceUnavailable, context: context)
        default:
            context.logger.error(
                "A page could not be made",
                metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            return errorPage(
                title: "Something broke on our side",
                sentence: "This page could not be made. Nothing was changed. The log has the "
                    + "details under \(context.id).",
                status: .internalServerError, context: context)
        }
    }

    private func programAnswer(
        for error: any Error, request: Request, context: Context
    ) -> Response {
        switch error {
        case let error as ConsoleError: return ProgramAnswer.refusal(error)
        case let error as PeopleError:
            return ProgramAnswer.refusal(
                error.isAboutNothing
                    ? .notFound(error.description) : .badRequest(error.description))
        default:
            context.logger.error(
                "A program could not be answered",
                metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            return ProgramAnswer.refusal(
                .unavailable(
                    "That could not be answered; nothing was changed. Ask again in a moment. The "
                        + "log has the details under \(context.id)."))
        }
    }

    private func errorPage(
        title: String, sentence: String, status: HTTPResponse.Status, context: Context
    ) -> Response {
        templates.response(
            Page(
                "error", title: title, status: status,
                fields: [
                    "sentence": .text(sentence),
                    "isSignedIn": .flag(context.visit.account != nil),
                ]),
            for: context.visit)
    }

    // MARK: Headers

    /// Nothing may run, nothing may be loaded from elsewhere, no other site may frame us.
    private static let contentPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'"

    private static let fixedHeaders: [(String, String)] = [
        ("Content-Security-Policy", contentPolicy),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        // Forms need their origin, so the policy is not no-referrer; other sites learn nothing.
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ]

    private static func protect(_ response: inout Response, isSecure: Bool) {
        for (name, value) in fixedHeaders {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        if isSecure, let name = HTTPField.Name("Strict-Transport-Security") {
            response.headers[name] = "max-age=31536000"
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }
}

/// An address within the console: where a form may send a person back to.
enum LocalAddress {
    /// The address if it is a path of ours, else `/`. `//host` and `/\host` lead elsewhere.
    static func checked(_ address: String) -> String {
        let bytes = Array(address.utf8)
        guard bytes.first == 0x2F, bytes.count <= Limits.query,
            bytes.count < 2 || (bytes[1] != 0x2F && bytes[1] != 0x5C),
            bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
        else { return "/" }
        return address
    }
}
