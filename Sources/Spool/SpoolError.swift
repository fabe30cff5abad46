/// Why the spool did not take something.
public enum SpoolError: Error, Hashable, Sendable {
    /// No room for messages: 452 to the client (RFC 5321 §4.2.3).
    case full
    /// The disk failed; nothing was promised: 451 to the client.
    case failed(String)
    /// Larger than a record may be: see `SpoolLimits`.
    case tooLarge
    /// The spool was closed.
    case closed
    /// Another process has the folder open.
    case inUse
    /// No live message has this identifier.
    case unknown(QueueIdentifier)

    /// Whether the same may succeed later.
    public var isTemporary: Bool {
        switch self {
        case .full, .failed, .closed, .inUse: true
        case .tooLarge, .unknown: false
        }
    }
}

extension SpoolError: CustomStringConvertible {
    /// One line for logs.
    public var description: String {
        switch self {
        case .full: "the spool's disk is full"
        case .failed(let reason): "the spool's disk failed: \(reason)"
        case .tooLarge: "the message's envelope or record is too large for the spool"
        case .closed: "the spool is closed"
        case .inUse: "another process has the spool open"
        case .unknown(let id): "the spool has no message \(id)"
        }
    }
}
