/// A domain name as mail and DNS compare it: lower case, internationalised labels in their ASCII
/// form, no trailing dot.
///
/// Letters, digits, hyphens (anywhere in a label, as the DNS carries them) and underscores are
/// taken; `DNSName` in the DNS target is the type for names of arbitrary octets and for the root.
public struct DomainName: Hashable, Comparable, Sendable {
    /// 1...253 octets of ASCII, labels of 1...63 octets.
    public let text: String

    /// For callers of this target that have proved the text.
    init(proven text: String) {
        self.text = text
    }

    /// Reads a name from text; one trailing dot is allowed, letters beyond ASCII go through
    /// IDNA2008 (RFC 5891, mapped by UTS #46 without transitional forms). Nil when it is no name.
    public init?(_ text: String) {
        var copy = text
        guard let name = copy.withUTF8({ DomainName(buffer: $0) }) else { return nil }
        self = name
    }

    /// Reads a name from a part of a text without copying it first.
    public init?(_ text: Substring) {
        var copy = text
        guard let name = copy.withUTF8({ DomainName(buffer: $0) }) else { return nil }
        self = name
    }

    /// Reads a name from any kind of text.
    public init?(_ text: some StringProtocol) {
        self.init(String(text))
    }

    /// Reads a name from UTF-8; nil as well when the octets are not UTF-8.
    @inlinable
    public init?(utf8: some Collection<UInt8>) {
        let name =
            utf8.withContiguousStorageIfAvailable { DomainName(buffer: $0) }
            ?? Array(utf8).withUnsafeBufferPointer { DomainName(buffer: $0) }
        guard let name else { return nil }
        self = name
    }

    @usableFromInline
    init?(buffer: UnsafeBufferPointer<UInt8>) {
        switch Self.scanASCII(buffer) {
        case .ascii(let length):
            text = String(unsafeUninitializedCapacity: length) { output in
                for index in 0..<length {
                    let byte = buffer[index]
                    output[index] = byte &- 0x41 < 26 ? byte | 0x20 : byte
                }
                return length
            }
        case .unicode:
            guard let name = IDNA.domainName(fromUnicode: buffer) else { return nil }
            self = name
        case .invalid:
            return nil
        }
    }

    private enum Scan {
        case ascii(length: Int)
        case unicode
        case invalid
    }

    /// One pass over the octets that decides which road the name takes.
    @inline(__always)
    private static func scanASCII(_ buffer: UnsafeBufferPointer<UInt8>) -> Scan {
        var length = buffer.count
        if length > 0, buffer[length - 1] == ASCII.dot { length -= 1 }
        guard length > 0, length <= Limits.unicodeDomainOctets else { return .invalid }
        var labelLength = 0
        var isPlain = length <= Limits.domainOctets
        var hasUnicode = false
        for index in 0..<length {
            let byte = buffer[index]
            if byte == ASCII.dot {
                if labelLength == 0 || labelLength > Limits.labelOctets { isPlain = false }
                labelLength = 0
            } else if byte >= 0x80 {
                hasUnicode = true
                labelLength += 1
            } else if isLabelLetter(byte) {
                labelLength += 1
            } else {
                return .invalid
            }
        }
        if hasUnicode { return .unicode }
        guard isPlain, labelLength > 0, labelLength <= Limits.labelOctets else { return .invalid }
        return .ascii(length: length)
    }

    @inline(__always)
    private static func isLabelLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2D || byte == 0x5F
    }

    public static func < (left: DomainName, right: DomainName) -> Bool {
        left.text < right.text
    }
}

extension DomainName: CustomStringConvertible {
    public var description: String { text }
}

extension DomainName: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = DomainName(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not a domain name: \(text.prefix(80))")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
