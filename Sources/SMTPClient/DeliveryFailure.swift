public import SMTP

/// Why a message could not be handed over, when it is not the server's word on the message itself.
public struct DeliveryFailure: Error, Hashable, Sendable {
    /// How far it came.
    public var stage: SMTPStage
    /// Whether another attempt makes sense at this server. Another server of the domain may take
    /// the message in either case when `concernsServer`.
    public var isTemporary: Bool
    public var status: EnhancedStatusCode
    /// One plain sentence.
    public var text: String
    /// What the server said, where it said something.
    public var reply: SMTPReply?
    /// The word for a TLS report, where TLS is the reason.
    public var tlsFailure: TLSFailure?

    public init(
        stage: SMTPStage, isTemporary: Bool, status: EnhancedStatusCode, text: String,
        reply: SMTPReply? = nil, tlsFailure: TLSFailure? = nil
    ) {
        self.stage = stage
        self.isTemporary = isTemporary
        self.status = status
        self.text = text
        self.reply = reply
        self.tlsFailure = tlsFailure
    }

    /// Whether it is about the server or the way to it, not about the message: the next server of
    /// the domain should be tried (RFC 5321 §5.1).
    public var concernsServer: Bool { stage < .mail || isTemporary }
}
