import Crypto

/// The header field that tells the next server what we found, with a code that only we can make, so
/// that a field of the same name from outside is worth nothing.
///
/// `X-Sealgate-Verdict: v=1; id=…; verdict=deliver; reason=authenticated; score=0; t=…; h=…`
/// where `h` is the HMAC-SHA-256 over everything before it, in hexadecimal.
public struct VerdictStamp: Sendable {
    public static let fieldName = "X-Sealgate-Verdict"

    private let key: SymmetricKey

    /// - Parameter secret: 32 octets or more that stay inside the gateway.
    public init(secret: [UInt8]) {
        key = SymmetricKey(data: secret)
    }

    /// The whole field, without its line end.
    public func render(id: String, _ decision: Decision, at now: Int64) -> String {
        let reason = decision.reasons.first?.code.rawValue ?? "none"
        let stated =
            "v=1; id=\(id); verdict=\(decision.disposition.rawValue); reason=\(reason); t=\(now)"
        return "\(Self.fieldName): \(stated);\r\n h=\(code(of: stated))"
    }

    /// Whether a field's value is one that we wrote.
    public func isOurs(_ value: String) -> Bool {
        let parts = value.split(separator: "h=", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let blanks: Set<Character> = [" ", "\t", "\r\n", "\r", "\n", ";"]
        let before = parts[0].drop(while: blanks.contains)
        guard let last = before.lastIndex(where: { !blanks.contains($0) }) else { return false }
        let expected = Array(code(of: String(before[...last])).utf8)
        let given = Array(parts[1].utf8.filter { $0 > 0x20 })
        guard given.count == expected.count else { return false }
        // Every octet is compared, so that time tells nothing.
        return zip(given, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func code(of stated: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Array(stated.utf8), using: key)
            .prefix(16).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }
            .joined()
    }
}
