// Seeds: messages with chains help (conformance/arc-mail-auth). Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/ARCSetFuzz/.
import Identities
import MailAuthentication

/// Reads the input as a message: as a header section with a chain, as one whose results are taken
/// over into a new set, and as the results themselves.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzARCSet(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    let message = RawMessage(octets)
    let chain = ARCChain(message)
    precondition(chain.sets.count <= Limits.arcSets)
    precondition(chain.defect == nil || chain.sets.isEmpty)
    precondition(chain.defect?.isEmpty != true)
    for (index, set) in chain.sets.enumerated() {
        precondition(set.instance == index + 1)
        precondition(!set.results.contains("\n"))
    }
    let validation = ARCValidation(
        chain.defect != nil ? .fail : chain.sets.isEmpty ? .none : .pass,
        instances: chain.highestInstance, reason: ".")
    let joined = ARCResultsPayload.combined(of: message, authservID: "a")
    for results in [joined, String(decoding: octets, as: UTF8.self)] {
        seal(message, results, validation, chain)
    }
    return 0
}

/// Ed25519 is quick; the seed is of no secret.
private let sealer: ARCSealer? = {
    guard let domain = DomainName("a.example"),
        let key = try? SigningKey(pem: String(repeating: "A", count: 43) + "=")
    else { return nil }
    return ARCSealer(domain: domain, selector: "s", key: key)
}()

/// What was sealed must read back as one set more, whatever the input was.
private func seal(
    _ message: RawMessage, _ results: String, _ validation: ARCValidation, _ chain: ARCChain
) {
    guard let sealer,
        case .sealed(let set) = try? sealer.seal(
            message, results: results, validation: validation, now: 1)
    else { return }
    precondition(set.instance == chain.highestInstance + 1)
    let lines = set.text.split(separator: "\r\n", omittingEmptySubsequences: false)
    precondition(lines.last == "")
    for line in lines.dropLast() {
        precondition(line.hasPrefix("ARC-") || line.hasPrefix(" ") || line.hasPrefix("\t"))
        precondition(line.utf8.count <= 998 && !line.utf8.contains(0x0A))
    }
    guard validation.result != .fail else { return }
    let again = ARCChain(message.with(fields: set.fields + message.fields))
    precondition(again.sets.count == chain.sets.count + 1)
}
