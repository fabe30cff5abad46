import MailReports
import Testing

/// Counts the cases of a suite and names each value that is not met.
struct ReportConformanceTally {
    let suite: String
    private(set) var cases = 0
    private var files: Set<String> = []
    private var unmet: [(difference: String, detail: String)] = []

    init(_ suite: String) { self.suite = suite }

    /// Compares values; a line is `name: value`.
    mutating func compare(_ file: String, _ expected: [String], _ found: [String]) {
        cases += 1
        files.insert(file)
        for line in expected where !found.contains(line) {
            let name = line.prefix { $0 != ":" }
            let ours = found.first { $0.hasPrefix(name + ":") } ?? "nothing"
            unmet.append(("\(file): \(name)", "\(file): expected \(line), found \(ours)"))
        }
    }

    /// Prints the row of the table; fails for differences that are not meant, and for meant ones
    /// that are gone.
    func finish(meant: Set<String>) {
        let different = Set(unmet.map { $0.difference.prefix { $0 != ":" } }).count
        print(
            "conformance | \(suite) | \(cases) cases | \(cases - different) met |",
            "\(different) not met")
        for difference in unmet {
            print("conformance | not met |", difference.detail)
            #expect(meant.contains(difference.difference), "\(difference.detail)")
        }
        for difference in meant where files.contains(String(difference.prefix { $0 != ":" })) {
            #expect(unmet.contains { $0.difference == difference }, "\(difference) is met now")
        }
    }
}

/// Keeps what was told about one sample.
struct ReportConformanceCollector: ReportVisitor {
    var aggregates: [(report: AggregateReport, records: [AggregateRecord])] = []
    var tls: [TLSReport] = []
    var failures: [FailureReport] = []
    var refusals: [ReportRefusal] = []
    private var records: [AggregateRecord] = []

    mutating func begin(path: String) { records = [] }
    mutating func aggregateRecord(_ record: AggregateRecord) { records.append(record) }
    mutating func aggregateReport(_ report: AggregateReport) {
        aggregates.append((report, records))
    }
    mutating func tlsReport(_ report: TLSReport) { tls.append(report) }
    mutating func failureReport(_ report: FailureReport) { failures.append(report) }
    mutating func refused(_ refusal: ReportRefusal) { refusals.append(refusal) }
}

/// Values as lines `name: value`, so that a difference can be named.
struct ReportValues {
    var lines: [String] = []

    mutating func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { lines.append("\(name): \(value)") }
    }

    mutating func add(_ name: String, _ value: Int64?) { add(name, value.map { String($0) }) }
}
