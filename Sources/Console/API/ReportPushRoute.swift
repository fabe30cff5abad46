import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import MailReports
import NIOCore
import ReportConsumer
import Storage

/// `POST /api/v1/reports`: a program hands in a report, as it came, with a token.
struct ReportPushRoute {
    static let path = "/api/v1/reports"

    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.post("/api/v1/reports") { request, context in
            do {
                return try await take(request)
            } catch let refusal as Refusal {
                return try Self.answer(refusal)
            } catch let error as ConsoleError {
                return try Self.answer(Refusal(error.status, error.sentence))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                context.logger.error(
                    "A report that was handed in could not be stored",
                    metadata: ["error": "\(error)"])
                return try Self.answer(
                    Refusal(
                        .serviceUnavailable,
                        "The report could not be stored. Nothing of it was kept; send it again "
                            + "later."))
            }
        }
    }

    private func take(_ request: Request) async throws -> Response {
        guard let push = services.reportPush else {
            throw Refusal(
                .serviceUnavailable,
                "No tokens are given out on this machine yet, so reports cannot be handed in here. "
                    + "Upload them in the console, or use 'sealgate import'.")
        }
        // Who it is comes first: nothing is read for strangers.
        guard let token = Self.token(in: request), let holder = try await push.holder(token) else {
            throw Refusal(
                .unauthorized,
                "Show a token that may hand in reports: Authorization: Bearer TOKEN")
        }
        let bytes = try await RequestBody.bytes(of: request, limit: Limits.upload)
        guard !bytes.isEmpty else {
            throw Refusal(
                .badRequest,
                "There was nothing in it. Send the report or the mail as the body, as it came.")
        }
        return try Self.answer(PushAnswer(try await push.take(bytes, holder)), status: .ok)
    }

    /// Longest token that is looked at.
    private static let longestToken = 512

    private static func token(in request: Request) -> String? {
        guard let field = request.headers[.authorization],
            field.lowercased().hasPrefix("bearer ")
        else { return nil }
        let token = field.dropFirst("bearer ".count).drop { $0 == " " }
        guard !token.isEmpty, token.utf8.count <= longestToken else { return nil }
        return String(token)
    }

    // MARK: Answers

    /// Why nothing was taken in.
    private struct Refusal: Error {
        let status: HTTPResponse.Status
        let sentence: String

        init(_ status: HTTPResponse.Status, _ sentence: String) {
            self.status = status
            self.sentence = sentence
        }
    }

    private static func answer(_ refusal: Refusal) throws -> Response {
        var response = try answer(["error": refusal.sentence], status: refusal.status)
        if refusal.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private static func answer(
        _ value: some Encodable, status: HTTPResponse.Status
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Array(try encoder.encode(value)))))
    }
}

/// What became of a report that was handed in.
private struct PushAnswer: Encodable {
    struct Report: Encodable {
        var id: Int64
        var reporter, domain: String
        var messages: Int64
    }

    struct SetAside: Encodable {
        var document, reason: String
    }

    /// Reports that were stored now.
    var accepted: [Report]
    /// Reports that were stored before.
    var repeated: Int
    /// The very same bytes came in before; nothing was done.
    var isKnown: Bool
    /// Kept in the quarantine of the intake, with the reasons.
    var setAside: [SetAside]
    /// Failure reports of which nothing was kept, since they are switched off.
    var passedOver: Int

    init(_ outcome: IntakeOutcome) {
        accepted = outcome.accepted.prefix(1_000).map {
            Report(
                id: $0.id, reporter: $0.reporter, domain: $0.policyDomain, messages: $0.messages)
        }
        repeated = outcome.repeated.count
        isKnown = outcome.isKnown
        setAside = outcome.refused.prefix(1_000).map {
            SetAside(document: $0.path, reason: $0.explanation)
        }
        passedOver = outcome.passedOver
    }
}
