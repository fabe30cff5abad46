/// What asking and changing other people's zones may cost.
public enum Limits {
    /// How long one server is waited for.
    public static let timeout: Duration = .seconds(10)
    /// Names of servers taken from a zone, and addresses of each.
    public static let servers = 16
    public static let addresses = 4
    /// Steps up from a name to the zone that it lies in: a name has 127 labels at most.
    public static let zoneSteps = 128
    /// Bytes of a file of keys, and keys in it.
    public static let keyFile = 64 << 10
    public static let keys = 1_000
    /// Octets of a secret: 128 bits at least (RFC 8945 §8), and no more than a hash takes in.
    public static let secret = 16...512
    /// Seconds by which the clocks of both sides may differ (RFC 8945 §10).
    public static let fudge: UInt16 = 300
    /// Seconds that a change may take to be visible beyond its time to live.
    public static let visibility: Int64 = 3_600
    /// Seconds between two looks at a change that is on its way, and at one that is in force.
    public static let pendingPause: Int64 = 60
    public static let standingPause: Int64 = 3_600
    /// Seconds after which a change that was being applied is looked at, should whoever applied
    /// it have been stopped.
    public static let applying: Int64 = 120
    /// Changes looked at in one step of the watch.
    public static let watchedAtOnce = 100
    /// Domains with rules looked at in one step of the way to reject.
    public static let rulesAtOnce = 500
    /// Days of reports that a proposal in an emergency is tried on.
    public static let emergencyDays = 30
    /// Characters of a sentence about servers.
    public static let remark = 1_000
}
