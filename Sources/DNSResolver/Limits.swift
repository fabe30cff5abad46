/// The bounds of the resolver; each is kept whatever servers and askers do.
public enum Limits {
    /// Octets that we take over UDP, as EDNS tells the server: no fragments on any usual network
    /// (RFC 9715 §3).
    public static let payloadOctets: UInt16 = 1_232
    /// Octets that one datagram is read into.
    public static let datagramOctets = 4_096
    /// Datagrams that are not the answer, after which the question goes over TCP: somebody may be
    /// guessing (RFC 5452 §9).
    public static let strayDatagrams = 32
    /// Aliases followed for one question, over all messages.
    public static let aliases = 16
    /// Questions sent for one look-up when a server does not follow aliases itself.
    public static let questionsPerLookup = 8
    /// Servers taken from a configuration.
    public static let servers = 8
    /// Attempts to find a free random port before the system chooses one.
    public static let portAttempts = 4
    /// Look-ups that wait for their turn; one more fails at once.
    public static let waitingLookups = 100_000
    /// Seconds for which an answer is kept at most, whatever its time to live (RFC 8767 §4).
    public static let longestTimeToLive: UInt32 = 86_400
    /// Seconds for which a "no" is kept at most (RFC 2308 §5).
    public static let longestNegativeTimeToLive: UInt32 = 3_600
    /// Seconds for which a failure is kept (RFC 9520 §3.2: one second at least, five minutes at
    /// most).
    public static let failureTimeToLive: UInt32 = 10
    /// Octets read from a file of resolvers.
    public static let configurationOctets = 64 << 10
}
