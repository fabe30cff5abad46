import ArgumentParser
import MailAuthentication

/// `sealgate seal`: adds an ARC set to a message.
struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Adds an ARC set with what this host found to a message, and prints it.",
        discussion: """
            Only the next receiver that trusts this domain's seals makes use of it; ARC is on its
            way to Historic.
            """)

    @Argument(help: "File with the message; '-' reads standard input.") var message: String
    @OptionGroup var signing: SigningOptions
    @OptionGroup var envelope: EnvelopeOptions
    @OptionGroup var evaluation: EvaluationOptions
    @Option(help: "Name of this host in Authentication-Results.") var authservID: String
    @Option(
        help: """
            Results to seal, as behind the host's name in Authentication-Results; found out now \
            without it.
            """)
    var results: String?
    @Option(help: "A public suffix list to use instead of the system's.") var suffixes: String?
    @Flag(help: "Print only the new fields.") var fieldsOnly = false

    func run() async throws {
        let file = try MessageFile.read(message)
        let raw = file.message
        let sealer = ARCSealer(
            domain: signing.domain, selector: signing.selector, key: try signing.signingKey)
        let (now, list) = (try evaluation.time, try suffixList(suffixes))
        let sealing = try await evaluation.withAnswers { lookup in
            var found = await MessageAuthenticator(lookup: lookup, suffixes: list).authenticate(
                MessageAuthenticatorRequest(
                    message: raw, client: envelope.clientIp, helo: envelope.helo,
                    mailFrom: envelope.sender, receiver: authservID, now: now))
            let validation = found.arc ?? ARCValidation(.none, reason: "")
            found.bimi = nil
            let text =
                results.map { "\(authservID); \($0)" }
                ?? found.authenticationResults(authservID: authservID).render()
            return try sealer.seal(raw, results: text, validation: validation, now: now)
        }
        switch sealing {
        case .refused(let reason): throw PlainError("The message was not sealed. \(reason)")
        case .sealed(let set):
            printMessage(set.fields, above: file, fieldsOnly: fieldsOnly)
        }
    }
}
