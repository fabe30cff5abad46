/// What a person asks of the queue.
public struct SpoolRequest: Hashable, Sendable {
    /// What is asked.
    public enum Action: Hashable, Sendable {
        case hold(reason: String)
        case release
        case delete(reason: String)
        /// Due at once.
        case requeue
        /// Everything that is queued is due at once.
        case flush
    }

    public var action: Action
    /// The messages; none for `flush`.
    public var messages: [QueueIdentifier]
    /// Who asks.
    public var by: String

    /// Makes a request of its parts.
    public init(_ action: Action, messages: [QueueIdentifier] = [], by: String) {
        self.action = action
        self.messages = messages
        self.by = by
    }
}
