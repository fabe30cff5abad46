public import MailReports
public import Storage

/// What became of something that was handed in.
public struct IntakeOutcome: Hashable, Sendable {
    /// Reports stored now.
    public var accepted: [ReportSummary] = []
    /// Reports that were stored before.
    public var repeated: [ReportSummary] = []
    /// Documents that are no reports, or cannot be read: set aside with their reason.
    public var refused: [ReportRefusal] = []
    /// The very same bytes came in before; nothing was done.
    public var isKnown = false
    /// Failure reports of which nothing was kept: they tell of persons, and nobody asked for them.
    public var passedOver = 0
    /// Failure reports that were stored, redacted.
    var failures = 0

    public init() {}

    /// Whether the bytes hold failure reports and nothing else: then they are not kept.
    var holdsFailureReportsAlone: Bool {
        passedOver + failures > 0 && refused.isEmpty
            && accepted.count + repeated.count == failures
    }
}

/// What becomes of failure reports, which tell of single messages and so of persons.
public enum FailureReportChoice: String, Hashable, Sendable, CaseIterable {
    /// Nothing of them is kept but the digest, by which they are known again.
    case passedOver = "off"
    /// They are kept without what tells of persons, and their bytes are not kept.
    case redacted
}

/// What became of many files: counts only.
public struct ImportCounts: Hashable, Sendable, Codable {
    public var files: Int64 = 0
    /// Files whose bytes were taken in before.
    public var knownFiles: Int64 = 0
    public var reports: Int64 = 0
    public var records: Int64 = 0
    public var messages: Int64 = 0
    /// Reports among them in which something had to be changed to read them.
    public var repaired: Int64 = 0
    public var tlsReports: Int64 = 0
    public var failureReports: Int64 = 0
    /// Reports that were stored before, from other files.
    public var repeated: Int64 = 0
    public var refused: Int64 = 0
    /// Failure reports of which nothing was kept.
    public var passedOver: Int64 = 0

    public init() {}

    mutating func add(_ outcome: IntakeOutcome) {
        files += 1
        if outcome.isKnown { knownFiles += 1 }
        for report in outcome.accepted {
            switch report.kind {
            case .aggregate:
                reports += 1
                records += report.records
                messages = ClassCounts.sum(messages, report.messages)
                if report.isRepaired { repaired += 1 }
            case .tls: tlsReports += 1
            case .failure: failureReports += 1
            }
        }
        repeated += Int64(outcome.repeated.count)
        refused += Int64(outcome.refused.count)
        passedOver += Int64(outcome.passedOver)
    }
}
