/// The name of a message in the spool: rises with time, and is written as 13 characters of base 32.
///
/// The upper 44 bits are the milliseconds since 1970 when it was given, the lower 20 count within.
public struct QueueIdentifier: Hashable, Comparable, Sendable {
    /// The number that rises.
    public let rawValue: UInt64

    /// Makes an identifier of its number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads the 13 characters; small letters count as capitals. Nil when they are none of ours.
    public init?(_ text: some StringProtocol) {
        var value: UInt64 = 0
        var count = 0
        for octet in text.utf8 {
            guard count < 13, let digit = Self.digit(octet), value < 1 << 59 || count < 12,
                value.leadingZeroBitCount >= 5
            else { return nil }
            value = value << 5 | UInt64(digit)
            count += 1
        }
        guard count == 13 else { return nil }
        rawValue = value
    }

    /// The next identifier at this moment: greater than the last, whatever the clock says.
    public static func following(_ last: QueueIdentifier, at now: Int64) -> QueueIdentifier {
        let time = UInt64(min(max(0, now), 1 << 44 - 1)) << 20
        return QueueIdentifier(rawValue: max(time, last.rawValue &+ 1))
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Digits and capitals without I, L, O and U, so that none is taken for another.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func digit(_ octet: UInt8) -> Int? {
        let capital = (0x61...0x7A).contains(octet) ? octet - 0x20 : octet
        return alphabet.firstIndex(of: capital)
    }
}

extension QueueIdentifier: CustomStringConvertible {
    /// The 13 characters; their order is the order of the identifiers.
    public var description: String {
        String(
            decoding: stride(from: 60, through: 0, by: -5).map {
                Self.alphabet[Int(truncatingIfNeeded: rawValue >> $0) & 31]
            }, as: UTF8.self)
    }
}

extension QueueIdentifier: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let identifier = QueueIdentifier(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not a queue identifier: \(text.prefix(40))")
        }
        self = identifier
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
