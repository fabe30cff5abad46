/// A message as it comes into the store: its record, what it is found by, and where it stands.
public struct MessageEntry: Hashable, Sendable {
    /// Rises with time, and is no other message's.
    public var id: Int64
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var receivedAt: Int64
    /// `waiting`, `held`, `refused` or `deferred`.
    public var state: MessageState
    /// The word of the reason that decided.
    public var reason: String
    /// Messages that this one is kept for, itself included.
    public var standsFor: Int64
    /// What the store keeps and does not read.
    public var record: [UInt8]
    /// The recipients' addresses, in the order of the envelope.
    public var recipients: [String]
    public var terms: [SearchTerm]
    /// Who is proved to have written it; nil where nothing is proved.
    public var author: ProvedSender?

    public init(
        id: Int64, receivedAt: Int64, state: MessageState, reason: String, standsFor: Int64 = 1,
        record: [UInt8], recipients: [String], terms: [SearchTerm], author: ProvedSender? = nil
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.state = state
        self.reason = reason
        self.standsFor = standsFor
        self.record = record
        self.recipients = recipients
        self.terms = terms
        self.author = author
    }
}

/// An author's address with the organizational domain that vouches for it.
public struct ProvedSender: Hashable, Sendable {
    /// The organizational domain that DMARC's alignment proved.
    public var identity: String
    /// The address in the From field, lower case.
    public var address: String

    public init(identity: String, address: String) {
        self.identity = identity
        self.address = address
    }
}
