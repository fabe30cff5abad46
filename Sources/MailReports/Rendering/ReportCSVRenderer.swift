/// Writes aggregate reports as CSV (RFC 4180), one line for each record.
///
/// A line names its report, which is only known at the end of the document: until then the lines
/// are held as bytes, about a fifth of the document's size.
public struct ReportCSVRenderer<Output: TextOutputStream>: ReportVisitor {
    public var output: Output
    /// Documents that were written, that were refused, and that have no records (TLS, failure).
    public private(set) var documents = 0
    public private(set) var refusals = 0
    public private(set) var others = 0

    private let rendering: ReportRendering
    private var path = ""
    private var held: [UInt8] = []
    private var hasHeader = false

    public init(output: Output, rendering: ReportRendering = ReportRendering()) {
        self.output = output
        self.rendering = rendering
    }

    public mutating func begin(path: String) throws {
        self.path = path
        held = []
    }

    public mutating func aggregateRecord(_ record: AggregateRecord) throws {
        let cells = [
            record.sourceText, String(record.count), record.isAuthenticated ? "pass" : "fail",
            record.disposition, record.dkimEvaluated, record.spfEvaluated,
            hidden(record.headerFrom), hidden(record.envelopeFrom ?? ""),
            hidden(record.envelopeTo ?? ""),
            record.dkim.map { "\($0.result) d=\($0.domain) s=\($0.selector ?? "")" }
                .joined(separator: "; "),
            record.spf.map { "\($0.result) \($0.scope ?? "mfrom")=\(hidden($0.domain))" }
                .joined(separator: "; "),
            record.reasons.map(\.type).joined(separator: "; "),
        ]
        held += Self.line(cells).utf8
        held.append(0x0A)
    }

    public mutating func aggregateReport(_ report: AggregateReport) throws {
        documents += 1
        writeHeader()
        let policy = report.policy
        let front = Self.line([
            path, report.reporter, report.reportID, ReportTime.render(report.begin),
            ReportTime.render(report.end), policy.domain, policy.policy ?? "",
            policy.subdomainPolicy ?? "",
        ])
        var start = 0
        while let end = held[start...].firstIndex(of: 0x0A) {
            output.write(front)
            output.write(",")
            output.write(String(decoding: held[start..<end], as: UTF8.self))
            output.write("\r\n")
            start = end + 1
        }
        held = []
    }

    public mutating func tlsReport(_ report: TLSReport) throws { others += 1 }

    public mutating func failureReport(_ report: FailureReport) throws { others += 1 }

    public mutating func refused(_ refusal: ReportRefusal) throws {
        refusals += 1
        held = []
    }

    private mutating func writeHeader() {
        guard !hasHeader else { return }
        hasHeader = true
        output.write(
            "file,reporter,report_id,begin,end,policy_domain,policy,subdomain_policy,source_ip,"
                + "messages,dmarc,disposition,dkim_aligned,spf_aligned,header_from,envelope_from,"
                + "envelope_to,dkim_results,spf_results,override_reasons\r\n")
    }

    private func hidden(_ text: String) -> String {
        rendering.showsPersonalData ? text : Redaction.hideLocalParts(text)
    }

    private static func line(_ cells: [String]) -> String {
        cells.map(CSVCell.render).joined(separator: ",")
    }
}

/// One cell of a table that a person may open in a spreadsheet.
public enum CSVCell {
    /// The text as a cell: quoted where RFC 4180 §2 asks, harmless to terminals, and with a `'`
    /// in front where a spreadsheet would take it for a formula.
    public static func render(_ text: String) -> String {
        var cell = SafeText.line(text, limit: 4_096)
        // Blanks in front do not keep a spreadsheet from calculating; nor do full-width signs.
        let isShifted = text.unicodeScalars.first.map { $0 == "\t" || $0 == "\r" } ?? false
        let first = text.unicodeScalars.first {
            !$0.properties.isWhitespace && !SafeText.isHarmful($0)
        }
        let isFormula = first.map { "=+-@＝＋－＠".unicodeScalars.contains($0) } ?? false
        if isShifted || isFormula { cell = "'" + cell }
        guard cell.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x3B }) else {
            return cell
        }
        return "\""
            + cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
