/// What delivery has done since its start, and what is before it now.
public struct DeliveryStatistics: Hashable, Sendable {
    /// Recipients handed over.
    public var delivered = 0
    /// Recipients given up.
    public var failed = 0
    /// Attempts that are repeated, by recipient.
    public var deferred = 0
    /// Reports sent to senders.
    public var reports = 0
    /// Deliveries of which nobody knows whether they succeeded.
    public var uncertain = 0
    /// Entries that wait: a message has one for each destination.
    public var waiting = 0
    /// Entries under way.
    public var running = 0

    public init() {}
}

/// A destination with mail, for people who look at the queue.
public struct DestinationReport: Hashable, Sendable {
    public var destination: DeliveryDestination
    /// Entries that wait or run.
    public var entries: Int
    public var running: Int
    /// Deliveries that may run at one time.
    public var window: Int
    /// Milliseconds for which it is left alone; nil while it works.
    public var restsFor: Int64?
    /// One plain sentence.
    public var lastFailure: String?
}
