public import Identities
public import MailReports

/// What was seen of mail in the name of one policy domain, added up over some time.
public struct ReportObservationBatch: Hashable, Sendable {
    /// The DMARC Policy Domain (RFC 9989 §3.2.5).
    public var domain: DomainName
    /// The Organizational Domain that it belongs to.
    public var organization: DomainName
    /// First second of the time that is reported about, and how long that time is.
    public var begin: Int64
    public var seconds: Int64
    /// The text of the DMARC record, and how it was found (`treewalk`, `psl`).
    public var record: String
    public var method: String
    /// When the record was seen, in seconds since 1970.
    public var seenAt: Int64
    /// Each different row once, with its count.
    public var rows: [AggregateRecord]
    /// How many of the messages carried reports themselves.
    public var aboutReports: Int64
    /// Messages for whose rows there was no room in memory.
    public var leftOut: Int64

    public init(
        domain: DomainName, organization: DomainName, begin: Int64, seconds: Int64, record: String,
        method: String, seenAt: Int64, rows: [AggregateRecord] = [], aboutReports: Int64 = 0,
        leftOut: Int64 = 0
    ) {
        self.domain = domain
        self.organization = organization
        self.begin = begin
        self.seconds = seconds
        self.record = record
        self.method = method
        self.seenAt = seenAt
        self.rows = rows
        self.aboutReports = aboutReports
        self.leftOut = leftOut
    }
}

/// What became of observations that did not fit.
public struct ReportObservationOutcome: Hashable, Sendable {
    /// Messages whose rows lost details.
    public var merged: Int64 = 0
    /// Messages that are counted and in no row.
    public var leftOut: Int64 = 0
    /// Messages of domains that were not taken at all.
    public var refused: Int64 = 0

    public init(merged: Int64 = 0, leftOut: Int64 = 0, refused: Int64 = 0) {
        self.merged = merged
        self.leftOut = leftOut
        self.refused = refused
    }
}

/// What is known of one domain and time when its report is composed.
public struct ReportObservationSummary: Hashable, Sendable {
    public var record: String
    public var method: String
    public var messages: Int64
    public var aboutReports: Int64
    public var merged: Int64
    public var leftOut: Int64
}
