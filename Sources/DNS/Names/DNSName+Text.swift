extension DNSName {
    /// Why a text is no name, each with the words for a person.
    public enum TextFault: String, Error, Sendable {
        case empty = "the name is empty"
        case emptyLabel = "the name has an empty label"
        case longLabel = "a label is longer than 63 octets"
        case longName = "the name is longer than 255 octets"
        case badEscape =
            "a backslash must be followed by one character or by three digits up to 255"
        case badCharacter = "the name holds a character that must be escaped"
        case noOrigin = "the name is relative, and no origin is known"
    }

    /// Reads a name in the form of a zone file (RFC 1035 §5.1); it counts as absolute with or
    /// without its last dot. Nil when it is none.
    public init?(_ text: some StringProtocol) {
        guard text != "@",
            let name = try? DNSName.parse(
                Array(text.utf8), origin: .root, isRestricted: false)
        else { return nil }
        self = name
    }

    /// Reads a name in the form of a zone file: relative to the origin without a last dot, `@` for
    /// the origin itself.
    static func parse(
        _ text: [UInt8], origin: DNSName?, isRestricted: Bool = true
    ) throws(TextFault) -> DNSName {
        guard !text.isEmpty else { throw .empty }
        if text == [UInt8(ascii: "@")] {
            guard let origin else { throw .noOrigin }
            return origin
        }
        if text == [UInt8(ascii: ".")] { return .root }
        var wire: [UInt8] = [0]
        var lengthPlace = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: ".") {
                guard wire.count > lengthPlace + 1 else { throw .emptyLabel }
                lengthPlace = wire.count
                wire.append(0)
                continue
            }
            if byte == UInt8(ascii: "\\") {
                wire.append(try unescaped(text, &index))
            } else {
                guard !isRestricted || isPlain(byte) else { throw .badCharacter }
                wire.append(byte)
            }
            let length = wire.count - lengthPlace - 1
            guard length <= Limits.labelOctets else { throw .longLabel }
            guard wire.count < Limits.nameOctets else { throw .longName }
            wire[lengthPlace] = UInt8(length)
        }
        guard wire.count <= Limits.nameOctets else { throw .longName }
        // A last dot has left an empty label behind, which is the root's.
        if lengthPlace == wire.count - 1 { return DNSName(proven: wire) }
        guard let origin else { throw .noOrigin }
        guard wire.count + origin.wire.count <= Limits.nameOctets else { throw .longName }
        return DNSName(proven: wire + origin.wire)
    }

    private static func unescaped(_ text: [UInt8], _ index: inout Int) throws(TextFault) -> UInt8 {
        guard index < text.count else { throw .badEscape }
        guard text[index] &- 0x30 < 10 else {
            index += 1
            return text[index - 1]
        }
        guard index + 2 < text.count else { throw .badEscape }
        var value = 0
        for digit in text[index..<(index + 3)] {
            guard digit &- 0x30 < 10 else { throw .badEscape }
            value = value * 10 + Int(digit &- 0x30)
        }
        index += 3
        guard value <= 255 else { throw .badEscape }
        return UInt8(value)
    }

    /// What stands in a name of a zone file without a backslash: the letters of host names, and
    /// those of service labels, wildcards and RFC 2317 reverse zones.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "*"), UInt8(ascii: "/"): true
        default: false
        }
    }
}

extension DNSName {
    /// As people write it in a sentence: without its last dot.
    public var spoken: String { isRoot ? "." : String(description.dropLast()) }
}

extension DNSName: CustomStringConvertible {
    /// The absolute form of a zone file, with its last dot.
    public var description: String {
        guard !isRoot else { return "." }
        var text = ""
        text.reserveCapacity(wire.count + 8)
        for label in labels {
            for byte in label {
                if Self.isPlain(byte) {
                    text.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    text += Presentation.escaped(byte)
                }
            }
            text += "."
        }
        return text
    }
}
