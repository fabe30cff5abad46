public import Identities

/// A message and how it arrived: all that authentication needs to know.
public struct MessageAuthenticatorRequest: Sendable {
    /// The address of the SMTP client; nil when the message did not come over SMTP, so that there
    /// is nothing for SPF to check.
    public var client: IPAddress?
    /// The name of HELO or EHLO as given.
    public var helo: String
    /// The address of MAIL FROM as given, without angle brackets; empty for the null reverse path.
    public var mailFrom: String
    /// The addresses of RCPT TO as given, without angle brackets.
    public var recipients: [String]
    /// Our own name, for SPF's macro `r`.
    public var receiver: String
    /// Seconds since 1970.
    public var now: Int64
    public var message: RawMessage

    public init(
        message: RawMessage, client: IPAddress?, helo: String, mailFrom: String,
        recipients: [String] = [], receiver: String = "unknown", now: Int64
    ) {
        self.message = message
        self.client = client
        self.helo = helo
        self.mailFrom = mailFrom
        self.recipients = recipients
        self.receiver = receiver
        self.now = now
    }
}
