/// Words of IMAP commands: folder names and sets of numbers.
enum IMAPText {
    /// A folder's name as a quoted string; nil when it cannot be one.
    static func folder(_ name: String) -> String? {
        let encoded = modifiedUTF7(name)
        guard !encoded.isEmpty, encoded.utf8.count <= 1_000,
            encoded.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        var text = "\""
        for character in encoded {
            if character == "\"" || character == "\\" { text += "\\" }
            text.append(character)
        }
        return text + "\""
    }

    /// Numbers as a set with ranges: `1:4,9`.
    static func set(_ numbers: [UInt32]) -> String {
        var parts: [String] = []
        var range: ClosedRange<UInt32>?
        func close() {
            guard let range else { return }
            parts.append(
                range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
            )
        }
        for number in numbers.sorted() {
            if let open = range, number <= open.upperBound { continue }
            if let open = range, number == open.upperBound + 1 {
                range = open.lowerBound...number
            } else {
                close()
                range = number...number
            }
        }
        close()
        return parts.joined(separator: ",")
    }

    /// RFC 3501 §5.1.3: what is not printable ASCII becomes base64 of UTF-16 between `&` and `-`.
    static func modifiedUTF7(_ name: String) -> String {
        var result = ""
        var units: [UInt16] = []
        func flush() {
            guard !units.isEmpty else { return }
            result += "&" + base64(units) + "-"
            units = []
        }
        for scalar in name.unicodeScalars {
            if (0x20...0x7E).contains(scalar.value) {
                flush()
                result += scalar == "&" ? "&-" : String(Character(scalar))
            } else {
                units += Array(String(Character(scalar)).utf16)
            }
        }
        flush()
        return result
    }

    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,")

    private static func base64(_ units: [UInt16]) -> String {
        var text = ""
        var bits: UInt32 = 0
        var count = 0
        for unit in units {
            for octet in [UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)] {
                bits = (bits << 8 | UInt32(octet)) & 0xFF_FFFF
                count += 8
                while count >= 6 {
                    count -= 6
                    text.append(digits[Int(bits >> UInt32(count)) & 63])
                }
            }
        }
        if count > 0 { text.append(digits[Int(bits << UInt32(6 - count)) & 63]) }
        return text
    }
}
