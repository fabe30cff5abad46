public import Identities

/// An `https` address in a BIMI record.
public struct BIMILocation: Hashable, Sendable {
    /// As written.
    public let text: String
    public let host: DomainName

    /// Why a text is no such address.
    struct Refusal: Error {
        /// Goes on from the name of the tag.
        let reason: String
    }

    init(_ text: String) throws(Refusal) {
        let octets = Array(text.utf8)
        guard octets.count <= Limits.bimiLocationOctets else {
            throw Refusal(reason: "is longer than \(Limits.bimiLocationOctets) characters")
        }
        guard octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Refusal(reason: "holds characters that no address may have")
        }
        // One address only: a comma in it must be written as %2C.
        guard !octets.contains(UInt8(ascii: ",")) else {
            throw Refusal(reason: "holds a comma; only one address is allowed")
        }
        let scheme = Array("https://".utf8)
        guard octets.prefix(scheme.count).map(\.lowercased) == scheme else {
            throw Refusal(reason: "does not begin with https://")
        }
        let authority = octets[scheme.count...].prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
        }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Refusal(reason: "names a user before the host")
        }
        let host = authority.prefix { $0 != Octet.colon }
        guard let name = DomainName(utf8: host), name.labelCount > 1,
            IPAddress(String(decoding: host, as: UTF8.self)) == nil
        else { throw Refusal(reason: "names no host by its full domain name") }
        let port = authority.dropFirst(host.count + 1)
        guard port.isEmpty || port.count <= 5 && port.allSatisfy(\.isDigit) else {
            throw Refusal(reason: "has a port that is no number")
        }
        self.text = text
        self.host = name
    }

    /// The letters behind the last dot of the path, small; nil without any.
    var fileType: String? {
        let path = text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let name = path.reversed().prefix { $0 != UInt8(ascii: "/") }
        guard name.contains(UInt8(ascii: ".")) else { return nil }
        let type = name.prefix { $0 != UInt8(ascii: ".") }.reversed().map(\.lowercased)
        return String(decoding: type, as: UTF8.self)
    }
}
