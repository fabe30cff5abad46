/// What a client may call itself in HELO and EHLO (RFC 5321 §4.1.1.1): letters, digits and the few
/// signs of names and address literals. Whether the name means anything is for a policy to judge.
enum HelloName {
    /// The name as text; nil when it could not be one. RFC 6531 §3.7.1: never beyond ASCII.
    static func parse(_ octets: ArraySlice<UInt8>) -> String? {
        guard (1...Limits.helloOctets).contains(octets.count) else { return nil }
        let isLiteral = octets.first == Octets.leftBracket
        let inner = isLiteral ? octets.dropFirst().dropLast() : octets
        guard !inner.isEmpty, !isLiteral || octets.last == Octets.rightBracket,
            inner.allSatisfy(isAllowed)
        else { return nil }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func isAllowed(_ octet: UInt8) -> Bool {
        switch octet {
        case Octets.dot, Octets.colon, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: Octets.isAlphanumeric(octet)
        }
    }
}
