public import Identities
public import SMTP

/// What a sender is told about the delivery of his message (RFC 3461 §6, RFC 3464): that it failed,
/// that it is late, or that it went where no word comes back from.
///
/// Only about mail that was accepted and could not be delivered, never about its content; never to
/// the null reverse path (RFC 5321 §4.5.5), so that no report is answered by a report.
public struct DeliveryStatusNotification: Sendable {
    /// `Action` (RFC 3464 §2.3.3).
    public enum Action: String, Sendable {
        case failed
        case delayed
        /// Handed to a server that sends no reports of success.
        case relayed
    }

    /// What is said about one recipient.
    public struct Recipient: Sendable {
        public var recipient: EnvelopeRecipient
        public var status: EnhancedStatusCode
        /// One plain sentence: why.
        public var reason: String
        /// What a server said, and which one.
        public var reply: SMTPReply?
        public var server: String?
        /// Milliseconds since 1970.
        public var lastAttempt: Int64?
        /// For `delayed`: until when it is tried, milliseconds since 1970.
        public var retriedUntil: Int64?

        public init(
            _ recipient: EnvelopeRecipient, status: EnhancedStatusCode, reason: String,
            reply: SMTPReply? = nil, server: String? = nil, lastAttempt: Int64? = nil,
            retriedUntil: Int64? = nil
        ) {
            self.recipient = recipient
            self.status = status
            self.reason = reason
            self.reply = reply
            self.server = server
            self.lastAttempt = lastAttempt
            self.retriedUntil = retriedUntil
        }
    }

    public var action: Action
    /// The host that reports.
    public var reporter: DomainName
    /// The message's envelope as it was accepted.
    public var envelope: Envelope
    /// Milliseconds since 1970.
    public var receivedAt: Int64
    public var recipients: [Recipient]
    /// Milliseconds since 1970.
    public var at: Int64

    public init(
        _ action: Action, reporter: DomainName, envelope: Envelope, receivedAt: Int64,
        recipients: [Recipient], at: Int64
    ) {
        self.action = action
        self.reporter = reporter
        self.envelope = envelope
        self.receivedAt = receivedAt
        self.recipients = Array(recipients.prefix(Limits.reportRecipients))
        self.at = at
    }

    /// Whether the sender wants to hear of this about a recipient (RFC 3461 §4.1 and §5.2).
    ///
    /// - Parameter warnsOfDelay: whether senders who asked for nothing hear of delays.
    public static func isWanted(
        _ action: Action, about recipient: EnvelopeRecipient, from path: ReversePath,
        warnsOfDelay: Bool = false
    ) -> Bool {
        guard !path.isNull else { return false }
        switch action {
        case .failed: return recipient.notify?.contains(.failure) ?? true
        case .delayed: return recipient.notify?.contains(.delay) ?? warnsOfDelay
        case .relayed: return recipient.notify?.contains(.success) ?? false
        }
    }

    /// Whether the whole message goes back, and not its header alone (RFC 3461 §4.3): only when
    /// the sender asked for it, and never where the way back may be less protected than the way
    /// here (RFC 8689 §5).
    ///
    /// - Parameter octets: of the message.
    public func returnsContent(octets: Int) -> Bool {
        action == .failed && envelope.parameters.returns == .full
            && envelope.parameters.body != .binaryMIME && !envelope.parameters.requiresTLS
            && octets <= Limits.returnedContentOctets
    }
}
