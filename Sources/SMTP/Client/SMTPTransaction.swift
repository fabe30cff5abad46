/// What a client wants to hand over in one go: a message, or a question about recipients.
public struct SMTPTransaction: Hashable, Sendable {
    /// The recipients of this transaction alone.
    public var envelope: Envelope
    /// Octets of the content before dots are stuffed.
    public var octets: Int
    /// Whether the content has octets beyond 127.
    public var isEightBit: Bool
    /// Whether the content needs BODY=BINARYMIME (RFC 3030 §3).
    public var isBinary: Bool
    /// Whether header fields hold UTF-8 beyond ASCII (RFC 6531 §3.4).
    public var hasInternationalHeader: Bool
    /// Whether content may follow BDAT before the server answers the envelope. Not on a connection
    /// that may have gone stale: what was sent into it might have arrived, or not.
    public var allowsContentAhead: Bool
    /// Whether it ends behind RCPT: would the server take mail for these recipients?
    public var isProbe: Bool

    public init(
        envelope: Envelope, octets: Int, isEightBit: Bool = false, isBinary: Bool = false,
        hasInternationalHeader: Bool = false, allowsContentAhead: Bool = false
    ) {
        self.envelope = envelope
        self.octets = octets
        self.isEightBit = isEightBit
        self.isBinary = isBinary
        self.hasInternationalHeader = hasInternationalHeader
        self.allowsContentAhead = allowsContentAhead
        isProbe = false
    }

    /// Asks whether mail from nobody would be taken for a recipient.
    public init(probing path: ForwardPath) {
        self.init(
            envelope: Envelope(reversePath: .null, recipients: [EnvelopeRecipient(path)]), octets: 0
        )
        isProbe = true
    }
}

/// How content goes over the wire.
public enum ContentFraming: Hashable, Sendable {
    /// Behind DATA: dots stuffed, a dot alone at the end (RFC 5321 §4.5.2).
    case dotted
    /// Behind BDAT: the octets as they are (RFC 3030 §2).
    case counted
}

/// What became of a transaction.
public struct SMTPTransactionOutcome: Hashable, Sendable {
    /// What became of one recipient.
    public enum Recipient: Hashable, Sendable {
        /// The reply to the content; to RCPT, when the transaction was a probe.
        case accepted(SMTPReply)
        /// The refusal, and what was refused.
        case refused(SMTPReply, at: SMTPStage)
        case failed(SMTPClientFailure)
    }

    /// In the order of the envelope.
    public var recipients: [Recipient]
    /// Whether any octet of content was handed to the connection.
    public var sentContent: Bool
    /// Whether all content went out, some recipient was accepted, and the reply never came.
    public var isUncertain: Bool
    /// Whether octets beyond 127 went to a server without 8BITMIME.
    public var sentUndeclaredEightBit: Bool

    public init(
        recipients: [Recipient], sentContent: Bool = false, isUncertain: Bool = false,
        sentUndeclaredEightBit: Bool = false
    ) {
        self.recipients = recipients
        self.sentContent = sentContent
        self.isUncertain = isUncertain
        self.sentUndeclaredEightBit = sentUndeclaredEightBit
    }
}
