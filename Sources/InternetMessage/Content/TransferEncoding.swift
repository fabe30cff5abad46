/// How the octets of a body are wrapped for transfer (RFC 2045 §6).
public enum TransferEncoding: Hashable, Sendable {
    case sevenBit, eightBit, binary, base64, quotedPrintable
    /// `x-uuencode`, `uuencode` or `x-uue`: no standard, but met.
    case uuencode
    /// Anything else, in small letters; the octets are handed out as they are.
    case unknown(String)

    /// Reads a field value; the first word counts.
    init(parsing bytes: [UInt8]) {
        var scanner = FieldScanner(bytes)
        scanner.skipBlanksAndComments()
        if scanner.isAt(Octet.quote) { _ = scanner.skip(Octet.quote) }
        switch scanner.token().lowercasedText {
        case "7bit", "7-bit", "": self = .sevenBit
        case "8bit", "8-bit", "8bits": self = .eightBit
        case "binary": self = .binary
        case "base64", "base-64": self = .base64
        case "quoted-printable", "quotedprintable": self = .quotedPrintable
        case "x-uuencode", "uuencode", "x-uue", "uue": self = .uuencode
        case let other: self = .unknown(other)
        }
    }

    /// Whether the octets have to be changed to be read.
    public var isEncoded: Bool {
        self == .base64 || self == .quotedPrintable || self == .uuencode
    }

    /// Decodes `range` of `source`, until `limit` octets have come out.
    func decode(_ source: [UInt8], in range: Range<Int>, limit: Int) -> DecodedBody {
        let range = range.clamped(to: 0..<source.count)
        let limit = max(0, limit)
        switch self {
        case .base64: return Base64Decoder.decode(source, in: range, limit: limit)
        case .quotedPrintable:
            return QuotedPrintableDecoder.decode(source, in: range, limit: limit)
        case .uuencode: return UUDecoder.decode(source, in: range, limit: limit)
        case .sevenBit, .eightBit, .binary, .unknown:
            return DecodedBody(
                bytes: [UInt8](source[range].prefix(limit)), isTruncated: range.count > limit)
        }
    }
}

/// A body with its transfer encoding taken off.
public struct DecodedBody: Hashable, Sendable {
    public var bytes: [UInt8]
    /// Whether the limit kept octets out.
    public var isTruncated = false
    /// What was wrong with the encoding.
    public var defects: Set<Defect.Code> = []

    public init(bytes: [UInt8], isTruncated: Bool = false, defects: Set<Defect.Code> = []) {
        self.bytes = bytes
        self.isTruncated = isTruncated
        self.defects = defects
    }
}
