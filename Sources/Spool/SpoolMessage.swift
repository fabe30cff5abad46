public import SMTP

/// A message that the spool is asked to keep: envelope, record and content.
public struct SpoolMessage: Sendable {
    /// What is to happen with it.
    public enum Disposition: Hashable, Sendable {
        case deliver
        /// Kept until somebody releases or deletes it.
        case hold(reason: String)
    }

    public var id: QueueIdentifier
    /// Milliseconds since 1970.
    public var receivedAt: Int64
    public var envelope: Envelope
    /// The gateway's record of the message, opaque here: at most `SpoolLimits.recordOctets`.
    public var record: [UInt8]
    public var disposition: Disposition
    /// Header fields that stand before the content, each with its CRLF.
    public var prefix: [UInt8]
    public var content: SpoolContent
    /// The route that the decision names, opaque here; empty for none.
    public var routing: String

    /// Makes a message of its parts.
    public init(
        id: QueueIdentifier, receivedAt: Int64, envelope: Envelope, record: [UInt8] = [],
        disposition: Disposition = .deliver, prefix: [UInt8] = [], content: SpoolContent,
        routing: String = ""
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.envelope = envelope
        self.record = record
        self.disposition = disposition
        self.prefix = prefix
        self.content = content
        self.routing = routing
    }
}

/// Where the content of a message is when it comes to the spool.
public enum SpoolContent: Sendable {
    case memory([UInt8])
    /// A complete, closed file on the spool's file system; the spool syncs it and moves it away.
    case file(path: String, count: Int)

    /// Octets.
    public var count: Int {
        switch self {
        case .memory(let octets): octets.count
        case .file(_, let count): count
        }
    }
}

/// A message as its acceptance record tells it: all but the content.
public struct AcceptedMessage: Hashable, Sendable {
    public var id: QueueIdentifier
    /// Milliseconds since 1970.
    public var receivedAt: Int64
    public var envelope: Envelope
    public var record: [UInt8]
    public var disposition: SpoolMessage.Disposition
    public var routing: String
    /// Octets of the header fields before the content.
    public var prefixCount: Int
    /// Octets of the content without them.
    public var contentCount: Int
    /// SHA-256 of prefix and content.
    public var digest: [UInt8]

    init(
        summary: AcceptanceSummary, envelope: Envelope, record: [UInt8]
    ) {
        id = summary.id
        receivedAt = summary.receivedAt
        self.envelope = envelope
        self.record = record
        disposition = summary.disposition
        routing = summary.routing
        prefixCount = summary.prefixCount
        contentCount = summary.contentCount
        digest = summary.digest
    }
}
