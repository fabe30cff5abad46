// Seeds: ../shared/conformance/bimi-realworld (the .svg files). Longest input: 65536. Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/SVGTinyPSFuzz/.
import MailAuthentication

private let before = Array(
    """
    <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
    version="1.2" baseProfile="tiny-ps" viewBox="0 0 1 1"><title>T</title>
    """.utf8)
private let after = Array("</svg>".utf8)

/// Examines the input as a file, and as what stands in a logo that is good without it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSVGTinyPS(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    examine(octets)
    examine(before + octets + after)
    return 0
}

private func examine(_ octets: [UInt8]) {
    let result = SVGTinyPSValidator().validate(octets)
    precondition(result.violations.count <= Limits.svgViolations)
    precondition(result.isValid == (result.problem == nil))
    precondition(result.violations.allSatisfy { !$0.code.isAdvice })
    precondition(result.advice.allSatisfy(\.code.isAdvice))
    let isCompressed = octets.starts(with: [0x1F, 0x8B])
    let lines = isCompressed ? Int.max : octets.count { $0 == 10 } + 1
    for violation in result.violations + result.advice {
        precondition(violation.reason.hasSuffix("."), "no sentence: \(violation)")
        if let line = violation.line {
            precondition(line >= 1 && line <= lines, "no such line: \(violation)")
        }
    }
    guard result.isValid else { return }
    precondition(result.elementCount > 1 && result.title != nil, "valid without a title")
    precondition(SVGTinyPSValidator().validate(octets) == result, "judged in two ways")
}
