/// Bytes of XML text: blanks, names, characters.
public enum XMLText {
    /// White space of XML 1.0 §2.3.
    @inline(__always)
    public static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The text without the blanks around it.
    @inline(__always)
    public static func trimmed(_ bytes: XMLBytes) -> XMLBytes {
        var start = 0
        var end = bytes.count
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return XMLBytes(rebasing: bytes[start..<end])
    }

    /// Whether two texts are the same bytes.
    @inline(__always)
    public static func isSame(_ left: XMLBytes, _ right: StaticString) -> Bool {
        guard left.count == right.utf8CodeUnitCount else { return false }
        let other = right.utf8Start
        for index in 0..<left.count where left[index] != other[index] { return false }
        return true
    }

    /// A text as a string, and what had to be changed to make it one.
    public static func string(_ bytes: XMLBytes) -> (text: String, departure: Repair.Code?) {
        var bits: UInt8 = 0
        var hasControl = false
        for byte in bytes {
            bits |= byte
            if byte < 0x20, !isBlank(byte) { hasControl = true }
        }
        if !hasControl {
            if bits < 0x80 { return (String(decoding: bytes, as: UTF8.self), nil) }
            if let valid = String(validating: bytes, as: UTF8.self) { return (valid, nil) }
            return (String(decoding: bytes, as: UTF8.self), .invalidUTF8)
        }
        // XML 1.0 §2.2 has no place for NUL and its like.
        let visible = bytes.lazy.flatMap { byte in
            byte < 0x20 && !isBlank(byte) ? [0xEF, 0xBF, 0xBD] : [byte]
        }
        return (String(decoding: Array(visible), as: UTF8.self), .controlCharacter)
    }

    /// Appends a character as UTF-8; what is no character becomes U+FFFD.
    static func append(_ value: UInt32, to output: inout [UInt8]) {
        if value < 0x80 { return output.append(UInt8(truncatingIfNeeded: value)) }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    /// Bytes that can begin a name: letters, `_`, `:` and all beyond ASCII.
    @inline(__always)
    static func beginsName(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x3A || byte >= 0x80
    }

    /// Bytes of the names that reports use, `:` not among them: a quick road, not the rule.
    @inline(__always)
    static func isPlainNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte &- 0x30 < 10 || byte == 0x2D
    }
}
