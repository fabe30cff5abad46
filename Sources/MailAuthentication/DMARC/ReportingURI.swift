/// A reporting address of a DMARC record, checked for its syntax (RFC 9989 §4.6, RFC 3986).
struct ReportingURI {
    /// The URI without the size limit of RFC 7489.
    let text: String
    /// Whether `!10m` or the like followed it.
    let hadSizeLimit: Bool

    /// Nil when the text is no URI with a scheme, or a `mailto:` without an address.
    init?(_ sent: String) {
        var bytes = Array(sent.utf8)
        hadSizeLimit = Self.dropSizeLimit(&bytes)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            colon + 1 < bytes.count, Self.isScheme(bytes[..<colon]),
            Self.isBody(bytes[(colon + 1)...])
        else { return nil }
        let scheme = String(decoding: bytes[..<colon].map { $0 | 0x20 }, as: UTF8.self)
        if scheme == "mailto", !Self.isMailbox(bytes[(colon + 1)...]) { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// `"!" 1*DIGIT [ "k" / "m" / "g" / "t" ]` at the end.
    private static func dropSizeLimit(_ bytes: inout [UInt8]) -> Bool {
        guard let mark = bytes.lastIndex(of: UInt8(ascii: "!")) else { return false }
        var digits = bytes[(mark + 1)...]
        if let last = digits.last, "kmgtKMGT".utf8.contains(last) { digits.removeLast() }
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        bytes.removeSubrange(mark...)
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    /// The characters of RFC 3986 without `!` and `,`, which DMARC wants encoded.
    private static func isBody(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.endIndex, isHexDigit(bytes[index + 1]),
                    isHexDigit(bytes[index + 2])
                else { return false }
                index += 3
                continue
            }
            guard isLetter(byte) || isDigit(byte) || "-._~:/?#[]@$&'()*+;=".utf8.contains(byte)
            else { return false }
            index += 1
        }
        return true
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- 0x61 < 6
    }

    private static func isMailbox(_ bytes: ArraySlice<UInt8>) -> Bool {
        let address = bytes.prefix { $0 != UInt8(ascii: "?") }
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return at > address.startIndex && at + 1 < address.endIndex
    }
}
