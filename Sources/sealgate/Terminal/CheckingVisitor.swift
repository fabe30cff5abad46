import MailReports
import Storage

/// Counts what files hold, and keeps what is wrong with them.
struct CheckingVisitor: ReportVisitor {
    struct Result: Encodable {
        var reports: Int64 = 0
        var records: Int64 = 0
        var messages: Int64 = 0
        var tlsReports: Int64 = 0
        var failureReports: Int64 = 0
        var repaired: Int64 = 0
        var refused: Int64 = 0
        /// At most `CheckingVisitor.mostProblems`.
        var problems: [String] = []
    }

    static let mostProblems = 1_000
    private(set) var result = Result()
    private var path = ""

    mutating func begin(path: String) { self.path = path }

    mutating func aggregateRecord(_ record: AggregateRecord) {}

    mutating func aggregateReport(_ report: AggregateReport) {
        result.reports += 1
        result.records += Int64(report.recordCount)
        result.messages = ClassCounts.sum(result.messages, report.messageCount)
        note(report.repairs)
    }

    mutating func tlsReport(_ report: TLSReport) {
        result.tlsReports += 1
        note(report.repairs)
    }

    mutating func failureReport(_ report: FailureReport) {
        result.failureReports += 1
        note(report.repairs)
    }

    mutating func refused(_ refusal: ReportRefusal) {
        result.refused += 1
        add("\(refusal.path): \(refusal.explanation)")
    }

    private mutating func note(_ repairs: [Repair]) {
        let serious = repairs.filter { $0.weight == .repair }
        if !serious.isEmpty { result.repaired += 1 }
        for repair in serious { add("\(path): \(repair.detail) (\(repair.location))") }
    }

    private mutating func add(_ line: String) {
        if result.problems.count < Self.mostProblems { result.problems.append(line) }
    }
}
