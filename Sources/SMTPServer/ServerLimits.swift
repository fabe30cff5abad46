/// What one listener takes at most; every value is an operator's to change.
public struct ServerLimits: Hashable, Sendable {
    /// Connections at a time: all, from one address (for IPv6 a /64), and from one network (IPv4
    /// /24, IPv6 /48).
    public var connections = 10_000
    public var connectionsPerAddress = 50
    public var connectionsPerNetwork = 200
    /// New connections and messages of one address in a minute; 0 sets no bound.
    public var connectionsPerMinute = 600
    public var messagesPerMinute = 0
    /// Recipients of one message: at least 100 (RFC 5321 §4.5.3.1.8).
    public var recipients = 1_000
    /// Recipients of a message with the null reverse path.
    public var nullSenderRecipients = 100
    /// Messages in one connection; then 421.
    public var messages = 10_000
    /// Commands that bring no message forward (NOOP, RSET, VRFY, …) between two messages; then 421.
    public var idleCommands = 100
    /// Errors in a connection after which each error's reply waits for `tarpit`.
    public var errorsBeforeTarpit = 5
    /// Errors in a connection; then 421.
    public var errors = 20
    /// How long the reply to an error waits.
    public var tarpit: Duration = .seconds(2)
    /// From connection to the end of the PROXY header.
    public var proxyTime: Duration = .seconds(10)
    /// For the TLS handshake.
    public var handshakeTime: Duration = .seconds(30)
    /// For a whole command, from the reply before it (RFC 5321 §4.5.3.2.7: at least 5 minutes).
    public var commandTime: Duration = .seconds(300)
    /// Between two pieces of content (RFC 5321 §4.5.3.2.7).
    public var contentTime: Duration = .seconds(180)
    /// For the whole content of one message.
    public var messageTime: Duration = .seconds(1_800)
    /// For the client to take our replies.
    public var writeTime: Duration = .seconds(180)
    /// Octets of content kept in memory; more goes into a file.
    public var memoryContentOctets = 1 << 20

    public init() {}
}
