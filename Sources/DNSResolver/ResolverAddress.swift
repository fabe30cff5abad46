public import Identities
internal import NIOCore

/// Where a resolver listens, over UDP and TCP.
public struct ResolverAddress: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16

    public init(address: IPAddress, port: UInt16 = 53) {
        self.address = address
        self.port = port
    }

    /// Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353` or
    /// `localhost:5353`; nil for all else. Host names are refused: who would look them up?
    public init?(_ text: some StringProtocol) {
        if let address = IPAddress(String(text)) {
            self.init(address: address)
            return
        }
        var host = text[...]
        var port: UInt16 = 53
        if let colon = text.lastIndex(of: ":"), text.last != "]" {
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = UInt16(digits),
                number > 0
            else { return nil }
            port = number
            host = text[..<colon]
        }
        if host.first == "[", host.last == "]" {
            guard let address = IPAddress(String(host.dropFirst().dropLast())), !address.isIPv4
            else { return nil }
            self.init(address: address, port: port)
        } else if host.lowercased() == "localhost" {
            self.init(address: IPAddress(ipv4: 0x7F00_0001), port: port)
        } else {
            guard let address = IPAddress(String(host)), address.isIPv4 else { return nil }
            self.init(address: address, port: port)
        }
    }

    /// Whether the resolver runs on this machine.
    public var isLoopback: Bool {
        address.isIPv4 ? address.bytes.first == 127 : address.description == "::1"
    }

    var socketAddress: SocketAddress {
        get throws { try SocketAddress(ipAddress: address.description, port: Int(port)) }
    }
}

extension ResolverAddress: CustomStringConvertible {
    public var description: String {
        address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}
