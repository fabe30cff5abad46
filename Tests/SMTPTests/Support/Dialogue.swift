import Identities
import SMTP

/// Drives a server session as a connection would, and notes all that happens.
struct Dialogue {
    var session: SMTPServerSession
    /// Actions and replies in their order.
    private(set) var events: [String] = []
    /// The contents of the messages handed over.
    private(set) var messages: [[UInt8]] = []
    private(set) var envelopes: [Envelope] = []
    private(set) var defects: [Set<TransportDefect>] = []
    private(set) var isClosed = false
    /// The answer to a question; nil accepts.
    var answer: (SMTPServerSession.Action) -> SMTPReply? = Dialogue.usual

    static let options = SMTPServerOptions(hostName: "mx.example.org")

    init(_ options: SMTPServerOptions = Dialogue.options) {
        session = SMTPServerSession(options)
        session.greet()
        events.append(contentsOf: replies())
    }

    /// Accepts all but the recipients whose names say otherwise.
    static func usual(_ action: SMTPServerSession.Action) -> SMTPReply? {
        switch action {
        case .recipient(let recipient):
            switch recipient.path.mailbox?.localPart {
            case "refused": SMTPReply(550, EnhancedStatusCode(5, 1, 1), "Nobody of that name")
            case "later": SMTPReply(450, EnhancedStatusCode(4, 2, 0), "Come again")
            default: nil
            }
        case .message: SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        default: nil
        }
    }

    mutating func feed(_ text: String) { feed(Array(text.utf8)) }

    mutating func feed(_ octets: [UInt8]) {
        var index = 0
        while true {
            var consumed = 0
            let action = octets.withUnsafeBufferPointer { buffer in
                session.advance(
                    Span(_unsafeElements: buffer).extracting(index...), consumed: &consumed)
            }
            index += consumed
            guard let action else { break }
            note(action)
            carryOut(action)
        }
        if index < octets.count { events.append("unused") }
        flush()
    }

    mutating func secured() {
        session.secured()
        flush()
    }

    mutating func drain() {
        session.drain()
        feed("")
    }

    /// The codes of all replies so far.
    var codes: [Int] {
        events.compactMap { $0.hasPrefix("> ") ? Int($0.dropFirst(2).prefix(3)) : nil }
    }

    /// The last reply.
    var last: String { events.last { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) } ?? "" }

    private mutating func note(_ action: SMTPServerSession.Action) {
        flush()
        switch action {
        case .message(let found):
            let content = session.takeContent()
            messages.append(content)
            defects.append(found)
            if let envelope = session.envelope { envelopes.append(envelope) }
            events.append("message \(content.count) \(found.map(\.rawValue).sorted())")
        default: events.append("\(action)")
        }
    }

    private mutating func carryOut(_ action: SMTPServerSession.Action) {
        switch action {
        case .hello, .mail, .recipient, .message: session.answer(answer(action))
        case .pause: session.resume()
        case .xclient(let attributes): session.greet(hasHello: attributes.helo != nil)
        case .close: isClosed = true
        case .contentBegins, .discarded, .startTLS: break
        }
    }

    private mutating func flush() {
        events.append(contentsOf: replies())
    }

    private mutating func replies() -> [String] {
        let text = String(decoding: session.takeReplies(), as: UTF8.self)
        return text.split(separator: "\r\n").map { "> \($0)" }
    }
}

extension Dialogue {
    /// A dialogue up to the content of a message.
    static func inData(_ options: SMTPServerOptions = Dialogue.options) -> Dialogue {
        var dialogue = Dialogue(options)
        dialogue.feed(
            "EHLO client.example\r\nMAIL FROM:<a@client.example>\r\n"
                + "RCPT TO:<b@example.org>\r\nDATA\r\n")
        return dialogue
    }

    /// A dialogue up to the first chunk.
    static func beforeChunk(
        _ options: SMTPServerOptions = Dialogue.options, parameters: String = ""
    ) -> Dialogue {
        var dialogue = Dialogue(options)
        dialogue.feed(
            "EHLO client.example\r\nMAIL FROM:<a@client.example>\(parameters)\r\n"
                + "RCPT TO:<b@example.org>\r\n")
        return dialogue
    }

    /// The octets in pieces of the given lengths, again and again.
    mutating func feed(_ octets: [UInt8], inPiecesOf lengths: [Int]) {
        var index = 0
        var turn = 0
        while index < octets.count {
            let end = min(octets.count, index + max(1, lengths[turn % lengths.count]))
            feed(Array(octets[index..<end]))
            index = end
            turn += 1
        }
    }
}
