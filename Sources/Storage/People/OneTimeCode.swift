import Crypto

/// Codes that change every half minute, made from a secret that the person's device shares with us
/// (RFC 6238 over RFC 4226: HMAC-SHA-1, six digits, 30 seconds).
public struct OneTimeCode: Sendable {
    /// Seconds that one code is valid for.
    public static let period: Int64 = 30
    public static let digits = 6
    /// Steps that a device's clock may be off, to either side.
    static let window: Int64 = 1

    /// 20 octets, as long as the hash.
    public let secret: [UInt8]

    public init(secret: [UInt8]) { self.secret = secret }

    /// A new secret from the system's source.
    init() {
        var generator = SystemRandomNumberGenerator()
        secret = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// The step that a moment lies in.
    public static func step(at now: Int64) -> Int64 { max(0, now) / period }

    /// The code of a step.
    public func code(at step: Int64, digits: Int = OneTimeCode.digits) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let hash = Array(
            HMAC<Insecure.SHA1>.authenticationCode(
                for: counter, using: SymmetricKey(data: secret)))
        // RFC 4226 §5.3: the last half octet says where the four octets begin.
        let offset = Int(hash[hash.count - 1] & 15)
        let number = hash[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product &* 10 }
        let text = String((number & 0x7FFF_FFFF) % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step whose code this is, when it is later than `last`: a code counts once.
    func acceptedStep(of code: String, at now: Int64, after last: Int64) -> Int64? {
        let present = Self.step(at: now)
        var accepted: Int64?
        // All are compared, so that time tells nothing.
        for step in (present - Self.window)...(present + Self.window) where step >= 0 {
            let isSame = ConstantTime.areEqual(Array(self.code(at: step).utf8), Array(code.utf8))
            if isSame, step > last, accepted == nil { accepted = step }
        }
        return accepted
    }

    /// The secret as it is typed into a device: letters and digits in groups of four.
    public var grouped: String { Base32.grouped(secret) }

    /// The address that devices read (`otpauth://`), as a picture or as a link.
    public func address(for name: String) -> String {
        "otpauth://totp/Sealgate:\(Self.coded(name))?secret=\(Base32.text(secret))&issuer=Sealgate"
    }

    private static func coded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.append(byte)
            default: result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Octets as letters and digits that are not mistaken for each other (RFC 4648 §6), without
/// padding.
enum Base32 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                result.append(digits[Int(buffer >> UInt32(bits)) & 31])
            }
            buffer &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { result.append(digits[Int(buffer << UInt32(5 - bits)) & 31]) }
        return String(decoding: result, as: UTF8.self)
    }

    static func grouped(_ bytes: [UInt8]) -> String {
        let text = Array(text(bytes))
        return stride(from: 0, to: text.count, by: 4).map {
            String(text[$0..<min($0 + 4, text.count)])
        }.joined(separator: " ")
    }
}

/// Codes on paper, for the day when the device is lost; each works once.
enum RecoveryCode {
    static let count = 10

    /// 80 random bits, in groups of four.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base32.grouped((0..<10).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// What the database keeps; nil for what cannot be a code.
    static func digest(of typed: String) -> String? {
        let code = typed.uppercased().utf8.filter { $0 != 0x20 && $0 != 0x2D }
        guard code.count == 16 else { return nil }
        return Hexadecimal.text(SHA256.hash(data: code))
    }
}
