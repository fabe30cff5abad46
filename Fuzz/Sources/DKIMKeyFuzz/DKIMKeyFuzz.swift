// Seeds: the keys and records of dkim-*; at most 4,096 octets. Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/DKIMKeyFuzz/.
import MailAuthentication

/// Reads the input as a key record, as a public key in DER and as a private key; a key that is read
/// must be of a size that is accepted and must not take noise for a signature.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDKIMKey(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    try? check(VerifyingKey(rsaDER: octets))
    try? check(VerifyingKey(ed25519: octets))
    switch DKIMKeyRecord.parse(octets) {
    case .invalid(let reason): precondition(reason.hasSuffix("."))
    case .record(let record):
        precondition(record.flags.count <= Limits.dkimKeyRecordWords)
        try? check(VerifyingKey(rsaDER: record.publicKey))
        try? check(VerifyingKey(ed25519: record.publicKey))
    }
    if let key = try? SigningKey(pem: String(decoding: octets, as: UTF8.self)) {
        let again = try? SigningKey(pem: key.pem)
        precondition(again?.keyRecord == key.keyRecord)
    }
    return 0
}

private func check(_ key: VerifyingKey) {
    precondition(key.type == .ed25519 || key.bits >= Limits.rsaMinimumBits)
    precondition(key.bits <= Limits.rsaMaximumBits)
    let noise = [UInt8](repeating: 0x5A, count: (key.bits + 7) / 8)
    // An attacker's own key may take anything (a small exponent makes that easy); it must only
    // come to an end.
    _ = key.isValid(noise, for: noise, .sha256)
}
