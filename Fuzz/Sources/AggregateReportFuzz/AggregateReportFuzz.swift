// Reads arbitrary bytes as a DMARC aggregate report: whole and cut in two ways the outcome must be
// the same, and what is read must survive being written and read again.
// Seeds: ../shared/conformance/reports-parsedmarc/aggregate and ../shared/reports/dmarcrua.
import MailReports

private struct Outcome: Equatable {
    var report: AggregateReport?
    var records: [AggregateRecord] = []
    var refusal: ReportRefusal?
}

private func read(_ bytes: UnsafeRawBufferPointer, chunk: Int) -> Outcome {
    var outcome = Outcome()
    var parser = AggregateReportParser(path: "fuzz.xml")
    do {
        var start = 0
        while start < bytes.count {
            let end = min(start + chunk, bytes.count)
            try parser.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) {
                outcome.records.append($0)
            }
            start = end
        }
        outcome.report = try parser.finish { outcome.records.append($0) }
    } catch let refusal as ReportRefusal {
        outcome.refusal = refusal
    } catch {
        fatalError("an error of no kind we throw: \(error)")
    }
    return outcome
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAggregateReport(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: size > 0 ? UnsafeRawPointer(data) : nil, count: size)
    let whole = read(bytes, chunk: max(1, size))
    precondition(read(bytes, chunk: 1) == whole, "bytes one by one give another result")
    precondition(read(bytes, chunk: 7) == whole, "bytes by seven give another result")
    guard let report = whole.report else { return 0 }
    precondition(report.recordCount == whole.records.count, "the records are miscounted")
    precondition(whole.records.allSatisfy { $0.count >= 0 }, "a count is below zero")
    precondition(report.begin <= report.end, "a period is inverted")
    let rendered = AggregateReportRenderer().render(report, records: whole.records)
    let again = rendered.withUnsafeBytes { read($0, chunk: 4_096) }
    precondition(again.refusal == nil, "what was written is refused")
    precondition(again.report?.messageCount == report.messageCount, "messages were lost")
    precondition(again.records.count == whole.records.count, "records were lost")
    return 0
}
