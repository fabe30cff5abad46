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

enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var characters: [UInt8] = []
        for byte in bytes {
            characters.append(digits[Int(byte >> 4)])
            characters.append(digits[Int(byte & 15)])
        }
        return String(decoding: characters, as: UTF8.self)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 2), characters.allSatisfy(isDigit) else {
            return nil
        }
        func value(_ digit: UInt8) -> UInt8 { digit < 0x40 ? digit - 0x30 : digit - 0x61 + 10 }
        return stride(from: 0, to: characters.count, by: 2).map {
            value(characters[$0]) << 4 | value(characters[$0 + 1])
        }
    }
}
