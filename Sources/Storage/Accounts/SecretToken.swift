import Crypto

/// A random secret that a person's browser keeps; we keep its digest only.
public struct SecretToken: Hashable, Sendable {
    /// 64 hexadecimal digits: 256 random bits.
    public let text: String

    /// A new token from the system's source of secrets.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    init(bytes: [UInt8]) { self.text = Hexadecimal.text(bytes) }

    /// Reads a token that came back; nil when it cannot be one of ours.
    public init?(_ text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy(Hexadecimal.isDigit) else { return nil }
        self.text = text
    }

    /// What the database keeps: SHA-256, in hexadecimal.
    var digest: String { Hexadecimal.text(SHA256.hash(data: Array(text.utf8))) }

    /// A second secret that only the holder of this one can show: the token in its forms.
    public func derived(for purpose: String) -> String {
        let key = SymmetricKey(data: Array(text.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: key)
        return Hexadecimal.text(code)
    }

    /// Compares in constant time what `derived(for:)` gives with what was sent.
    public func confirms(_ sent: String, for purpose: String) -> Bool {
        ConstantTime.areEqual(Array(derived(for: purpose).utf8), Array(sent.utf8))
    }
}

/// Comparison whose time tells nothing about where two secrets differ.
enum ConstantTime {
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
