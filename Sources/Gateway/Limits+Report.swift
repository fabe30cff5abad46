/// Reports about what we saw: strangers decide how much there is to say.
extension Limits {
    /// Different rows about other domains' mail that are held in memory until they are stored; the
    /// messages of what does not fit are only counted.
    public static let observedRows = 100_000
    /// Policy domains of which rows are held in memory.
    public static let observedDomains = 20_000
    /// Rows that are stored in one step: a flood's rows must not hold up other writers for long.
    public static let observedRowsPerStep = 2_000
    /// Different kinds of TLS sessions that are held in memory.
    public static let observedSessions = 50_000
    /// DKIM signatures that one row tells of, the most telling first; RFC 9990 §3.1.3 allows 100.
    public static let reportedSignatures = 10
    /// Octets of an explanation in a report.
    public static let reportCommentOctets = 240
    /// Octets of one aggregate report before it is compressed; the rows beyond are left out and
    /// counted.
    public static let reportDocumentOctets = 64 << 20
    /// Octets of a mail with a report; who cannot be sent it in one of these is sent none.
    public static let reportMailOctets = 25 << 20
    /// Places that one report goes to.
    public static let reportDestinations = 10
    /// Attempts to hand over one report to one place.
    public static let reportAttempts = 12
    /// Seconds between two attempts.
    public static let reportRetrySeconds: Int64 = 3_600
    /// Seconds for which a report waits for the DNS before it goes without those who could not be
    /// asked.
    public static let reportPatienceSeconds: Int64 = 6 * 3_600
    /// Seconds between the end of a time and the first report about it: what was seen in its last
    /// moments is still on its way to the store.
    public static let reportGraceSeconds: Int64 = 300
    /// Seconds for which one process works on a report before another one may.
    public static let reportClaimSeconds: Int64 = 900
    /// Reports that are planned, and that are worked on, in one step.
    public static let reportsPerStep = 500
    /// Days for which observations are kept that no report was made of.
    public static let observationDays: Int64 = 8
    /// Days for which it is known which reports were sent.
    public static let reportDays: Int64 = 90
}
