import Identities
import SMTP

/// Plays a server's side against a session and writes down what the session does.
struct ClientDialogue {
    var session: SMTPClientSession
    private(set) var actions: [SMTPClientSession.Action] = []

    init(
        startTLS: SMTPClientSession.StartTLS = .never, pipelining: Bool = true,
        chunking: Bool = true
    ) {
        session = SMTPClientSession(
            SMTPClientSession.Configuration(
                hello: "gate.example", startTLS: startTLS, usesPipelining: pipelining,
                usesChunking: chunking))
    }

    /// A session that has been greeted.
    static func ready(_ keywords: String..., pipelining: Bool = true) -> ClientDialogue {
        var dialogue = ClientDialogue(pipelining: pipelining)
        dialogue.server("220 mx.example ESMTP")
        let lines = ["mx.example"] + keywords
        dialogue.server(
            lines.enumerated().map { index, line in
                "250\(index == lines.count - 1 ? " " : "-")\(line)"
            }.joined(separator: "\r\n"))
        dialogue.actions = []
        return dialogue
    }

    /// The server says a reply, or several.
    mutating func server(_ text: String) {
        receive(Array((text + "\r\n").utf8))
    }

    mutating func receive(_ octets: [UInt8]) {
        actions += octets.withUnsafeBytes { session.receive($0) }
    }

    mutating func begin(_ transaction: SMTPTransaction) {
        actions += session.begin(transaction)
    }

    mutating func close() { actions += session.closed() }

    /// What was done since the last look, in short: commands as text.
    mutating func took() -> [String] {
        defer { actions = [] }
        return actions.map(Self.words)
    }

    static func words(_ action: SMTPClientSession.Action) -> String {
        switch action {
        case .write(let octets):
            String(decoding: octets, as: UTF8.self).replacing("\r\n", with: "|")
        case .startTLS: "<TLS>"
        case .ready: "<ready>"
        case .content(let framing): framing == .dotted ? "<dotted>" : "<counted>"
        case .finished(let outcome): "<" + words(outcome) + ">"
        case .failed(let failure): "<failed \(failure.stage) \(failure.reason)>"
        case .close: "<close>"
        }
    }

    static func words(_ outcome: SMTPTransactionOutcome) -> String {
        var words = outcome.recipients.map { recipient in
            switch recipient {
            case .accepted(let reply): "\(reply.code)"
            case .refused(let reply, let stage): "\(reply.code)@\(stage)"
            case .failed(let failure): "\(failure.reason)@\(failure.stage)"
            }
        }
        if outcome.sentContent { words.append("sent") }
        if outcome.isUncertain { words.append("uncertain") }
        if outcome.sentUndeclaredEightBit { words.append("undeclared") }
        return words.joined(separator: " ")
    }
}

extension SMTPTransaction {
    /// Mail from `a@from.example` to `b@to.example`, `c@to.example` …
    static func mail(
        _ count: Int = 1, octets: Int = 10, from: String = "a",
        parameters: MailParameters = MailParameters(), isAhead: Bool = false
    ) -> SMTPTransaction {
        let names = "bcdefghijk".prefix(count).map(String.init)
        return SMTPTransaction(
            envelope: Envelope(
                reversePath: ReversePath(mailbox(from, "from.example")), parameters: parameters,
                recipients: names.compactMap { name in
                    mailbox(name, "to.example").map { EnvelopeRecipient(ForwardPath($0)) }
                }),
            octets: octets, allowsContentAhead: isAhead)
    }

    static func mailbox(_ localPart: String, _ domain: String) -> Mailbox? {
        DomainName(domain).flatMap { Mailbox(localPart: localPart, host: .domain($0)) }
    }
}
