/// The octets and letters that the parsers of this target compare with.
enum Octets {
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let dot = UInt8(ascii: ".")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")
    static let plus = UInt8(ascii: "+")
    static let at = UInt8(ascii: "@")
    static let less = UInt8(ascii: "<")
    static let greater = UInt8(ascii: ">")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let leftBracket = UInt8(ascii: "[")
    static let rightBracket = UInt8(ascii: "]")

    static func isControl(_ octet: UInt8) -> Bool { octet < 0x20 || octet == 0x7F }

    static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    static func isAlphanumeric(_ octet: UInt8) -> Bool {
        isDigit(octet) || (octet | 0x20) &- 0x61 < 26
    }

    static func uppercased(_ octet: UInt8) -> UInt8 {
        octet &- 0x61 < 26 ? octet & 0xDF : octet
    }

    /// Whether the octets spell a word of capital letters, in any case.
    static func equal(_ octets: some Collection<UInt8>, _ word: StaticString) -> Bool {
        guard octets.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            zip(octets, letters).allSatisfy { uppercased($0) == $1 }
        }
    }

    /// A number of at most 20 digits; what does not fit is `Int.max`. Nil when it is no number.
    static func number(_ octets: some Collection<UInt8>) -> Int? {
        guard (1...20).contains(octets.count), octets.allSatisfy(isDigit) else { return nil }
        var value = 0
        for octet in octets {
            let (product, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isAbove) = product.addingReportingOverflow(Int(octet &- 0x30))
            if isOver || isAbove { return Int.max }
            value = sum
        }
        return value
    }
}
