public import SMTP

/// A message for one server.
public struct OutgoingMessage: Sendable {
    /// With the recipients of this delivery alone; results come in their order. `parameters` are
    /// the ones the message came with: what the server does not offer is left out, unless the
    /// message cannot do without it.
    public var envelope: Envelope
    public var content: any OutgoingContent
    /// Whether the content has octets beyond 127.
    public var isEightBit: Bool
    /// Whether the content is not made of lines: BODY=BINARYMIME (RFC 3030 §3).
    public var isBinary: Bool
    /// Whether header fields hold UTF-8 beyond ASCII, so that the message needs SMTPUTF8 whatever
    /// its addresses (RFC 6531 §3.4).
    public var hasInternationalHeader: Bool

    /// When nothing is known of the header, a message that came with SMTPUTF8 and has octets beyond
    /// 127 is taken to need it.
    public init(
        envelope: Envelope, content: any OutgoingContent, isEightBit: Bool = false,
        isBinary: Bool = false, hasInternationalHeader: Bool? = nil
    ) {
        self.envelope = envelope
        self.content = content
        self.isEightBit = isEightBit
        self.isBinary = isBinary
        self.hasInternationalHeader =
            hasInternationalHeader ?? (envelope.parameters.isInternational && isEightBit)
    }
}
