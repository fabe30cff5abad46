import OpenIDConnect

/// A token and a set of keys may say anything: they are read without a crash, nothing that is not
/// signed is believed, and what was read has one spelling.
///
/// What stands before the first line feed is a token, what follows is a set of keys.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first else { return 0 }
    let text = Array(first)
    if let token = try? JSONWebTokenParser.parse(text) {
        let spelled =
            String(decoding: token.signedOctets, as: UTF8.self) + "."
            + Base64URL.text(token.signature)
        precondition(Array(spelled.utf8) == text, "a token has two spellings")
        precondition(token.signedOctets.count < text.count)
    }
    guard let keys = try? KeySet(json: Array(parts.count > 1 ? parts[1] : [])) else { return 0 }
    precondition(keys.keys.count <= Limits.keys)
    let verifier = IDTokenVerifier(issuer: "https://login.example", clientID: "sealgate")
    do {
        let identity = try verifier.verify(text, keys: keys, nonce: "n", now: 1_700_000_000)
        precondition(identity.issuer == "https://login.example")
        precondition(!identity.subject.isEmpty && !keys.keys.isEmpty)
    } catch {
        precondition(!error.description.isEmpty)
    }
    return 0
}
