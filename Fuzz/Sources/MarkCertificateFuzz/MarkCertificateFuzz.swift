// Seeds: ../shared/conformance/bimi-realworld (the .pem files) and their certificates as DER.
// Longest input: 32768. Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/MarkCertificateFuzz/.
import Dispatch
import Identities
import MailAuthentication

private let validator = MarkCertificateValidator(roots: MarkRoots())
private let author = DomainName("provectus.com")

/// Examines the input as an evidence document, or as one certificate when it begins like one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMarkCertificate(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard let author else { return 0 }
    var octets = Array(UnsafeBufferPointer(start: data, count: size))
    if octets.first == 0x30 {
        octets = Array(
            "-----BEGIN CERTIFICATE-----\n\(base64(octets))\n-----END CERTIFICATE-----\n".utf8)
    }
    let evidence = octets
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
        let now = [Int64(1_765_000_000), .min, .max][size % 3]
        check(
            await validator.validate(
                evidence, for: MarkCertificateRequest(author: author), now: now))
        isDone.signal()
    }
    isDone.wait()
    return 0
}

private func check(_ result: MarkCertificateValidation) {
    precondition(!result.isValid, "nobody is trusted, and yet it is valid")
    precondition(result.chain.isEmpty)
    precondition(result.problems.allSatisfy { !$0.code.isAdvice && $0.reason.hasSuffix(".") })
    precondition(result.advice.allSatisfy(\.code.isAdvice))
    precondition(result.names.count <= Limits.markCertificateNames)
    precondition((result.logo?.count ?? 0) <= Limits.svgOctets)
}

private func base64(_ octets: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    var start = 0
    while start < octets.count {
        let part = octets[start..<min(start + 3, octets.count)]
        var bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
        var letters: [UInt8] = []
        for _ in 0..<4 {
            letters.insert(alphabet[bits & 63], at: 0)
            bits >>= 6
        }
        text += letters.prefix(part.count + 1)
        start += 3
    }
    return String(decoding: text, as: UTF8.self)
}
