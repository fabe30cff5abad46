/// One mailbox of an address field (RFC 5322 §3.4).
public struct Address: Hashable, Sendable {
    /// The display name, encoded words decoded; the comment, where there is nothing else.
    public var displayName: String?
    /// The part before the last `@`, without quotes.
    public var localPart: String
    /// The part after the last `@`, as written; empty when there is no `@`.
    public var domain: String

    public init(displayName: String? = nil, localPart: String, domain: String) {
        self.displayName = displayName
        self.localPart = localPart
        self.domain = domain
    }

    /// `local@domain`, quotes put where RFC 5322 §3.4.1 needs them.
    public var spec: String {
        let local = needsQuotes ? "\"\(escapedLocalPart)\"" : localPart
        return domain.isEmpty ? local : local + "@" + domain
    }

    private var needsQuotes: Bool {
        guard !domain.isEmpty else { return false }
        let octets = localPart.utf8
        if octets.isEmpty { return true }
        return octets.contains {
            $0 != Octet.dot && $0 != Octet.slash && $0 != Octet.question && $0 != Octet.equals
                && !$0.isTokenCharacter
        }
    }

    private var escapedLocalPart: String {
        var text = ""
        for scalar in localPart.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
