/// What SMTP said of one hop: the MAIL FROM path and the RCPT TO paths.
public struct DKIM2Envelope: Hashable, Sendable {
    /// The path of MAIL FROM, with or without its angle brackets; empty or `<>` for bounces.
    public var mailFrom: String
    /// The paths of RCPT TO, with or without their angle brackets.
    public var recipients: [String]

    public init(mailFrom: String, recipients: [String]) {
        self.mailFrom = mailFrom
        self.recipients = recipients
    }
}
