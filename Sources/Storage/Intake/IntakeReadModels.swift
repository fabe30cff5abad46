public import MailReports

/// Something that could not be read as a report, kept whole until a person decides.
public struct QuarantinedItem: Hashable, Sendable, Codable {
    public var id: Int64
    /// The document inside its containers: `mail.eml › report.zip`.
    public var path: String
    /// SHA-256 of the bytes kept, in hexadecimal.
    public var digest: String
    public var byteCount: Int64
    public var refusal: ReportRefusal
    /// Seconds since 1970-01-01T00:00:00Z.
    public var receivedAt: Int64
    /// `command line`, `upload`, …
    public var door: String

    public init(
        id: Int64, path: String, digest: String, byteCount: Int64, refusal: ReportRefusal,
        receivedAt: Int64, door: String
    ) {
        self.id = id
        self.path = path
        self.digest = digest
        self.byteCount = byteCount
        self.refusal = refusal
        self.receivedAt = receivedAt
        self.door = door
    }
}

/// A report as the intake lists it.
public struct ReportSummary: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable { case aggregate, tls, failure }
    public var id: Int64
    public var kind: Kind
    public var reporter: String
    public var reportID: String
    public var policyDomain: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public var begin: Int64
    public var end: Int64
    public var records: Int64
    public var messages: Int64
    public var repairs: [Repair]
    public var isRepaired: Bool
    public var receivedAt: Int64
    public var path: String
    /// Nil where nothing was judged: the report was imported from files.
    public var trust: ReportTrust.Level?

    public init(
        id: Int64, kind: Kind, reporter: String, reportID: String, policyDomain: String,
        begin: Int64, end: Int64, records: Int64, messages: Int64, repairs: [Repair],
        isRepaired: Bool, receivedAt: Int64, path: String
    ) {
        self.id = id
        self.kind = kind
        self.reporter = reporter
        self.reportID = reportID
        self.policyDomain = policyDomain
        self.begin = begin
        self.end = end
        self.records = records
        self.messages = messages
        self.repairs = repairs
        self.isRepaired = isRepaired
        self.receivedAt = receivedAt
        self.path = path
    }
}

/// Counts of what was taken in; repaired reports are counted apart from the rest.
public struct ReportStatistics: Hashable, Sendable, Codable {
    public struct Counts: Hashable, Sendable, Codable {
        public var reports: Int64 = 0
        public var records: Int64 = 0
        public var messages: Int64 = 0
        public init() {}
    }

    public struct Domain: Hashable, Sendable, Codable {
        public var domain: String
        public var reports: Int64
        public var records: Int64
        public var messages: Int64
        public var repaired: Counts
        public init(domain: String, counts: Counts, repaired: Counts) {
            self.domain = domain
            self.reports = counts.reports
            self.records = counts.records
            self.messages = counts.messages
            self.repaired = repaired
        }
    }

    public var reports: Int64 = 0
    public var records: Int64 = 0
    public var messages: Int64 = 0
    /// Reports in which a value or a structure had to be changed to read them.
    public var repaired = Counts()
    /// Reports read as sent although they depart from the specification (counted above).
    public var withNotes: Int64 = 0
    public var tlsReports: Int64 = 0
    public var failureReports: Int64 = 0
    public var quarantined: Int64 = 0
    public var domains: [Domain] = []
    public init() {}
}
