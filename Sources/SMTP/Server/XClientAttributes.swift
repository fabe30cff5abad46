public import Identities

/// What a trusted peer says about the client that it speaks for (Postfix XCLIENT_README): only what
/// it names replaces what we know.
public struct XClientAttributes: Hashable, Sendable {
    public var address: IPAddress?
    public var port: Int?
    public var destinationPort: Int?
    public var helo: String?
    public var isExtended: Bool?

    /// Reads `ADDR=192.0.2.1 HELO=client.example …`; nil when an attribute is unknown or broken.
    init?(_ octets: ArraySlice<UInt8>) {
        let words = octets.split(separator: Octets.space)
        guard !words.isEmpty, words.count <= Limits.attributes else { return nil }
        for word in words {
            guard let equals = word.firstIndex(of: Octets.equals),
                let value = XText.decode(word[(equals + 1)...]),
                take(word[..<equals], value)
            else { return nil }
        }
    }

    private mutating func take(_ name: ArraySlice<UInt8>, _ value: [UInt8]) -> Bool {
        let isKnown =
            !Octets.equal(value, "[UNAVAILABLE]") && !Octets.equal(value, "[TEMPUNAVAIL]")
        switch true {
        case Octets.equal(name, "ADDR"):
            guard isKnown else { return true }
            let bare = Octets.equal(value.prefix(5), "IPV6:") ? value.dropFirst(5) : value[...]
            address = IPAddress(String(decoding: bare, as: UTF8.self))
            return address != nil
        case Octets.equal(name, "PORT"):
            guard isKnown else { return true }
            port = Self.port(value)
            return port != nil
        case Octets.equal(name, "DESTPORT"):
            guard isKnown else { return true }
            destinationPort = Self.port(value)
            return destinationPort != nil
        case Octets.equal(name, "HELO"):
            guard isKnown else { return true }
            helo = HelloName.parse(value[...])
            return helo != nil
        case Octets.equal(name, "PROTO"):
            guard isKnown else { return true }
            isExtended = Octets.equal(value, "ESMTP")
            return isExtended == true || Octets.equal(value, "SMTP")
        default:
            // Known, and of no use here: names are looked up by ourselves, and nobody logs in.
            return ["NAME", "REVERSE_NAME", "LOGIN", "DESTADDR"].contains {
                Octets.equal(name, $0)
            }
        }
    }

    private static func port(_ value: [UInt8]) -> Int? {
        guard let number = Octets.number(value), number <= 65_535 else { return nil }
        return number
    }
}
