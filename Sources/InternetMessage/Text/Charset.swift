/// Character sets: octets to text. Names are those of the IANA registry and the aliases met in mail.
public enum Charset {
    /// How the octets of a set become text.
    enum Coding {
        case utf8, ascii, utf16(isBigEndian: Bool?), utf7
        /// One octet is one character: the upper half stands in a table.
        case table(String, CharsetTable)
    }

    /// Decodes octets in the set that `label` names; without a name, or with an unknown one, UTF-8
    /// if they are UTF-8, else windows-1252, which never fails.
    public static func decode(_ bytes: some Collection<UInt8>, label: String?) -> DecodedText {
        let bytes = [UInt8](bytes)
        guard let label, !label.isEmpty else { return decodeUnlabelled(bytes) }
        guard let coding = coding(of: label) else {
            var text = bytes.isASCII(in: 0..<bytes.count) ? decodeUnlabelled(bytes) : lossy(bytes)
            text.defects.insert(.unknownCharset)
            return text
        }
        switch coding {
        case .utf8: return decodeUTF8(bytes)
        case .ascii:
            var text = decodeUnlabelled(bytes)
            if text.charset != "us-ascii" { text.defects.insert(.invalidCharsetOctets) }
            return text
        case .utf16(let isBigEndian): return UTF16Text.decode(bytes, isBigEndian: isBigEndian)
        case .utf7: return UTF7Text.decode(bytes)
        case .table(let name, let table):
            let (text, isWhole) = table.decode(bytes)
            return DecodedText(
                text: text, charset: name, defects: isWhole ? [] : [.invalidCharsetOctets])
        }
    }

    /// Decodes octets that no one has named a set for.
    public static func decodeUnlabelled(_ bytes: [UInt8]) -> DecodedText {
        if bytes.isASCII(in: 0..<bytes.count) {
            return DecodedText(text: String(decoding: bytes, as: UTF8.self), charset: "us-ascii")
        }
        if let text = String(validating: bytes, as: UTF8.self) {
            return DecodedText(text: text, charset: "utf-8")
        }
        return DecodedText(
            text: CharsetTable.windows1252.decode(bytes).text, charset: "windows-1252")
    }

    /// Whether octets in this set can be read.
    public static func isKnown(_ label: String) -> Bool { coding(of: label) != nil }

    private static func decodeUTF8(_ bytes: [UInt8]) -> DecodedText {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? [UInt8](bytes.dropFirst(3)) : bytes
        if let text = String(validating: bytes, as: UTF8.self) {
            return DecodedText(text: text, charset: "utf-8")
        }
        return DecodedText(
            text: String(decoding: bytes, as: UTF8.self), charset: "utf-8",
            defects: [.invalidCharsetOctets])
    }

    /// Keeps ASCII; each run of other octets is one U+FFFD, so that nothing false is shown.
    private static func lossy(_ bytes: [UInt8]) -> DecodedText {
        if let text = String(validating: bytes, as: UTF8.self) {
            return DecodedText(text: text, charset: "utf-8")
        }
        var scalars = String.UnicodeScalarView()
        var isInRun = false
        for octet in bytes {
            if octet < 0x80 {
                scalars.append(Unicode.Scalar(octet))
                isInRun = false
            } else if !isInRun {
                scalars.append("\u{FFFD}")
                isInRun = true
            }
        }
        return DecodedText(
            text: String(scalars), charset: "unknown", defects: [.invalidCharsetOctets])
    }

    private static func coding(of label: String) -> Coding? {
        // Mailers write `"utf8"`, `UTF_8`, `iso 8859-1` and `cp-1252`: letters and digits decide.
        let key = String(
            decoding: label.utf8.prefix(Limits.encodedWordCharsetBytes)
                .filter { $0.isLetter || $0.isDigit }.map(\.lowercased), as: UTF8.self)
        switch key {
        case "utf8", "unicode11utf8", "utf8mb4": return .utf8
        case "usascii", "ascii", "ansix341968", "iso646us", "us", "7bit": return .ascii
        case "utf16": return .utf16(isBigEndian: nil)
        case "utf16le": return .utf16(isBigEndian: false)
        case "utf16be", "ucs2", "iso10646ucs2": return .utf16(isBigEndian: true)
        case "utf7", "unicode11utf7": return .utf7
        default:
            let name = CharsetTable.aliases[key] ?? key
            return CharsetTable.named[name].map { .table($0.name, $0) }
        }
    }
}
