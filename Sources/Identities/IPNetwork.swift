/// A block of addresses, `192.0.2.0/24`; the bits beyond the prefix are cleared.
public struct IPNetwork: Hashable, Sendable {
    /// The first address of the block.
    public let address: IPAddress
    /// 0...32 for IPv4, 0...128 for IPv6.
    public let prefixLength: Int

    /// Makes a block; nil when the prefix is longer than the address.
    public init?(address: IPAddress, prefixLength: Int) {
        guard prefixLength >= 0, prefixLength <= (address.isIPv4 ? 32 : 128) else { return nil }
        self.address = Self.masked(address, prefixLength)
        self.prefixLength = prefixLength
    }

    /// Reads `address/prefix`, or an address alone as the block of one.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let slash = bytes.firstIndex(of: ASCII.slash) else {
            guard let address = IPAddress(utf8: bytes) else { return nil }
            self.init(address: address, prefixLength: address.isIPv4 ? 32 : 128)
            return
        }
        let digits = bytes[(slash + 1)...]
        guard let address = IPAddress(utf8: bytes[..<slash]), (1...3).contains(digits.count),
            digits.allSatisfy({ $0 &- 0x30 < 10 }), digits.count == 1 || digits.first != 0x30
        else { return nil }
        var length = digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
        if address.isIPv4, bytes[..<slash].contains(ASCII.colon) {
            // The prefix of a mapped address counts the 96 bits of its wrapping.
            length -= 96
        }
        self.init(address: address, prefixLength: length)
    }

    /// Whether the address lies in the block; never across the two families.
    public func contains(_ other: IPAddress) -> Bool {
        other.isIPv4 == address.isIPv4 && Self.masked(other, prefixLength) == address
    }

    private static func masked(_ address: IPAddress, _ length: Int) -> IPAddress {
        if address.isIPv4 {
            let mask = UInt32.max << UInt32(32 - length)
            return IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low) & mask)
        }
        let high = UInt64.max << UInt64(max(0, 64 - length))
        let low = UInt64.max << UInt64(min(64, 128 - length))
        return IPAddress(high: address.high & high, low: address.low & low)
    }
}

extension IPNetwork: CustomStringConvertible {
    public var description: String { "\(address)/\(prefixLength)" }
}

extension IPNetwork: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let network = IPNetwork(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not an IP network: \(text.prefix(80))")
        }
        self = network
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
