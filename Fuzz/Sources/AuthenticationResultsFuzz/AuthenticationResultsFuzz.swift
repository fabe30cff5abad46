// Seeds: conformance/authres-doctest. Crashers: Tests/MailAuthenticationTests/Fixtures/FailCases/.
import MailAuthentication

/// Reads the input as an Authentication-Results field; what is rendered must read back the same and
/// without a defect, and the filter must lose no field.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAuthenticationResults(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    readBack(AuthenticationResultsParser.parse(octets))
    readBack(AuthenticationResultsParser.parse(Array("mx.example; ".utf8) + octets))
    if let arc = AuthenticationResultsParser.parse(arcAuthenticationResults: octets) {
        readBack(arc.results)
    }
    let message = RawMessage(Array("Authentication-Results: ".utf8) + octets)
    let filtered = filter.filter(message)
    precondition(filtered.kept.count + filtered.removed.count == message.fields.count)
    for field in filtered.kept where field.isNamed("Authentication-Results") {
        precondition(!filter.isOurs(AuthenticationResultsParser.parse(field)))
    }
    return 0
}

private let filter = AuthenticationResultsFilter(authservIDs: ["mx.example", "b\u{FC}cher.example"])

private func readBack(_ results: AuthenticationResults) {
    precondition(results.methods.count <= Limits.authenticationResultsMethods)
    for isInternationalised in [true, false] {
        let text = results.render(isInternationalised: isInternationalised)
        precondition(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F })
        precondition(isInternationalised || text.utf8.allSatisfy { $0 < 0x80 })
        let once = AuthenticationResultsParser.parse(text)
        guard !once.defects.contains(.tooLong) else { continue }
        precondition(once.methods.count == results.methods.count, text)
        let allowed: Set<AuthenticationResults.Defect> = [
            .missingIdentifier, .unsupportedVersion,
        ]
        precondition(allowed.isSuperset(of: once.defects), "\(once.defects): \(text)")
        let again = once.render(isInternationalised: isInternationalised)
        precondition(AuthenticationResultsParser.parse(again) == once, again)
        let folded = once.renderField(isInternationalised: isInternationalised)
        guard let field = RawField(folded) else { preconditionFailure(folded) }
        precondition(AuthenticationResultsParser.parse(field) == once, folded)
        precondition(!folded.contains("\r\n\r\n") && !folded.contains(" \r\n"))
    }
}
