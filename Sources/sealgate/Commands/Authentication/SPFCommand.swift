import ArgumentParser
import MailAuthentication

/// `sealgate spf`: may this client send as this address?
struct SPFCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spf",
        abstract: "Evaluates SPF for a client and a sender, and shows the way to the answer.")

    @OptionGroup var envelope: EnvelopeOptions
    @OptionGroup var evaluation: EvaluationOptions
    @Flag(help: "Show every record and term that was looked at.") var trace = false
    @Flag(name: .customLong("helo-only"), help: "Check the HELO name instead of MAIL FROM.")
    var checksHELO = false
    @Option(help: "text, json or word") var format = ResultFormat.text

    func validate() throws {
        guard envelope.clientIp != nil else {
            throw ValidationError("--client-ip is needed: the address of the client.")
        }
    }

    func run() async throws {
        guard let client = envelope.clientIp else { return }
        let request = SPFRequest(
            client: client, helo: envelope.helo, mailFrom: envelope.sender,
            now: try evaluation.time)
        let result = try await evaluation.withAnswers { lookup in
            let evaluator = SPFEvaluator(lookup: lookup)
            return checksHELO
                ? await evaluator.evaluateHELO(request) : await evaluator.evaluate(request)
        }
        switch format {
        case .word: print(result.result.rawValue)
        case .json: try printJSON(SPFJSON(result, hasTrace: trace))
        case .text:
            print("\(result.result.rawValue)  \(plain(result.reason, limit: 400))")
            if let explanation = result.explanation {
                print("The domain says: \(plain(explanation, limit: 500))")
            }
            print(
                "\(result.lookups) of 10 terms with look-ups, "
                    + "\(result.voidLookups) of 2 look-ups without an answer.")
            if trace, let root = result.trace {
                print("")
                tell(root, indent: "")
            }
        }
    }

    private func tell(_ trace: SPFTrace, indent: String) {
        let signed = trace.isAuthenticated ? " (signed by DNSSEC)" : ""
        print("\(indent)\(plain(trace.domain)): \(trace.result.rawValue)\(signed)")
        for term in trace.terms {
            let sign =
                switch term.outcome {
                case .match: "●"
                case .noMatch: "○"
                case .notEvaluated: "·"
                case .temperror, .permerror: "✗"
                }
            let target = term.target.map { $0 == term.text ? "" : " → \(plain($0))" } ?? ""
            print(
                "\(indent)  \(sign) \(plain(term.text, limit: 300))\(target)"
                    + (term.note.isEmpty ? "" : "   \(plain(term.note, limit: 300))"))
            if let inner = term.inner { tell(inner, indent: indent + "      ") }
        }
    }
}
