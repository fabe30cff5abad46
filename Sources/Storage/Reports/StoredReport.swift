public import MailReports

/// A report as it is kept: what it says of itself, and its largest rows.
public struct StoredReport: Sendable {
    public var summary: ReportSummary
    public var report: AggregateReport?
    /// Largest first.
    public var records: [AggregateRecord] = []
    public var tls: TLSReport?
    public var failure: FailureReport?
    /// SHA-256 of what it came in, in hexadecimal.
    public var digest = ""
    /// Nil for a report that was imported from files: nobody judged who brought it.
    public var trust: ReportTrust?

    public init(summary: ReportSummary) { self.summary = summary }
}
