// Seeds: none needed. Longest input: 8192. Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/BIMIRecordFuzz/.
import Identities
import MailAuthentication

/// Reads the input as a BIMI record and as a BIMI-Selector field; what is rendered must read back as
/// the same record.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBIMIRecord(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    let text = String(decoding: octets, as: UTF8.self)
    readBack(text)
    readBack("v=BIMI1;" + text)
    readBack("v=BIMI1; l=https://example.com/" + text)
    if let selector = BIMISelector(parsing: octets[...]) {
        precondition(BIMISelector(selector.name) == selector)
    }
    return 0
}

private func readBack(_ text: String) {
    guard case .record(var record) = BIMIRecordParser.parse(text) else { return }
    precondition(record.location.map { $0.text.utf8.count <= Limits.bimiLocationOctets } ?? true)
    precondition((record.localPartPrefixes?.count ?? 0) <= Limits.bimiPrefixes)
    guard case .record(var again) = BIMIRecordParser.parse(record.render()) else {
        preconditionFailure("The rendered record does not read back: \(record.render())")
    }
    record.warnings = []
    again.warnings = []
    precondition(again == record, "\(record.render()) reads as another record")
}
