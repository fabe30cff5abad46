import Identities

/// Reads From fields of the plainest form, `Words <local@domain>`, which nearly all are: letters
/// that mean nothing else, and one address in angle brackets at the end. Whatever else a field
/// has is left to `AddressList`, which reads these fields alike.
enum PlainAuthor {
    /// The domain of the only address; nil when the field is not of this form.
    static func domain(of value: ArraySlice<UInt8>) -> DomainName? {
        value.withUnsafeBufferPointer { octets in
            var end = octets.count
            while end > 0, octets[end &- 1].isWhitespace { end &-= 1 }
            guard end > 0, octets[end &- 1] == 0x3E else { return nil }
            end &-= 1
            var start = end
            while start > 0, octets[start &- 1].isDomainOctet { start &-= 1 }
            // What ends in a letter is no address of a host.
            guard start > 0, octets[start &- 1] == 0x40, start < end, octets[end &- 1].isLetter
            else { return nil }
            let at = start &- 1
            var open = at
            while open > 0, octets[open &- 1].isLocalOctet { open &-= 1 }
            guard open > 0, open < at, octets[open &- 1] == 0x3C else { return nil }
            for index in 0..<open &- 1
            where !octets[index].isPhraseOctet { return nil }
            return DomainName(utf8: octets[start..<end])
        }
    }
}

extension UInt8 {
    /// Letters, digits, `-` and `.`.
    fileprivate var isDomainOctet: Bool {
        isLetter || isDigit || self == 0x2D || self == 0x2E
    }

    /// The same, `_`, `+` and `=`.
    fileprivate var isLocalOctet: Bool {
        isDomainOctet || self == 0x5F || self == 0x2B || self == Octet.equals
    }

    /// Blanks, line ends and visible ASCII but for what RFC 5322 §3.2.3 calls specials; dots are
    /// met in names.
    fileprivate var isPhraseOctet: Bool {
        switch self {
        case 0x22, 0x28, 0x29, 0x2C, Octet.colon, Octet.semicolon, 0x3C, 0x3E, 0x40,
            0x5B...0x5D:
            false
        default: self > Octet.space && self < 0x7F || isWhitespace
        }
    }
}
