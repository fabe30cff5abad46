/// Turns chunks of a document in another encoding into UTF-8, keeping the bytes of a character
/// that a chunk cut apart.
struct XMLTranscoder: Sendable {
    let encoding: XMLEncoding
    /// The first byte of a UTF-16 unit whose second is in the next chunk.
    private var pendingByte: UInt8?
    /// The first half of a surrogate pair.
    private var pendingSurrogate: UInt16?
    /// Whether something had to become U+FFFD.
    private(set) var hasReplaced = false

    init(encoding: XMLEncoding) { self.encoding = encoding }

    private static let replacement: UInt32 = 0xFFFD

    /// Appends the characters of a chunk to `output` as UTF-8.
    mutating func transcode(_ chunk: XMLBytes, into output: inout [UInt8]) {
        switch encoding {
        case .utf8: output.append(contentsOf: chunk)
        case .utf16(let bigEndian):
            for byte in chunk {
                guard let first = pendingByte else {
                    pendingByte = byte
                    continue
                }
                pendingByte = nil
                let unit =
                    bigEndian
                    ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
                take(unit: unit, into: &output)
            }
        case .windows1252:
            for byte in chunk {
                let isPlain = byte < 0x80 || byte >= 0xA0
                emit(isPlain ? UInt32(byte) : Self.windows1252[Int(byte & 0x1F)], into: &output)
            }
        case .windows1251:
            for byte in chunk {
                switch byte {
                case ..<0x80: emit(UInt32(byte), into: &output)
                case 0xC0...: emit(UInt32(byte) - 0xC0 + 0x0410, into: &output)
                default: emit(Self.windows1251[Int(byte & 0x3F)], into: &output)
                }
            }
        case .unknown:
            for byte in chunk {
                emit(byte < 0x80 ? UInt32(byte) : Self.replacement, into: &output)
            }
        }
    }

    /// Ends the document: half a character becomes U+FFFD.
    mutating func finish(into output: inout [UInt8]) {
        if pendingByte != nil || pendingSurrogate != nil { emit(Self.replacement, into: &output) }
        pendingByte = nil
        pendingSurrogate = nil
    }

    private mutating func take(unit: UInt16, into output: inout [UInt8]) {
        if let high = pendingSurrogate {
            pendingSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                let value = 0x10000 + (UInt32(high & 0x3FF) << 10) + UInt32(unit & 0x3FF)
                return emit(value, into: &output)
            }
            emit(Self.replacement, into: &output)
        }
        if UTF16.isLeadSurrogate(unit) {
            pendingSurrogate = unit
        } else {
            emit(
                UTF16.isTrailSurrogate(unit) ? Self.replacement : UInt32(unit), into: &output)
        }
    }

    private mutating func emit(_ value: UInt32, into output: inout [UInt8]) {
        if value == Self.replacement { hasReplaced = true }
        XMLText.append(value, to: &output)
    }

    /// 0x80...0x9F; the five holes are U+FFFD.
    private static let windows1252: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
        0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
    ]

    /// 0x80...0xBF; 0xC0...0xFF are U+0410...U+044F in order.
    private static let windows1251: [UInt32] = [
        0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021,
        0x20AC, 0x2030, 0x0409, 0x2039, 0x040A, 0x040C, 0x040B, 0x040F,
        0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0xFFFD, 0x2122, 0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F,
        0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6, 0x00A7,
        0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x0407,
        0x00B0, 0x00B1, 0x0406, 0x0456, 0x0491, 0x00B5, 0x00B6, 0x00B7,
        0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457,
    ]
}
