public import SMTP

/// What became of a message at one server.
public struct DeliveryResult: Sendable {
    /// What became of one recipient.
    public enum RecipientResult: Hashable, Sendable {
        /// The server took the message for this recipient: its reply to the content.
        case delivered(SMTPReply)
        /// The server said no to the recipient, the sender or the content: 4xx or 5xx.
        case refused(SMTPReply)
        /// The message did not get so far, or nothing is known of it: see `uncertain`.
        case failed(DeliveryFailure)
    }

    /// In the order of the envelope's recipients.
    public var recipients: [RecipientResult]
    public var connection: ConnectionFacts
    /// Whether the connection was lost after all of the content was sent and before the server's
    /// reply: the recipients that failed may have got it, and another attempt may bring it twice
    /// (RFC 5321 §4.5.4.1, RFC 1047).
    public var uncertain: Bool

    public init(
        recipients: [RecipientResult], connection: ConnectionFacts = ConnectionFacts(),
        uncertain: Bool = false
    ) {
        self.recipients = recipients
        self.connection = connection
        self.uncertain = uncertain
    }

    /// The same failure for every recipient.
    public init(
        _ failure: DeliveryFailure, recipients count: Int,
        connection: ConnectionFacts = ConnectionFacts(), uncertain: Bool = false
    ) {
        self.init(
            recipients: Array(repeating: .failed(failure), count: count), connection: connection,
            uncertain: uncertain)
    }
}
