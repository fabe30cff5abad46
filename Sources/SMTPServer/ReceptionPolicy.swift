public import SMTP

/// An answer that is there at once, or one that takes a while.
public enum PolicyAnswer<Value: Sendable>: Sendable {
    /// Keeps the dialogue going without leaving the event loop.
    case now(Value)
    /// Nothing more is read from the client until it is there.
    case later(@Sendable () async -> Value)
}

/// Whether a connection is talked to at all.
public enum ConnectionAnswer: Sendable {
    /// The greeting waits this long; who talks earlier is an early talker. Zero greets at once.
    case accept(greetingDelay: Duration)
    /// The reply instead of the greeting; then the connection is closed.
    case refuse(SMTPReply)
}

/// What the server asks about one connection and its messages.
///
/// One object per connection; calls come one after the other, on the connection's event loop. A nil
/// reply means accepted; a reply is sent as it is, and a 421 closes the connection (RFC 5321 §3.8).
public protocol ReceptionPolicy: AnyObject, Sendable {
    func connected(_ client: ClientConnection) -> PolicyAnswer<ConnectionAnswer>
    /// The client talked before the greeting (RFC 5321 §4.3.1); nil lets it go on.
    func earlyTalker(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?>
    func hello(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?>
    func mail(
        _ path: ReversePath, _ parameters: MailParameters, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?>
    /// The envelope holds the recipients accepted before this one.
    func recipient(
        _ recipient: EnvelopeRecipient, _ envelope: Envelope, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?>
    /// The whole message is here. A positive reply means that it is durable.
    func message(_ message: ReceivedMessage) async -> SMTPReply
    /// The connection is over; no call follows.
    func closed(_ client: ClientConnection, reason: String)
}
