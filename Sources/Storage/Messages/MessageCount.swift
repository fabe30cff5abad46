public import MailReports

/// How many messages met the same fate for the same reason on one day.
public struct MessageCount: Hashable, Sendable {
    public enum Kind: Int64, Sendable, CaseIterable {
        /// Accepted for delivery.
        case accepted = 1
        /// Accepted into quarantine.
        case held = 2
        /// Refused for good.
        case refused = 3
        /// Told to come again.
        case deferred = 4
        /// Recipients that the next server took a message for.
        case delivered = 5
        /// Recipients that a message could not be delivered to.
        case failed = 6
        /// Messages that a person released from quarantine.
        case released = 7
        /// Messages that a person deleted.
        case deleted = 8
        /// Senders that were told of a failure.
        case bounced = 9
    }

    public var day: UTCDay
    public var kind: Kind
    /// The word of the reason, or the status code of the reply.
    public var reason: String
    public var messages: Int64

    public init(day: UTCDay, kind: Kind, reason: String, messages: Int64) {
        self.day = day
        self.kind = kind
        self.reason = reason
        self.messages = messages
    }
}
