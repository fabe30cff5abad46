public import Identities

/// One name of a mail host that a policy allows, or `*.` and a domain for any one label before it
/// (RFC 8461 §4.1).
public struct MXPattern: Hashable, Sendable {
    /// The name, without `*.`.
    public let domain: DomainName
    public let isWildcard: Bool

    public init(domain: DomainName, isWildcard: Bool = false) {
        self.domain = domain
        self.isWildcard = isWildcard
    }

    /// Reads `mail.example.com` or `*.example.com`; nil for all else, a star anywhere else and a
    /// dot at the end too.
    public init?(_ text: some StringProtocol) {
        let isWildcard = text.hasPrefix("*.")
        let rest = isWildcard ? text.dropFirst(2) : text[...]
        guard !rest.hasSuffix("."), let domain = DomainName(rest) else { return nil }
        self.init(domain: domain, isWildcard: isWildcard)
    }

    /// Whether a mail host of this name is allowed. The star stands for exactly one label.
    public func matches(_ host: DomainName) -> Bool {
        isWildcard ? host.parent == domain : host == domain
    }
}

extension MXPattern: CustomStringConvertible {
    public var description: String { isWildcard ? "*.\(domain)" : domain.text }
}
