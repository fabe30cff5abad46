import ArgumentParser
import MailAuthentication

/// `sealgate sign`: signs a message with DKIM.
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Signs a message with DKIM and prints it.")

    enum Form: String, ExpressibleByArgument, CaseIterable {
        case relaxed, simple
        var canonicalization: Canonicalization { self == .relaxed ? .relaxed : .simple }
    }

    @Argument(help: "File with the message; '-' reads standard input.") var message: String
    @OptionGroup var signing: SigningOptions
    @Option(help: "How header fields are made alike: relaxed or simple.") var header = Form.relaxed
    @Option(help: "How the body is made alike: relaxed or simple.") var body = Form.relaxed
    @Option(help: "Seconds after which the signature is void; never without it.")
    var lifetime: Int64?
    @Option(help: "Time of signing, as in 2026-05-01T12:00:00Z; now without it.") var now: String?
    @Flag(help: "Print only the new field.") var fieldOnly = false

    func run() async throws {
        let file = try MessageFile.read(message)
        var signer = DKIMSigner(
            domain: signing.domain, selector: signing.selector, key: try signing.signingKey)
        signer.headerForm = header.canonicalization
        signer.bodyForm = body.canonicalization
        signer.lifetime = lifetime
        var time = try EvaluationOptions.parse([])
        time.now = now
        let field: RawField
        do {
            field = try signer.sign(file.message, now: try time.time)
        } catch let error as DKIMSigningError {
            throw PlainError(error.reason)
        }
        printMessage([field], above: file, fieldsOnly: fieldOnly)
    }
}

/// Prints new fields with the message's own line ends, and the message as it is below them.
func printMessage(_ fields: [RawField], above file: MessageFile, fieldsOnly: Bool) {
    var output = StandardOutput()
    let isBare = file.message.lineEnds == .bareLineFeeds
    for field in fields {
        output.write(isBare ? field.octets.filter { $0 != 0x0D } : Array(field.octets))
        output.write(isBare ? [0x0A] : [0x0D, 0x0A])
    }
    if !fieldsOnly { file.original.forEachPiece { output.write(Array($0)) } }
    output.flush()
}
