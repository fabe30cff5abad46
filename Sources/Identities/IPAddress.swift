/// An IPv4 or IPv6 address; an IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 one.
public struct IPAddress: Hashable, Sendable {
    /// The upper 64 bits of an IPv6 address, 0 for IPv4.
    let high: UInt64
    /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
    let low: UInt64
    /// Whether this is an IPv4 address.
    public let isIPv4: Bool

    /// Makes an address of its 128 bits; mapped IPv4 comes out of its wrapping (RFC 4291 §2.5.5.2).
    init(high: UInt64, low: UInt64) {
        isIPv4 = high == 0 && low >> 32 == 0xFFFF
        self.high = high
        self.low = isIPv4 ? low & 0xFFFF_FFFF : low
    }

    /// Makes an IPv4 address of its 32 bits.
    public init(ipv4 bits: UInt32) {
        high = 0
        low = UInt64(bits)
        isIPv4 = true
    }

    /// Makes an address of its octets in network order; nil unless there are 4 or 16.
    public init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4:
            self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self.init(
                high: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
        default:
            return nil
        }
    }

    /// The octets in network order: 4 for IPv4, 16 for IPv6.
    public var bytes: [UInt8] {
        if isIPv4 {
            return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: low >> $0) }
        }
        return (0..<16).map { byte(at: $0) }
    }

    /// One octet of the 16 of an IPv6 address.
    func byte(at index: Int) -> UInt8 {
        index < 8
            ? UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
            : UInt8(truncatingIfNeeded: low >> UInt64(120 - 8 * index))
    }

    /// The name under which the address has its PTR records (RFC 1035 §3.5, RFC 3596 §2.5).
    public var reverseName: DomainName {
        if isIPv4 {
            let parts = bytes.reversed().map(String.init).joined(separator: ".")
            return DomainName(proven: parts + ".in-addr.arpa")
        }
        var text = ""
        text.reserveCapacity(72)
        for byte in bytes.reversed() {
            for nibble in [byte & 15, byte >> 4] {
                text.unicodeScalars.append(Unicode.Scalar(ASCII.hexDigit(nibble)))
                text += "."
            }
        }
        return DomainName(proven: text + "ip6.arpa")
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by value.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        if left.isIPv4 != right.isIPv4 { return left.isIPv4 }
        return left.high == right.high ? left.low < right.low : left.high < right.high
    }
}

extension IPAddress: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = IPAddress(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not an IP address: \(text.prefix(80))")
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
