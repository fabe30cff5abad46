import Identities

/// An address of the provider that may be asked: HTTPS, or HTTP on this machine.
public struct ProviderAddress: Hashable, Sendable {
    public let text: String
    let isSecure: Bool
    let host: String

    /// Nil for anything else: other schemes, names and passwords in it, fragments, white space.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Limits.address,
            bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C && $0 != 0x22 })
        else { return nil }
        let schemes = [("https://", true), ("http://", false)]
        guard let (scheme, isSecure) = schemes.first(where: { text.hasPrefix($0.0) }),
            !text.contains("#")
        else { return nil }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard let host = Self.host(String(authority)) else { return nil }
        (self.text, self.isSecure, self.host) = (text, isSecure, host)
        guard isSecure || isLoopback else { return nil }
    }

    /// Whether it leads to this machine by what it says itself.
    var isLoopback: Bool {
        if host == "localhost" { return true }
        guard let address = IPAddress(host) else { return false }
        return ["127.0.0.0/8", "::1/128"].contains { IPNetwork($0)?.contains(address) ?? false }
    }

    /// Whether a provider with this issuer may name this address as its own. Elsewhere than at its
    /// own host it names others by name, over TLS: nothing that only this machine or this network
    /// can reach answers to a name's certificate.
    func isAllowed(for issuer: ProviderAddress) -> Bool {
        if host == issuer.host { return isSecure || !issuer.isSecure }
        return isSecure && host.contains(".") && IPAddress(host) == nil && DomainName(host) != nil
            && !host.hasSuffix(".localhost")
    }

    private static func host(_ authority: String) -> String? {
        guard !authority.contains("@"), !authority.isEmpty else { return nil }
        var rest = authority[...]
        var host: Substring
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            guard IPAddress(String(host)) != nil else { return nil }
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(host.count)
            guard !host.isEmpty,
                host.utf8.allSatisfy({
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                        || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x2E
                })
            else { return nil }
        }
        if rest.first == ":" {
            guard let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
        } else if !rest.isEmpty {
            return nil
        }
        return host.lowercased()
    }
}
