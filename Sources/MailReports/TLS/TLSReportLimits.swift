/// How much one TLS report may hold before it is refused or cut.
public struct TLSReportLimits: Hashable, Sendable {
    /// Bytes of one document, which is held in memory as a whole; more is refused. RFC 8460 §5.3
    /// expects less than what a mail can carry.
    public var bytes = 16 << 20
    /// Values within values; more is refused. A real report nests 6 deep.
    public var depth = 32
    /// Values of one document; more is refused.
    public var values = 1_000_000
    /// Policies of one report that are kept.
    public var policies = 10_000
    /// Failure details of one policy that are kept.
    public var failures = 100_000
    /// Characters of one text that are kept.
    public var textLength = 8_192

    /// First and last second that a report can believably cover, and how many seconds at most.
    public var earliestBegin: Int64
    public var latestEnd: Int64
    public var periodSeconds: Int64

    /// Times are bounded as those of aggregate reports are.
    public init(times: ReportLimits = ReportLimits()) {
        earliestBegin = times.earliestBegin
        latestEnd = times.latestEnd
        periodSeconds = times.periodSeconds
    }
}
