public import SMTP
public import Spool

/// A waiting message without its content.
public final class WaitingEnvelope: Sendable {
    public let envelope: Envelope
    /// Milliseconds since 1970.
    public let receivedAt: Int64
    /// The route that the decision named, or empty.
    public let routing: String

    public init(_ envelope: Envelope, receivedAt: Int64, routing: String = "") {
        self.envelope = envelope
        self.receivedAt = receivedAt
        self.routing = routing
    }
}

/// How far a waiting message is, as the spool tells it after a restart.
public struct WaitingMessage: Sendable {
    /// A recipient that is not finished.
    public struct Recipient: Hashable, Sendable {
        /// In the envelope, from 0.
        public var place: Int
        /// Attempts that failed.
        public var attempts: Int
        /// Milliseconds since 1970; 0 at once.
        public var nextAttempt: Int64
        /// It failed for good, and the sender was not told.
        public var owesReport: Bool

        public init(
            place: Int, attempts: Int = 0, nextAttempt: Int64 = 0, owesReport: Bool = false
        ) {
            self.place = place
            self.attempts = attempts
            self.nextAttempt = nextAttempt
            self.owesReport = owesReport
        }
    }

    public var id: QueueIdentifier
    /// Milliseconds since 1970.
    public var receivedAt: Int64
    public var isHeld: Bool
    public var recipients: [Recipient]

    public init(
        id: QueueIdentifier, receivedAt: Int64, isHeld: Bool = false, recipients: [Recipient]
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.isHeld = isHeld
        self.recipients = recipients
    }
}
