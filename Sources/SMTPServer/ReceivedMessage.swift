public import SMTP

/// A message as it came: from whom, its envelope and its content.
public struct ReceivedMessage: Sendable {
    public var client: ClientConnection
    public var envelope: Envelope
    public var content: MessageContent
    public var defects: Set<TransportDefect>
    /// When its last octet came: seconds since 1970.
    public var receivedAt: Int64

    public init(
        client: ClientConnection, envelope: Envelope, content: MessageContent,
        defects: Set<TransportDefect> = [], receivedAt: Int64
    ) {
        self.client = client
        self.envelope = envelope
        self.content = content
        self.defects = defects
        self.receivedAt = receivedAt
    }
}

/// The octets of a message: lines end with CRLF, dots are unstuffed. A BODY=BINARYMIME message is
/// as the client sent it, and one that came in chunks may lack its last line end.
public enum MessageContent: Sendable {
    case memory([UInt8])
    /// Larger than `ServerLimits.memoryContentOctets`, or the process had no memory left for it.
    case file(ContentFile)

    /// Octets.
    public var count: Int {
        switch self {
        case .memory(let octets): octets.count
        case .file(let file): file.count
        }
    }
}
