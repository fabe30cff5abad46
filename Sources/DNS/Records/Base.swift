/// Base 64 and base 32 with "extended hex" letters (RFC 4648 §4, §7), as zone files use them.
enum Base {
    private static let letters64 = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let letters32 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUV".utf8)
    private static let values64 = values(letters64, foldingCase: false)
    private static let values32 = values(letters32, foldingCase: true)

    private static func values(_ letters: [UInt8], foldingCase: Bool) -> [UInt8] {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in letters.enumerated() {
            values[Int(letter)] = UInt8(value)
            if foldingCase { values[Int(letter | 0x20)] = UInt8(value) }
        }
        return values
    }

    static func text64(_ octets: [UInt8]) -> String {
        var text = encode(octets, bits: 6, letters64)
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    static func text32(_ octets: [UInt8]) -> String {
        String(decoding: encode(octets, bits: 5, letters32), as: UTF8.self)
    }

    /// Nil unless the text is whole groups of four with correct padding.
    static func octets64(_ text: [UInt8]) -> [UInt8]? {
        guard !text.isEmpty, text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return decode(text.dropLast(padding), bits: 6, values64)
    }

    static func octets32(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        // Lengths that no whole number of octets encodes to.
        guard ![1, 3, 6].contains(text.count % 8) else { return nil }
        return decode(text, bits: 5, values32)
    }

    private static func encode(_ octets: [UInt8], bits: UInt32, _ letters: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var held: UInt32 = 0
        var count: UInt32 = 0
        let mask = UInt32(1) << bits - 1
        for octet in octets {
            held = held << 8 | UInt32(octet)
            count += 8
            while count >= bits {
                count -= bits
                text.append(letters[Int(held >> count & mask)])
            }
        }
        if count > 0 { text.append(letters[Int(held << (bits - count) & mask)]) }
        return text
    }

    private static func decode(
        _ text: ArraySlice<UInt8>, bits: UInt32, _ values: [UInt8]
    ) -> [UInt8]? {
        var octets: [UInt8] = []
        var held: UInt32 = 0
        var count: UInt32 = 0
        for letter in text {
            let value = values[Int(letter)]
            guard value != 0xFF else { return nil }
            held = held << bits | UInt32(value)
            count += bits
            if count >= 8 {
                count -= 8
                octets.append(UInt8(truncatingIfNeeded: held >> count))
            }
        }
        return octets
    }
}
