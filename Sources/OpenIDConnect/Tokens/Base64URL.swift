/// Octets in the letters of addresses (RFC 4648 §5), without padding.
public enum Base64URL {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Renders octets.
    public static func text(_ octets: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for octet in octets {
            buffer = (buffer << 8 | UInt32(octet)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                result.append(letters[Int(buffer >> UInt32(bits)) & 63])
            }
        }
        if bits > 0 { result.append(letters[Int(buffer << UInt32(6 - bits)) & 63]) }
        return String(decoding: result, as: UTF8.self)
    }

    /// Reads octets; nil for padding, other letters, or bits that belong to no octet: each value
    /// has one text.
    public static func octets(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for letter in text {
            guard let value = value(letter) else { return nil }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 6, buffer & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return result
    }

    private static func value(_ letter: UInt8) -> UInt32? {
        switch letter {
        case 0x41...0x5A: UInt32(letter - 0x41)
        case 0x61...0x7A: UInt32(letter - 0x61) + 26
        case 0x30...0x39: UInt32(letter - 0x30) + 52
        case 0x2D: 62
        case 0x5F: 63
        default: nil
        }
    }
}
