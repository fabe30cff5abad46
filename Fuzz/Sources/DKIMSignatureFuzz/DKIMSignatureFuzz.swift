// Seeds: the messages of dkim-*; at most 8,192 octets. Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/DKIMSignatureFuzz/.
import DNS
import Dispatch
import Identities
import MailAuthentication

/// Reads the input as a message with signatures and verifies them; signs it, and what was signed
/// must verify however the body is cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDKIMSignature(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        await check(octets)
        done.signal()
    }
    done.wait()
    return 0
}

/// The key of RFC 8463 §A, and a record for every name.
private struct OneKey: DNSLookup {
    static let signing = try? SigningKey(pem: "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        let text = Array((Self.signing?.keyRecord ?? "").utf8)
        let record = ResourceRecord(
            name: DNSName(name), type: .txt, timeToLive: 1, data: .txt([text]))
        return DNSAnswer(.records, records: [record])
    }
}

/// A body in pieces of some sizes.
private struct CutBody: MessageBody {
    let octets: ArraySlice<UInt8>
    let step: Int

    var count: Int { octets.count }

    func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
        var start = octets.startIndex
        var step = step
        while start < octets.endIndex {
            let end = min(octets.endIndex, start + step)
            octets[start..<end].withUnsafeBytes(use)
            start = end
            step = step % 17 + 1
        }
    }
}

private let verifier = DKIMVerifier(lookup: OneKey())

private func check(_ octets: [UInt8]) async {
    let message = RawMessage(octets)
    let outcomes = await verifier.verify(message, now: 1_700_000_000)
    precondition(!outcomes.isEmpty && outcomes.allSatisfy { $0.reason.hasSuffix(".") })
    precondition(outcomes.count <= 20 + Limits.dkimReportedSignatures)
    for field in message.fields {
        guard case .signature(let signature) = DKIMSignatureParser.parse(field) else { continue }
        precondition(signature.signedFields.count <= Limits.dkimSignedNames)
        precondition(signature.identityDomain.isEqualOrBelow(signature.domain))
    }
    guard let key = OneKey.signing, let domain = DomainName("example.com") else { return }
    var signer = DKIMSigner(domain: domain, selector: "s", key: key)
    let choice = Int(octets.last ?? 0)
    signer.headerForm = choice & 1 == 0 ? .simple : .relaxed
    signer.bodyForm = choice & 2 == 0 ? .simple : .relaxed
    guard let field = try? signer.sign(message, now: 1_700_000_000) else { return }
    let bodyStart = octets.count - message.body.count
    let cut = RawMessage(
        header: Array(octets[..<bodyStart]),
        body: CutBody(octets: octets[bodyStart...], step: choice >> 2 + 1),
        lineEnds: message.lineEnds)
    precondition(cut.fields.count == message.fields.count)
    let outcome = await verifier.verify(
        cut.with(fields: [field] + cut.fields), now: 1_700_000_000)[0]
    precondition(outcome.result == .pass, "\(outcome.reason)")
}
