// Seeds: none needed; `-dict` with the tag names helps. Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/.
import MailAuthentication

/// Reads the input as a DMARC record; what is rendered must read back as the same record.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDMARCRecord(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
    readBack(text)
    readBack("v=DMARC1;" + text)
    return 0
}

private func readBack(_ text: String) {
    guard case .record(let record) = DMARCRecordParser.parse(text) else { return }
    precondition(record.warnings.count <= Limits.dmarcWarnings)
    precondition(record.aggregateReportURIs.count <= Limits.dmarcReportURIs)
    for exists in [true, false] {
        _ = record.appliedPolicy(isSubdomain: true, authorExists: exists)
    }
    guard case .record(let again) = DMARCRecordParser.parse(record.render()) else {
        preconditionFailure("The rendered record does not read back: \(record.render())")
    }
    precondition(again.render() == record.render())
    precondition(again.policy == record.policy && again.isTesting == record.isTesting)
    precondition(again.aggregateReportURIs == record.aggregateReportURIs)
}
