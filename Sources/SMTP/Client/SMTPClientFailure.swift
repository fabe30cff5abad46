/// Why a conversation with a server did not come to its end.
public struct SMTPClientFailure: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// The server's greeting, its answer to EHLO or STARTTLS, or 421 at any time.
        case refused
        /// The server closed the connection, or the network did.
        case closed
        case timeout
        /// We were told to stop.
        case cancelled
        /// What the server sent is no reply.
        case notAReply(SMTPReplyParser.Fault)
        /// A reply that has no place here, such as 250 to DATA.
        case unexpectedReply
        /// The server does not offer STARTTLS, and TLS is required.
        case startTLSMissing
        /// Plain text came behind the answer to STARTTLS: somebody put it there (RFC 3207 §6).
        case injection
        /// The server has told a limit of size, and the message is larger (RFC 1870 §6.1).
        case tooLarge
        /// Addresses or header fields need SMTPUTF8, and the server lacks it (RFC 6531 §3.2).
        case needsSMTPUTF8
        /// The message may only go to a proved server that offers REQUIRETLS (RFC 8689 §4.2).
        case needsRequireTLS
        /// The content needs BINARYMIME, and the server lacks it (RFC 3030 §3).
        case needsBinaryMIME
        /// Our own content could not be read to its end.
        case contentUnreadable
    }

    public var stage: SMTPStage
    public var reason: Reason
    /// The reply that ended it, where one did.
    public var reply: SMTPReply?

    public init(_ stage: SMTPStage, _ reason: Reason, reply: SMTPReply? = nil) {
        self.stage = stage
        self.reason = reason
        self.reply = reply
    }
}

extension SMTPClientFailure {
    /// Whether another attempt at the same server may go better.
    public var isTemporary: Bool {
        switch reason {
        case .refused: reply?.isPermanent != true
        case .closed, .timeout, .cancelled, .notAReply, .unexpectedReply, .contentUnreadable: true
        case .startTLSMissing, .injection: true
        case .tooLarge, .needsSMTPUTF8, .needsRequireTLS, .needsBinaryMIME: false
        }
    }

    /// RFC 3463 §3, RFC 8689 §4.2, RFC 6531 §4.2.
    public var status: EnhancedStatusCode {
        switch reason {
        case .refused: reply?.status ?? EnhancedStatusCode(isTemporary ? 4 : 5, 4, 2)
        case .closed, .timeout: EnhancedStatusCode(4, 4, 2)
        case .cancelled: EnhancedStatusCode(4, 3, 2)
        case .notAReply, .unexpectedReply: EnhancedStatusCode(4, 5, 0)
        case .startTLSMissing: EnhancedStatusCode(4, 7, 4)
        case .injection: EnhancedStatusCode(4, 7, 5)
        case .tooLarge: EnhancedStatusCode(5, 3, 4)
        case .needsSMTPUTF8: EnhancedStatusCode(5, 6, 7)
        case .needsRequireTLS: EnhancedStatusCode(5, 7, 30)
        case .needsBinaryMIME: EnhancedStatusCode(5, 6, 3)
        case .contentUnreadable: EnhancedStatusCode(4, 3, 0)
        }
    }

    /// One plain sentence.
    public var text: String {
        switch reason {
        case .refused:
            "The server refused \(stage.words): \(reply?.description ?? "no reason given")"
        case .closed: "The server closed the connection during \(stage.words)."
        case .timeout: "The server did not answer in time during \(stage.words)."
        case .cancelled: "The delivery was stopped during \(stage.words)."
        case .notAReply: "The server sent something that is no SMTP reply during \(stage.words)."
        case .unexpectedReply:
            "The server's reply makes no sense during \(stage.words): "
                + (reply?.description ?? "none was due")
        case .startTLSMissing: "TLS is required, and the server does not offer it."
        case .injection: "Plain text came in behind the server's answer to STARTTLS."
        case .tooLarge: "The message is larger than the server takes."
        case .needsSMTPUTF8: "The message needs SMTPUTF8, and the server does not offer it."
        case .needsRequireTLS:
            "The message requires TLS all the way, and this server does not vouch for that."
        case .needsBinaryMIME: "The message needs BINARYMIME, and the server does not offer it."
        case .contentUnreadable: "The content of the message could not be read."
        }
    }
}

extension SMTPStage {
    /// What goes on, for sentences.
    public var words: String {
        switch self {
        case .connect: "connecting"
        case .greeting: "the greeting"
        case .hello: "EHLO"
        case .startTLS: "STARTTLS"
        case .handshake: "the TLS handshake"
        case .mail: "MAIL"
        case .recipient: "RCPT"
        case .data: "DATA"
        case .content: "the content"
        case .reset: "RSET"
        }
    }
}
