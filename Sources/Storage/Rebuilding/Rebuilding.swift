import DomainAnalysis

/// A rebuilding of all sums that is under way: how far it is, and what is open between two durable
/// steps.
///
/// A value: a step that fails leaves the one before it as it was, to go on from.
public struct Rebuilding: Sendable {
    /// Reports that are done, of all that there were at the start.
    public internal(set) var reports: Int64
    public let reportsInAll: Int64
    /// Rows that are done, and those among them that are judged otherwise than before.
    public internal(set) var records: Int64
    public internal(set) var changed: Int64
    /// True when an earlier rebuilding was interrupted, and this one goes on with it.
    public let isResumed: Bool

    /// All reports up to this one are in the new sums, on disk.
    var lastReport: Int64
    var open: OpenReport?
    /// Ids of senders that this rebuilding met.
    var senders: [String: Int64] = [:]
    var confidences: [IngestCaches.DomainSender: SenderIdentification.Confidence] = [:]

    /// The report after `lastReport`, when only a part of its rows was read.
    struct OpenReport: Sendable {
        var id: Int64
        /// Of the last row that was read.
        var position: Int64
        var sums: ReportSums
    }

    init(
        reports: Int64, reportsInAll: Int64, records: Int64, changed: Int64, isResumed: Bool,
        lastReport: Int64
    ) {
        self.reports = reports
        self.reportsInAll = reportsInAll
        self.records = records
        self.changed = changed
        self.isResumed = isResumed
        self.lastReport = lastReport
    }

    /// Keeps memory bounded: what is forgotten is asked for again.
    mutating func trim() {
        if senders.count > IngestCaches.mostSenders { senders.removeAll(keepingCapacity: true) }
        if confidences.count > IngestCaches.mostSets {
            confidences.removeAll(keepingCapacity: true)
        }
    }
}

/// Why a rebuilding cannot go on.
public enum RebuildingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Somebody else began, or went on with, a rebuilding of the same sums.
    case overtaken
    /// What a report says of itself cannot be read from the database.
    case unreadableReport(Int64)

    public var description: String {
        switch self {
        case .overtaken:
            "Another 'sealgate report identify' works on the same reports. Let it end, then repeat "
                + "this one if you still need it."
        case .unreadableReport(let id):
            "What is kept of report \(id) cannot be read, so nothing was replaced. Restore the "
                + "database from a backup, or import its reports into a new one."
        }
    }
}
