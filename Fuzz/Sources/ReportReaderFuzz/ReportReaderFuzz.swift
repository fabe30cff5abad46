// Feeds bytes to `ReportReader`: every container and every kind of report, and all renderers.
// Seeds: ../shared/conformance/reports-*, and files of gen_dmarc.py --quirks below 64 kB.
import MailReports

/// Small bounds, so that the fuzzer meets them.
private let reader: ReportReader = {
    var limits = ArchiveLimits()
    limits.entries = 50
    limits.documentBytes = 1 << 20
    limits.totalBytes = 4 << 20
    limits.bombFloor = 1 << 18
    return ReportReader(limits: limits)
}()

/// Checks the protocol of the visitor and renders whatever comes.
private struct Checker: ReportVisitor {
    var isOpen = false
    var text = ReportTextRenderer(output: "", rendering: ReportRendering(rows: 3))
    var json = ReportJSONRenderer(output: "", layout: .array)
    var csv = ReportCSVRenderer(output: "")

    mutating func begin(path: String) throws {
        precondition(!isOpen, "a document was begun within a document")
        isOpen = true
        try text.begin(path: path)
        try json.begin(path: path)
        try csv.begin(path: path)
    }

    mutating func aggregateRecord(_ record: AggregateRecord) throws {
        precondition(isOpen && record.count >= 0)
        try text.aggregateRecord(record)
        try json.aggregateRecord(record)
        try csv.aggregateRecord(record)
    }

    mutating func aggregateReport(_ report: AggregateReport) throws {
        end()
        try text.aggregateReport(report)
        try json.aggregateReport(report)
        try csv.aggregateReport(report)
    }

    mutating func tlsReport(_ report: TLSReport) throws {
        end()
        try text.tlsReport(report)
        try json.tlsReport(report)
    }

    mutating func failureReport(_ report: FailureReport) throws {
        end()
        try text.failureReport(report)
        try json.failureReport(report)
    }

    mutating func refused(_ refusal: ReportRefusal) throws {
        precondition(!refusal.explanation.isEmpty)
        end()
        try text.refused(refusal)
        try json.refused(refusal)
        try csv.refused(refusal)
    }

    private mutating func end() {
        precondition(isOpen, "a document ended that was not begun")
        isOpen = false
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReportReader(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
    var checker = Checker()
    do {
        try reader.read(bytes, name: "input", into: &checker)
    } catch {
        fatalError("reading from memory threw \(error)")
    }
    checker.json.finish()
    precondition(!checker.isOpen)
    for output in [checker.text.output, checker.json.output, checker.csv.output] {
        // Nothing that a terminal obeys: C0 but line ends, DEL, C1.
        precondition(
            output.unicodeScalars.allSatisfy {
                $0 == "\n" || $0 == "\r" || ($0.value >= 0x20 && !(0x7F...0x9F).contains($0.value))
            })
    }
    return 0
}
