public import Identities

/// The header in which a proxy tells whose connection it passes on: PROXY protocol versions 1 and 2
/// (HAProxy's proxy-protocol.txt §2).
///
/// It is read only from peers that are listed, and from those it must come: who may send it may say
/// anything, and who must send it cannot be spoken over.
public struct ProxyHeader: Hashable, Sendable {
    /// An end of the client's connection.
    public struct Endpoint: Hashable, Sendable {
        public var address: IPAddress
        public var port: Int

        public init(address: IPAddress, port: Int) {
            self.address = address
            self.port = port
        }
    }

    /// The client; nil when the proxy speaks for itself (LOCAL, UNKNOWN), as health checks do.
    public var source: Endpoint?
    /// Where the client connected to.
    public var destination: Endpoint?

    public init(source: Endpoint? = nil, destination: Endpoint? = nil) {
        self.source = source
        self.destination = destination
    }

    /// What was found in the octets so far.
    public enum Outcome: Hashable, Sendable {
        /// More octets are needed.
        case incomplete
        /// This is no header, and the connection is of no use.
        case invalid
        /// The header, and its octets.
        case header(ProxyHeader, octets: Int)
    }

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let word = Array("PROXY ".utf8)

    /// Reads a header at the start of the octets.
    public static func parse(_ octets: [UInt8]) -> Outcome {
        if octets.starts(with: signature) { return parseBinary(octets) }
        if octets.starts(with: word) { return parseText(octets) }
        // As long as both beginnings are possible, or one is.
        if signature.starts(with: octets) || word.starts(with: octets) { return .incomplete }
        return .invalid
    }

    /// Version 1: `PROXY TCP4 192.0.2.1 192.0.2.2 56324 25` and CRLF, 107 octets at most.
    private static func parseText(_ octets: [UInt8]) -> Outcome {
        let most = octets.prefix(107)
        guard let feed = most.firstIndex(of: 0x0A) else {
            return most.count < 107 ? .incomplete : .invalid
        }
        guard octets[feed - 1] == 0x0D else { return .invalid }
        let words = octets[6..<(feed - 1)].split(
            separator: Octets.space, omittingEmptySubsequences: false)
        let family = words.first.map { String(decoding: $0, as: UTF8.self) }
        if family == "UNKNOWN" { return .header(ProxyHeader(), octets: feed + 1) }
        guard words.count == 5, family == "TCP4" || family == "TCP6",
            let source = endpoint(words[1], words[3], isIPv4: family == "TCP4"),
            let destination = endpoint(words[2], words[4], isIPv4: family == "TCP4")
        else { return .invalid }
        return .header(
            ProxyHeader(source: source, destination: destination), octets: feed + 1)
    }

    private static func endpoint(
        _ address: ArraySlice<UInt8>, _ port: ArraySlice<UInt8>, isIPv4: Bool
    ) -> Endpoint? {
        guard let address = IPAddress(String(decoding: address, as: UTF8.self)),
            address.isIPv4 || !isIPv4, let number = Octets.number(port), number <= 65_535
        else { return nil }
        return Endpoint(address: address, port: number)
    }

    /// Version 2: signature, version and command, family, length, addresses, additions.
    private static func parseBinary(_ octets: [UInt8]) -> Outcome {
        guard octets.count >= 16 else { return .incomplete }
        let length = Int(octets[14]) << 8 | Int(octets[15])
        let end = 16 + length
        guard octets[12] >> 4 == 2, end <= Limits.proxyHeaderOctets else { return .invalid }
        guard octets.count >= end else { return .incomplete }
        let body = octets[16..<end]
        let command = octets[12] & 15
        guard command <= 1 else { return .invalid }
        let size: Int
        switch octets[13] {
        case 0x11: size = 4
        case 0x21: size = 16
        default:
            // LOCAL may have any family; PROXY of anything but TCP says nothing of use to us.
            return command == 0 || octets[13] == 0
                ? .header(ProxyHeader(), octets: end) : .invalid
        }
        guard command == 1 else { return .header(ProxyHeader(), octets: end) }
        let count = 2 * size + 4
        guard body.count >= count, hasSoundAdditions(octets, from: 16 + count, to: end) else {
            return .invalid
        }
        let ports = Array(body[(16 + 2 * size)..<(16 + count)])
        guard let source = IPAddress(bytes: Array(body[16..<(16 + size)])),
            let destination = IPAddress(bytes: Array(body[(16 + size)..<(16 + 2 * size)]))
        else { return .invalid }
        return .header(
            ProxyHeader(
                source: Endpoint(address: source, port: Int(ports[0]) << 8 | Int(ports[1])),
                destination: Endpoint(
                    address: destination, port: Int(ports[2]) << 8 | Int(ports[3]))),
            octets: end)
    }

    /// Type, length, value after the addresses: they must fill their room exactly, and a checksum
    /// among them must be right (§2.2.5).
    private static func hasSoundAdditions(_ octets: [UInt8], from start: Int, to end: Int) -> Bool {
        var index = start
        var hasChecksum = false
        while index < end {
            guard end - index >= 3 else { return false }
            let length = Int(octets[index + 1]) << 8 | Int(octets[index + 2])
            guard end - index - 3 >= length else { return false }
            if octets[index] == 0x03 {
                guard length == 4, !hasChecksum else { return false }
                hasChecksum = true
                var header = Array(octets[..<end])
                let sum = header[(index + 3)..<(index + 7)].reduce(0) { $0 << 8 | UInt32($1) }
                for position in (index + 3)..<(index + 7) { header[position] = 0 }
                guard checksum(header) == sum else { return false }
            }
            index += 3 + length
        }
        return true
    }

    /// CRC32C, bit by bit: once in a connection, over some hundred octets.
    private static func checksum(_ octets: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for octet in octets {
            value ^= UInt32(octet)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        return ~value
    }
}
