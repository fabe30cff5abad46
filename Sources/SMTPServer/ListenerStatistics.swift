/// What a listener has seen since it started.
public struct ListenerStatistics: Hashable, Sendable {
    /// Connections taken, whatever came of them.
    public var connections = 0
    /// Connections open now.
    public var open = 0
    /// Connections turned away because of a limit.
    public var overLimit = 0
    /// Connections that the policy refused before the greeting.
    public var refused = 0
    /// Connections that talked before the greeting.
    public var earlyTalkers = 0
    /// Handshakes done, and handshakes that failed.
    public var handshakes = 0
    public var failedHandshakes = 0
    /// Messages answered with 2xx, and those answered otherwise.
    public var accepted = 0
    public var rejected = 0
    /// Octets of content of the accepted ones.
    public var octets = 0
    /// Messages whose content went into a file.
    public var files = 0
    /// Connections ended by a time limit.
    public var timeouts = 0

    public init() {}
}
