// Seeds: ../shared/conformance/dkim2-mail-auth/expected. Longest input: 65,536 octets.
import Identities
import MailAuthentication

/// A message is read as DKIM2 reads it, its former instances are restored, and one more hop signs
/// it: what that hop adds must be readable and right.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    let message = RawMessage(octets)
    if let history = DKIM2History(message) {
        _ = history.confirmed
        for number in 0...history.count + 1 {
            guard case .message(let former) = history.instance(number) else { continue }
            precondition(number >= 1 && number <= history.count)
            precondition(former.fields(named: "Message-Instance").isEmpty)
        }
    }
    // A hop that puts a field in front and the second half of the message behind.
    guard let signing = Signing.shared else { fatalError("the fuzzer's own key is unreadable") }
    let longer = RawMessage(octets + octets.suffix(size / 2), lineEnds: message.lineEnds)
    let changed = longer.with(fields: [signing.field] + longer.fields)
    guard
        let added = try? signing.signer.sign(
            changed, for: .nextDomain(signing.domain), former: message, now: 1_790_000_000)
    else { return 0 }
    let fields = [added.signature, added.instance].compactMap { $0.flatMap { RawField($0) } }
    guard let again = DKIM2History(changed.with(fields: fields + changed.fields)) else {
        fatalError("what was signed cannot be read: \(added)")
    }
    precondition(again.confirmed.contains(again.count), "the newest instance is not confirmed")
    return 0
}

/// The hop that signs on.
private struct Signing {
    let domain: DomainName
    let field: RawField
    let signer: DKIM2Signer

    static let shared = Signing()

    private init?() {
        guard let domain = DomainName("fuzz.example"),
            let field = RawField("List-Id: <fuzz.example>"),
            let key = try? SigningKey(pem: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
            let signer = try? DKIM2Signer(
                domain: domain, keys: [.init(selector: "fuzz", key: key)])
        else { return nil }
        self.domain = domain
        self.field = field
        self.signer = signer
    }
}
