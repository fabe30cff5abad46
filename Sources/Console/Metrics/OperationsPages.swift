import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `/metrics`, `/health/live` and `/health/ready`: for programs, without signing in.
struct OperationsPages {
    static let paths: Set<String> = ["/metrics", "/health/live", "/health/ready"]

    let services: ConsoleServices
    let operations: OperationsServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/health/live") { _, _ in Self.text("live\n") }
        router.get("/health/ready") { request, context in
            let facts = await [database()] + operations.readiness()
            let isReady = facts.allSatisfy(\.isReady)
            var text = isReady ? "ready\n" : "not ready\n"
            // Strangers need not know what we consist of.
            if Self.isFromThisMachine(request, context) {
                for fact in facts {
                    text +=
                        "\(fact.part): \(fact.isReady ? "ready" : "not ready"). "
                        + ForeignText.clean(fact.sentence, limit: 300) + "\n"
                }
            }
            return Self.text(text, status: isReady ? .ok : .serviceUnavailable)
        }
        router.get("/metrics") { request, context in
            switch operations.access {
            case .off:
                throw ConsoleError.notFound("Metrics are switched off.")
            case .loopback:
                guard Self.isFromThisMachine(request, context) else {
                    throw ConsoleError.forbidden(
                        "Metrics are for programs on the machine where Sealgate runs. Set a token "
                            + "to read them from elsewhere.")
                }
            case .token(let secret):
                guard Self.shows(secret, request) else {
                    var answer = Self.text(
                        "Show the token: Authorization: Bearer …\n", status: .unauthorized)
                    answer.headers[.wwwAuthenticate] = "Bearer"
                    return answer
                }
            }
            var answer = Self.text(MetricsText.render(await operations.metrics()))
            answer.headers[.contentType] = MetricsText.mediaType
            return answer
        }
    }

    private func database() async -> Readiness {
        do {
            _ = try await services.accounts.hasAccounts()
            return Readiness("database", isReady: true, "It answers.")
        } catch {
            return Readiness("database", isReady: false, "It does not answer: \(error)")
        }
    }

    /// A proxy on this machine passes on what comes from anywhere; it says so in a field.
    private static func isFromThisMachine(_ request: Request, _ context: ConsoleContext) -> Bool {
        let isLocal = context.remoteAddress == "::1" || context.remoteAddress.hasPrefix("127.")
        return isLocal && forwarding.allSatisfy { request.headers[$0] == nil }
    }

    private static let forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"]
        .compactMap { HTTPField.Name($0) }

    private static func shows(_ secret: String, _ request: Request) -> Bool {
        guard !secret.isEmpty, let field = request.headers[.authorization],
            field.lowercased().hasPrefix("bearer ")
        else { return false }
        // Digests are compared, so that time tells nothing about the secret.
        let shown = SHA256.hash(data: Array(field.dropFirst("bearer ".count).utf8))
        return shown == SHA256.hash(data: Array(secret.utf8))
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/plain; charset=utf-8"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
