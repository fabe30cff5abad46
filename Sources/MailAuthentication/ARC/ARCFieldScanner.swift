/// Reads the structured parts of ARC and Authentication-Results fields: blanks, comments, words and
/// quoted strings (RFC 5322 §3.2, RFC 8601 §2.2). Bounded, one pass.
struct ARCFieldScanner {
    private let octets: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ octets: ArraySlice<UInt8>) {
        self.octets = octets
        position = octets.startIndex
    }

    var isAtEnd: Bool { position >= octets.endIndex }

    var current: UInt8? { isAtEnd ? nil : octets[position] }

    /// What lies behind the position.
    var rest: ArraySlice<UInt8> { octets[position...] }

    mutating func take(_ octet: UInt8) -> Bool {
        guard current == octet else { return false }
        position += 1
        return true
    }

    /// CFWS; false for a comment that does not end or nests too deep.
    mutating func skipBlanksAndComments() -> Bool {
        while let octet = current {
            if octet.isWhitespace {
                position += 1
            } else if octet == Self.openParenthesis {
                guard skipComment() else { return false }
            } else {
                return true
            }
        }
        return true
    }

    /// A decimal number of at most `digits` digits; nil when there is none or it is longer.
    mutating func number(digits: Int) -> Int? {
        let start = position
        var value = 0
        while let octet = current, octet.isDigit {
            guard position - start < digits else { return nil }
            value = value &* 10 &+ Int(octet &- 0x30)
            position += 1
        }
        return position > start ? value : nil
    }

    /// A token or quoted string, without its quotes.
    mutating func word() -> [UInt8]? {
        if current == Self.quote {
            let start = position + 1
            guard skipQuoted() else { return nil }
            return octets[start..<position - 1].filter { $0 != Self.backslash }
        }
        let start = position
        while let octet = current, Self.isTokenOctet(octet) { position += 1 }
        return position > start ? Array(octets[start..<position]) : nil
    }

    /// Goes to the next semicolon that stands outside of quotes and comments, or to the end.
    mutating func skipToSemicolon() {
        while let octet = current, octet != Octet.semicolon {
            switch octet {
            case Self.quote: if !skipQuoted() { position = octets.endIndex }
            case Self.openParenthesis: if !skipComment() { position = octets.endIndex }
            default: position += 1
            }
        }
    }

    private mutating func skipComment() -> Bool {
        var depth = 0
        while let octet = current {
            position += 1
            switch octet {
            case Self.openParenthesis:
                depth += 1
                if depth > Limits.arcCommentDepth { return false }
            case Self.closeParenthesis:
                depth -= 1
                if depth == 0 { return true }
            case Self.backslash:
                if !isAtEnd { position += 1 }
            default: break
            }
        }
        return false
    }

    private mutating func skipQuoted() -> Bool {
        position += 1
        while let octet = current {
            position += 1
            if octet == Self.quote { return true }
            if octet == Self.backslash, !isAtEnd { position += 1 }
        }
        return false
    }

    private static let quote: UInt8 = 0x22
    private static let backslash: UInt8 = 0x5C
    private static let openParenthesis: UInt8 = 0x28
    private static let closeParenthesis: UInt8 = 0x29

    /// RFC 2045 §5.1, with UTF-8 as RFC 8601 §2.2 allows it.
    private static func isTokenOctet(_ octet: UInt8) -> Bool {
        guard octet > Octet.space, octet != 0x7F else { return false }
        switch octet {
        case quote, backslash, openParenthesis, closeParenthesis, Octet.semicolon, Octet.colon,
            Octet.equals, 0x2C, 0x2F, 0x3C, 0x3E, 0x3F, 0x40, 0x5B, 0x5D:
            return false
        default: return true
        }
    }
}
