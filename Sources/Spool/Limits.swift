/// What the spool takes at most. Each value has a test that hits it.
public enum SpoolLimits {
    /// Octets of the gateway's record of a message.
    public static let recordOctets = 256 << 10
    /// Octets of a record's body: envelope with 1,000 long recipients, and the gateway's record.
    public static let bodyOctets = 4 << 20
    /// Octets of the header fields before a content.
    public static let prefixOctets = 256 << 10
    /// Recipients of a message.
    public static let recipients = 10_000
    /// Octets of a text in a change: a reply, a reason, a host.
    public static let textOctets = 4 << 10
    /// Changes given to `note` that wait for a disk that refuses.
    public static let waitingNotes = 50_000
    /// Recipients of each kind that a balance lists.
    public static let listedRecipients = 10_000
    /// Entries that `changes(after:limit:)` gives at most.
    public static let changesAtOnce = 10_000
    /// Sequence numbers end before this, which no spool reaches: so none overflows when something
    /// is added.
    public static let sequence: UInt64 = 1 << 61
    /// Numbers left out when a segment could not be read.
    public static let skippedNumbers: UInt64 = 1 << 20
    /// Acceptances of the last moments that a start remembers.
    public static let recentAcceptances = 10_000
    /// Octets of a request's file.
    public static let requestOctets = 1 << 20
    /// Requests taken at once.
    public static let requestsAtOnce = 1_000
    /// Octets of the smallest and the largest segment; other options are moved to these.
    public static let segmentOctets = (16 << 10)...(1 << 30)
    /// Segments that one write is tried on.
    public static let segmentsPerWrite = 3
    /// Gaps that a recovery and a verification list.
    public static let listedGaps = 1_000
}
