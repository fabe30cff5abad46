/// A message as the store has it.
public struct StoredMessage: Hashable, Sendable {
    public var id: Int64
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var receivedAt: Int64
    public var state: MessageState
    /// The word of the reason that decided.
    public var reason: String
    /// Messages that this one is kept for, itself included.
    public var standsFor: Int64
    public var record: [UInt8]

    public init(
        id: Int64, receivedAt: Int64, state: MessageState, reason: String, standsFor: Int64 = 1,
        record: [UInt8]
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.state = state
        self.reason = reason
        self.standsFor = standsFor
        self.record = record
    }
}

/// A message with what became of it.
public struct MessageHistory: Hashable, Sendable {
    public var message: StoredMessage
    /// At most `MessageStore.Limits.recipients`, in the order of the envelope.
    public var recipients: [MessageRecipient]
    /// The oldest first; the newest `MessageStore.Limits.events`.
    public var events: [MessageEvent]

    public init(message: StoredMessage, recipients: [MessageRecipient], events: [MessageEvent]) {
        self.message = message
        self.recipients = recipients
        self.events = events
    }
}

/// Where one recipient of a message stands.
public struct MessageRecipient: Hashable, Sendable {
    /// Its place in the envelope.
    public var position: Int
    public var address: String
    public var state: MessageState
    /// Milliseconds since 1970.
    public var updatedAt: Int64
    /// The remote server that spoke last, and what it said.
    public var host: String?
    public var reply: String?

    public init(
        position: Int, address: String, state: MessageState, updatedAt: Int64,
        host: String? = nil, reply: String? = nil
    ) {
        self.position = position
        self.address = address
        self.state = state
        self.updatedAt = updatedAt
        self.host = host
        self.reply = reply
    }
}

/// What to look for. Everything that is given must hold.
public struct MessageSearch: Hashable, Sendable {
    /// What every message found carries: at least one term of each inner list.
    public var terms: [[SearchTerm]]
    /// Where the message stands now.
    public var state: MessageState?
    /// From this instant on, milliseconds since 1970.
    public var from: Int64?
    /// Before this instant.
    public var until: Int64?

    public init(
        terms: [[SearchTerm]] = [], state: MessageState? = nil, from: Int64? = nil,
        until: Int64? = nil
    ) {
        self.terms = terms
        self.state = state
        self.from = from
        self.until = until
    }
}

/// Messages found, the newest first.
public struct MessagePage: Hashable, Sendable {
    /// A place between two messages, from which to read on.
    public struct Place: Hashable, Sendable, CustomStringConvertible {
        public var day: Int64
        public var id: Int64

        public init(day: Int64, id: Int64) {
            self.day = day
            self.id = id
        }

        /// Reads what `description` wrote; nil for anything else.
        public init?(_ text: some StringProtocol) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let day = Int64(parts[0]), let id = Int64(parts[1]) else {
                return nil
            }
            self.init(day: day, id: id)
        }

        public var description: String { "\(day).\(id)" }
    }

    public var messages: [StoredMessage]
    /// Nil where nothing older fits.
    public var next: Place?
    /// True when the page ends early because enough was looked through: `next` goes on there.
    public var isCutShort: Bool

    public init(messages: [StoredMessage], next: Place? = nil, isCutShort: Bool = false) {
        self.messages = messages
        self.next = next
        self.isCutShort = isCutShort
    }
}
