/// Writes reports for people: who reported, what was seen, the largest rows, and every repair.
///
/// Memory does not grow with a report: only the rows to be shown are kept.
public struct ReportTextRenderer<Output: TextOutputStream>: ReportVisitor {
    public var output: Output
    public let rendering: ReportRendering
    /// Documents that were read, and that were refused.
    public private(set) var documents = 0
    public private(set) var refusals = 0

    private var path = ""
    private var rows: LargestRows

    public init(output: Output, rendering: ReportRendering = ReportRendering()) {
        self.output = output
        self.rendering = rendering
        self.rows = LargestRows(limit: rendering.rows)
    }

    public mutating func begin(path: String) throws {
        self.path = path
        rows = LargestRows(limit: rendering.rows)
    }

    public mutating func aggregateRecord(_ record: AggregateRecord) throws { rows.add(record) }

    public mutating func aggregateReport(_ report: AggregateReport) throws {
        separate()
        AggregateReportText(report: report, path: path, rows: rows, rendering: rendering)
            .write(to: &output)
    }

    public mutating func tlsReport(_ report: TLSReport) throws {
        separate()
        TLSReportText(report: report, path: path, rendering: rendering).write(to: &output)
    }

    public mutating func failureReport(_ report: FailureReport) throws {
        separate()
        FailureReportText(report: report, path: path, rendering: rendering).write(to: &output)
    }

    public mutating func refused(_ refusal: ReportRefusal) throws {
        separate()
        documents -= 1
        refusals += 1
        let title = "Not read: \(SafeText.line(refusal.path))"
        output.write(TextColour.bad.paint(title, rendering.isColoured) + "\n")
        output.write("  \(SafeText.line(refusal.explanation, limit: 2_000))\n")
        rows = LargestRows(limit: rendering.rows)
    }

    private mutating func separate() {
        if documents + refusals > 0 { output.write("\n") }
        documents += 1
    }
}

/// The rows with most messages, and sums over all of them.
struct LargestRows {
    let limit: Int
    private(set) var count: Int64 = 0
    private(set) var messages: Int64 = 0
    private(set) var authenticated: Int64 = 0
    private var kept: [AggregateRecord] = []

    init(limit: Int) { self.limit = max(0, limit) }

    mutating func add(_ record: AggregateRecord) {
        count &+= 1
        messages = Self.sum(messages, record.count)
        if record.isAuthenticated { authenticated = Self.sum(authenticated, record.count) }
        guard limit > 0 else { return }
        kept.append(record)
        // Sorted once in a while, so that each row costs little.
        if kept.count / 2 >= limit { kept = largest }
    }

    /// The rows to be shown, most messages first; equal ones as they came.
    var largest: [AggregateRecord] {
        Array(
            kept.enumerated()
                .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
                .prefix(limit).map(\.element))
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, isOver) = left.addingReportingOverflow(right)
        return isOver ? .max : sum
    }
}
