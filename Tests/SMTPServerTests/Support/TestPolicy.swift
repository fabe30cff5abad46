import Foundation
import SMTP
import SMTPServer
import Synchronization

/// What the server asked, and the answers that a test wants.
final class TestPolicy: ReceptionPolicy {
    struct Notes {
        var asked: [String] = []
        var clients: [ClientConnection] = []
        var messages: [ReceivedMessage] = []
        /// What the files of the messages held, as far as a test wants to know.
        var contents: [[UInt8]] = []
        var reasons: [String] = []
    }

    /// Notes of all connections of a server.
    final class Book: Sendable {
        private let notes = Mutex(Notes())

        var all: Notes { notes.withLock { $0 } }

        func note(_ change: (inout Notes) -> Void) { notes.withLock { change(&$0) } }
    }

    struct Answers: Sendable {
        var connected: @Sendable (ClientConnection) -> PolicyAnswer<ConnectionAnswer> = { _ in
            .now(.accept(greetingDelay: .zero))
        }
        var earlyTalker: @Sendable (ClientConnection) -> PolicyAnswer<SMTPReply?> = { _ in
            .now(SMTPReply(554, EnhancedStatusCode(5, 5, 1), "You talk too early"))
        }
        var hello: @Sendable (ClientConnection) -> PolicyAnswer<SMTPReply?> = { _ in .now(nil) }
        var mail: @Sendable (ReversePath) -> PolicyAnswer<SMTPReply?> = { _ in .now(nil) }
        var recipient: @Sendable (EnvelopeRecipient, Envelope) -> PolicyAnswer<SMTPReply?> = {
            _, _ in .now(nil)
        }
        var message: @Sendable (ReceivedMessage) async -> SMTPReply = { _ in
            SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        }
        var keepsContents = true
    }

    let answers: Answers
    let book: Book

    init(_ answers: Answers, _ book: Book) {
        self.answers = answers
        self.book = book
    }

    func connected(_ client: ClientConnection) -> PolicyAnswer<ConnectionAnswer> {
        book.note {
            $0.asked.append("connected")
            $0.clients.append(client)
        }
        return answers.connected(client)
    }

    func earlyTalker(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> {
        book.note { $0.asked.append("early") }
        return answers.earlyTalker(client)
    }

    func hello(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> {
        book.note { $0.asked.append("hello \(client.helo ?? "?")") }
        return answers.hello(client)
    }

    func mail(
        _ path: ReversePath, _ parameters: MailParameters, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?> {
        book.note { $0.asked.append("mail \(path)") }
        return answers.mail(path)
    }

    func recipient(
        _ recipient: EnvelopeRecipient, _ envelope: Envelope, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?> {
        book.note {
            $0.asked.append("recipient \(recipient.path) after \(envelope.recipients.count)")
        }
        return answers.recipient(recipient, envelope)
    }

    func message(_ message: ReceivedMessage) async -> SMTPReply {
        let octets: [UInt8]
        switch message.content {
        case .memory(let content): octets = content
        case .file(let file):
            octets =
                answers.keepsContents
                ? [UInt8]((try? Data(contentsOf: URL(filePath: file.path))) ?? Data()) : []
        }
        book.note {
            $0.asked.append("message")
            $0.messages.append(message)
            $0.contents.append(octets)
        }
        return await answers.message(message)
    }

    func closed(_ client: ClientConnection, reason: String) {
        book.note {
            $0.asked.append("closed")
            $0.reasons.append(reason)
        }
    }
}
