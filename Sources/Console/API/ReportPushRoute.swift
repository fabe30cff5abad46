import HTTPTypes
import Hummingbird
import Logging
import MailReports
import ReportConsumer
import Storage

/// `POST /api/v1/reports`: a program hands in a report, as it came, with a token.
struct ReportPushRoute {
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.post("/api/v1/reports") { request, context in
            guard let token = context.visit.token else { throw ConsoleError.noToken }
            _ = try APIQuery(request, of: .bring)
            let bytes = try await RequestBody.bytes(of: request, limit: Limits.upload)
            guard !bytes.isEmpty else {
                throw ConsoleError.badRequest(
                    "There was nothing in it. Send the report or the mail as the body, as it came.")
            }
            do {
                let outcome = try await services.rooms(context.visit).door.accept(
                    bytes, name: "handed in by \(token.name)", door: "api",
                    origin: ReportOrigin(.token, name: token.name), by: try context.visit.actor)
                return ProgramAnswer.json(PushAnswer(outcome))
            } catch let error as ConsoleError {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                context.logger.error(
                    "A report that was handed in could not be stored",
                    metadata: ["error": "\(error)"])
                throw ConsoleError.unavailable(
                    "The report could not be stored. Nothing of it was kept; send it again later.")
            }
        }
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
