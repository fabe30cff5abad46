/// Reads the few shapes of DER (X.690) that keys are written in: definite lengths, low tags.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30

    init(_ octets: ArraySlice<UInt8>) {
        rest = octets
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the next element; nil at the end.
    var nextTag: UInt8? { rest.first }

    /// The content of the next element; nil when it has another tag or does not fit.
    mutating func read(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.first == tag else { return nil }
        return readAny()
    }

    /// The content of the next element, whatever its tag.
    mutating func readAny() -> ArraySlice<UInt8>? {
        guard rest.count >= 2 else { return nil }
        var position = rest.startIndex + 1
        var length = Int(rest[position])
        position += 1
        if length >= 0x80 {
            let octets = length & 0x7F
            guard octets > 0, octets <= 3, rest.endIndex - position >= octets else { return nil }
            length = 0
            for octet in rest[position..<position + octets] { length = length << 8 | Int(octet) }
            position += octets
        }
        guard rest.endIndex - position >= length else { return nil }
        defer { rest = rest[(position + length)...] }
        return rest[position..<position + length]
    }

    /// The octets of a non-negative integer without leading zeros.
    mutating func readUnsigned() -> ArraySlice<UInt8>? {
        guard let content = read(Self.integer), let first = content.first, first < 0x80 else {
            return nil
        }
        return content.drop { $0 == 0 }
    }

    /// The content of a bit string of whole octets.
    mutating func readBitString() -> ArraySlice<UInt8>? {
        guard let content = read(Self.bitString), content.first == 0 else { return nil }
        return content.dropFirst()
    }
}
