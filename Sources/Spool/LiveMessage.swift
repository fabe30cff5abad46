/// A message that the spool still answers for, with the state of each recipient: all that is kept
/// in memory of it.
public struct LiveMessage: Sendable {
    public let id: QueueIdentifier
    /// Milliseconds since 1970.
    public let receivedAt: Int64
    /// When its acceptance was written, milliseconds since 1970: the day that it counts for.
    public let acceptedAt: Int64
    public let routing: String
    /// Octets of header fields and content.
    public let count: Int
    /// Nil unless it is held.
    public internal(set) var holdReason: String?
    /// In the order of the envelope.
    public internal(set) var recipients: [RecipientState]

    /// Where its records lie.
    var location: MessageLocation

    /// Whether nothing is left to do.
    public var isFinal: Bool { recipients.allSatisfy(\.isFinal) }
}

/// How far the message is on its way to one recipient.
public struct RecipientState: Hashable, Sendable {
    /// What may follow stands with each.
    public enum Status: UInt8, Sendable {
        /// → delivered, failed, deleted, lost.
        case queued = 0
        /// Nothing follows.
        case delivered = 1
        /// The sender is not told yet → bounced, deleted.
        case failed = 2
        /// Failed, and the sender was told or is not to be told. Nothing follows.
        case bounced = 3
        /// Nothing follows.
        case deleted = 4
        /// Nothing follows.
        case lost = 5

        /// Whether nothing is left to do.
        public var isFinal: Bool {
            switch self {
            case .queued, .failed: false
            case .delivered, .bounced, .deleted, .lost: true
            }
        }
    }

    public internal(set) var status: Status = .queued
    /// Tries that did not succeed.
    public internal(set) var attempts: UInt32 = 0
    /// When it is due, milliseconds since 1970; 0 at once.
    public internal(set) var nextAttempt: Int64 = 0
    /// A delivery began and has no outcome yet.
    public internal(set) var isUnderway = false

    /// Whether nothing is left to do.
    public var isFinal: Bool { status.isFinal }
}

/// Where the records of a live message lie in the log.
struct MessageLocation: Hashable, Sendable {
    /// The segment of its acceptance, or of the record that carried it.
    var generation: UInt64
    /// Octets from the segment's start to the acceptance's body.
    var body: Int
    var bodyCount: Int
    /// Octets from the segment's start to the header fields and, unless a file has it, the content.
    var content: Int
    var prefixCount: Int
    var contentCount: Int
    /// Whether the content is the file `large/ID`.
    var isFile: Bool
    /// Octets of the whole record.
    var octets: Int
}
