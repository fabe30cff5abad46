// Seeds: conformance/mta-sts-realworld. Crashers: Tests/MailAuthenticationTests/Fixtures/FailCases/.
import MailAuthentication

/// Reads the input as an MTA-STS policy, an MTA-STS record and a TLS-RPT record; what is rendered
/// must read back the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMTASTSPolicy(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    readPolicy(octets)
    readPolicy(Array("version: STSv1\nmode: none\nmax_age: 1\n".utf8) + octets)
    let text = String(decoding: octets, as: UTF8.self)
    for record in [text, "v=STSv1; id=1;" + text] { readRecord(record) }
    for record in [text, "v=TLSRPTv1; rua=" + text] { readReporting(record) }
    return 0
}

private func readPolicy(_ octets: [UInt8]) {
    guard let policy = try? MTASTSPolicyParser.parse(octets) else { return }
    precondition(policy.defects.count <= Limits.transportDefects)
    precondition((0...Limits.mtaSTSMaxAge).contains(policy.maxAge))
    precondition(policy.mode == .none || !policy.patterns.isEmpty)
    guard let again = try? MTASTSPolicyParser.parse(policy.render()) else {
        preconditionFailure("The rendered policy does not read back: \(policy.render())")
    }
    precondition(again.isWellFormed, "\(again.defects)")
    precondition(again.mode == policy.mode && again.maxAge == policy.maxAge)
    precondition(again.patterns == policy.patterns && again.extensions == policy.extensions)
}

private func readRecord(_ text: String) {
    guard case .record(let record) = MTASTSRecordParser.parse(text) else { return }
    guard case .record(let again) = MTASTSRecordParser.parse(record.render()) else {
        preconditionFailure("The rendered record does not read back: \(record.render())")
    }
    precondition(again.id == record.id && again.extensions == record.extensions)
}

private func readReporting(_ text: String) {
    guard case .record(let record) = TLSRPTRecordParser.parse(text) else { return }
    precondition((1...Limits.tlsReportURIs).contains(record.reportURIs.count))
    guard case .record(let again) = TLSRPTRecordParser.parse(record.render()) else {
        preconditionFailure("The rendered record does not read back: \(record.render())")
    }
    precondition(again.reportURIs == record.reportURIs && again.extensions == record.extensions)
}
