/// How the bytes of a document stand for characters, as far as reports need it: UTF-8, UTF-16 and
/// the single-byte sets that reporters have used.
enum XMLEncoding: Hashable, Sendable {
    case utf8
    case utf16(bigEndian: Bool)
    case windows1252
    case windows1251
    /// A set we have no table for: its ASCII part is read, the rest becomes U+FFFD.
    case unknown(label: String)

    /// What the first bytes of a document say.
    struct Detection {
        var encoding: XMLEncoding
        /// Length of the byte order mark.
        var skip = 0
        /// A departure to be noted with the report.
        var note: (code: Repair.Code, detail: String)?
        /// Blanks before the XML declaration, which must come first.
        var hasLeadingBlanks = false
    }

    /// Bytes in which a declaration must end to be seen.
    static let declarationBytes = 1_024

    /// Decides the encoding (XML 1.0 appendix F); nil while more bytes are needed. The answer does
    /// not depend on how many more bytes than needed are there.
    static func detect(_ head: [UInt8], isComplete: Bool) -> Detection? {
        guard head.count >= 4 || isComplete else { return nil }
        if let marked = fromByteOrderMark(head) ?? fromZeros(head) { return marked }
        guard let first = head.firstIndex(where: { !XMLText.isBlank($0) }) else {
            let isHopeless = isComplete || head.count >= declarationBytes
            return isHopeless ? Detection(encoding: .utf8) : nil
        }
        guard first < declarationBytes else { return Detection(encoding: .utf8) }
        let start = Array("<?xml".utf8)
        let seen = head[first...].prefix(start.count)
        guard seen.elementsEqual(start.prefix(seen.count)) else {
            return Detection(encoding: .utf8)
        }
        guard let end = head.prefix(declarationBytes).firstIndex(of: UInt8(ascii: ">")) else {
            let isHopeless = isComplete || head.count >= declarationBytes
            return isHopeless ? Detection(encoding: .utf8) : nil
        }
        var found = declared(in: head[first..<end])
        found.hasLeadingBlanks = first > 0
        return found
    }

    private static func fromByteOrderMark(_ head: [UInt8]) -> Detection? {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) {
            return Detection(
                encoding: .utf8, skip: 3,
                note: (.byteOrderMark, "The document begins with a byte order mark."))
        }
        if head.starts(with: [0xFE, 0xFF]) { return utf16(bigEndian: true, skip: 2) }
        if head.starts(with: [0xFF, 0xFE]) { return utf16(bigEndian: false, skip: 2) }
        return nil
    }

    /// UTF-16 without a mark: every other byte of its first characters is zero.
    private static func fromZeros(_ head: [UInt8]) -> Detection? {
        guard head.count >= 4 else { return nil }
        switch (head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0) {
        case (true, false, true, false): return utf16(bigEndian: true, skip: 0)
        case (false, true, false, true): return utf16(bigEndian: false, skip: 0)
        default: return nil
        }
    }

    private static func utf16(bigEndian: Bool, skip: Int) -> Detection {
        Detection(
            encoding: .utf16(bigEndian: bigEndian), skip: skip,
            note: (.otherEncoding, "The document is in UTF-16; it was read as that."))
    }

    /// Reads `encoding="…"` in an XML declaration.
    private static func declared(in declaration: ArraySlice<UInt8>) -> Detection {
        let bytes = declaration.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        guard let name = offset(of: "encoding", in: bytes),
            let open = bytes[name...].firstIndex(where: { $0 == 0x22 || $0 == 0x27 }),
            let close = bytes[(open + 1)...].firstIndex(of: bytes[open])
        else { return Detection(encoding: .utf8) }
        let label = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        func other(_ encoding: XMLEncoding, _ detail: String) -> Detection {
            Detection(encoding: encoding, note: (.otherEncoding, detail))
        }
        switch label {
        case "utf-8", "utf8", "us-ascii", "ascii", "":
            return Detection(encoding: .utf8)
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1", "windows-1252", "cp1252",
            "iso-8859-15":
            // Readers of the web take ISO-8859-1 as windows-1252, its superset for text.
            return other(.windows1252, "The document is in \(label); it was read as windows-1252.")
        case "windows-1251", "cp1251":
            return other(.windows1251, "The document is in windows-1251; it was read as that.")
        case _ where label.hasPrefix("utf-16") || label.hasPrefix("ucs-2"):
            return other(.utf8, "The document names UTF-16 but is not in it; it was read as UTF-8.")
        default:
            let shown = String(label.prefix(40))
            return other(
                .unknown(label: shown),
                "The document is in an encoding we do not know; only its ASCII part was read.")
        }
    }

    private static func offset(of word: StaticString, in bytes: [UInt8]) -> Int? {
        let length = word.utf8CodeUnitCount
        guard bytes.count >= length else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...(bytes.count - length)).first {
                XMLText.isSame(XMLBytes(rebasing: bytes[$0..<($0 + length)]), word)
            }
        }
    }
}
