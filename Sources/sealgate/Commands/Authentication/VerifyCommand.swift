public import ArgumentParser
import Identities
public import MailAuthentication

extension MessageAuthenticatorOptions.Check: ExpressibleByArgument {}

/// `sealgate verify`: what a message proves about its sender.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks SPF, DKIM, ARC, DMARC and BIMI of one message, and says why.",
        discussion: """
            SPF needs the SMTP session: --client-ip, --helo and --mail-from. Without them it is
            left out, and DMARC rests on DKIM alone.
            """)

    @Argument(
        help: """
            File with the message; '-' reads standard input. Of several files, or of folders, the \
            results are counted.
            """)
    var messages: [String]
    @OptionGroup var envelope: EnvelopeOptions
    @OptionGroup var evaluation: EvaluationOptions
    @Option(help: "Recipient of the session, for DKIM2; may be repeated.")
    var recipient: [String] = []
    @Option(help: "Only this: spf, helo, dkim, dkim2, arc, dmarc or bimi; may be repeated.")
    var only: [MessageAuthenticatorOptions.Check] = []
    @Flag(help: "Check DKIM2 as well, which is an experiment.") var dkim2 = false
    @Option(help: "A public suffix list to use instead of the system's.") var suffixes: String?
    @Option(help: "Name of this host in Authentication-Results.") var authservID = "localhost"
    @Option(help: "Messages checked at once, where there are several.") var width = 2
    @Option(help: ArgumentHelp("How often each message is checked.", visibility: .hidden))
    var `repeat` = 1
    @Option(help: "text, json, or word for the bare result of --only (of DMARC without it)")
    var format = ResultFormat.text

    func validate() throws {
        guard (1...1_000).contains(width) else {
            throw ValidationError("--width wants a number from 1 to 1,000.")
        }
        if messages.isEmpty { throw ValidationError("Name a file with a message.") }
    }

    func run() async throws {
        let files = MessageList(messages)
        if messages.count > 1 || files.isFolder { return try await runMany(files) }
        let raw = try MessageFile.read(messages[0]).message
        let request = try request(for: raw)
        let list = try suffixList(suffixes)
        let result = try await evaluation.withAnswers { lookup in
            await MessageAuthenticator(lookup: lookup, suffixes: list, options: options)
                .authenticate(request)
        }
        switch format {
        case .text: AuthenticationText(result, wanted: options.checks).print()
        case .json: try printJSON(AuthenticationJSON(result, authservID: authservID))
        case .word: print(word(of: result))
        }
    }

    private func request(for message: RawMessage) throws -> MessageAuthenticatorRequest {
        MessageAuthenticatorRequest(
            message: message, client: envelope.clientIp, helo: envelope.helo,
            mailFrom: envelope.sender, recipients: recipient, receiver: authservID,
            now: try evaluation.time)
    }

    /// Many messages: what came of each method, counted.
    private func runMany(_ files: MessageList) async throws {
        let list = try suffixList(suffixes)
        let pattern = try request(for: RawMessage([]))
        let only = only.first
        let tally = try await evaluation.withAnswers { lookup in
            let authenticator = MessageAuthenticator(
                lookup: lookup, suffixes: list, options: options)
            return await withTaskGroup(of: AuthenticationTally.self) { group in
                for lane in 0..<width {
                    group.addTask {
                        var tally = AuthenticationTally()
                        for index in stride(from: lane, to: files.paths.count, by: width) {
                            guard let file = try? MessageFile.read(files.paths[index]) else {
                                tally.unreadable.append(files.paths[index])
                                continue
                            }
                            var request = pattern
                            request.message = file.message
                            if request.client != nil, request.mailFrom.isEmpty {
                                request.mailFrom = file.message.returnPath ?? ""
                            }
                            // More than once only to measure: without reading the file again.
                            for _ in 0..<max(1, `repeat`) {
                                tally.add(await authenticator.authenticate(request))
                            }
                        }
                        return tally
                    }
                }
                return await group.reduce(into: AuthenticationTally()) { $0.add($1) }
            }
        }
        switch format {
        case .json: try printJSON(tally)
        case .word: for (word, count) in tally.words(of: only) { print("\(count) \(word)") }
        case .text: print(tally.text)
        }
        if !tally.unreadable.isEmpty { throw ExitCode(2) }
    }

    private var options: MessageAuthenticatorOptions {
        var checks = Set(only)
        if checks.isEmpty { checks = [.spf, .helo, .dkim, .arc, .dmarc, .bimi] }
        if dkim2 { checks.insert(.dkim2) }
        return MessageAuthenticatorOptions(checks: checks, authservID: authservID)
    }

    private func word(of result: MessageAuthentication) -> String {
        switch only.first ?? .dmarc {
        case .spf: return result.spf?.result.rawValue ?? "none"
        case .helo: return result.helo?.result.rawValue ?? "none"
        case .dkim:
            // One good signature is what a receiver needs.
            let best = result.dkim.first { $0.result == .pass } ?? result.dkim.first
            return best?.result.rawValue ?? "none"
        case .dkim2: return result.dkim2?.result.rawValue ?? "none"
        case .arc: return result.arc?.result.rawValue ?? "none"
        case .dmarc: return result.dmarc?.result.rawValue ?? "none"
        case .bimi: return result.bimi?.result.rawValue ?? "none"
        }
    }
}

/// The list at a path, or the system's.
func suffixList(_ path: String?) throws -> PublicSuffixList {
    guard let path else { return .system }
    guard let list = PublicSuffixList(file: path) else {
        throw PlainError("The public suffix list \(path) cannot be read.")
    }
    return list
}
