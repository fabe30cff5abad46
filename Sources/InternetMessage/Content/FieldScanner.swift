/// Reads a structured field from left to right (RFC 5322 §3.2, RFC 2045 §5.1). Never goes back over
/// what it has passed, so that the work is linear.
struct FieldScanner {
    let bytes: [UInt8]
    var position = 0
    /// Set when a comment was found to have no end: further parentheses are plain characters.
    private var hasOpenComment = false
    /// Set when a quoted string was found to have no end: no further end is looked for.
    private var hasOpenQuote = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }
    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func isAt(_ octet: UInt8) -> Bool { current == octet }

    mutating func skip(_ octet: UInt8) -> Bool {
        guard current == octet else { return false }
        position &+= 1
        return true
    }

    mutating func skipBlanks() {
        while let octet = current, octet.isWhitespace { position &+= 1 }
    }

    mutating func skipBlanksAndComments() {
        while true {
            skipBlanks()
            guard isAt(Octet.openParenthesis), comment() != nil else { return }
        }
    }

    /// The comment that begins here, without its outer parentheses; nil when it has no end.
    mutating func comment() -> [UInt8]? {
        guard !hasOpenComment else { return nil }
        var text: [UInt8] = []
        var depth = 0
        var index = position
        while index < bytes.count {
            let octet = bytes[index]
            index &+= 1
            switch octet {
            case Octet.backslash where index < bytes.count:
                text.append(bytes[index])
                index &+= 1
            case Octet.openParenthesis:
                if depth > 0 { text.append(octet) }
                depth &+= 1
            case Octet.closeParenthesis:
                depth &-= 1
                if depth == 0 {
                    position = index
                    return text
                }
                text.append(octet)
            default: text.append(octet)
            }
        }
        hasOpenComment = true
        return nil
    }

    /// The text of the quoted string that begins here, and whether it had an end.
    /// Without an end it is cut before `stop`.
    mutating func quotedString(stop: UInt8) -> (text: [UInt8], isClosed: Bool) {
        let start = position &+ 1
        var text: [UInt8] = []
        var index = start
        while !hasOpenQuote, index < bytes.count {
            let octet = bytes[index]
            index &+= 1
            if octet == Octet.quote {
                position = index
                return (text, true)
            }
            if octet == Octet.backslash, index < bytes.count {
                text.append(bytes[index])
                index &+= 1
            } else {
                text.append(octet)
            }
        }
        hasOpenQuote = true
        let end = bytes.position(of: stop, from: start, to: bytes.count) ?? bytes.count
        position = end
        return ([UInt8](bytes[start..<end]), false)
    }

    /// The longest run of token characters (RFC 2045 §5.1) from here.
    mutating func token() -> ArraySlice<UInt8> {
        let start = position
        while let octet = current, octet.isTokenCharacter { position &+= 1 }
        return bytes[start..<position]
    }

    /// Everything up to `stop` or the end.
    mutating func rest(until stop: UInt8) -> ArraySlice<UInt8> {
        let start = position
        position = bytes.position(of: stop, from: start, to: bytes.count) ?? bytes.count
        return bytes[start..<position]
    }

    /// Passes over what stands between a type and its first parameter.
    mutating func skipToParameter(defects: inout Set<Defect.Code>) {
        skipBlanksAndComments()
        if isAtEnd || isAt(Octet.semicolon) { return }
        defects.insert(.malformedParameter)
        // `text/plain charset=x`: a word and an equals sign begin a parameter all the same.
        let start = position
        if !token().isEmpty, isAt(Octet.equals) {
            position = start
            return
        }
        _ = rest(until: Octet.semicolon)
    }
}

extension UInt8 {
    /// RFC 2045 §5.1, and octets above ASCII.
    var isTokenCharacter: Bool {
        guard self > Octet.space, self != 0x7F else { return false }
        switch self {
        case Octet.openParenthesis, Octet.closeParenthesis, Octet.less, Octet.greater, Octet.at,
            Octet.comma, Octet.semicolon, Octet.colon, Octet.backslash, Octet.quote, Octet.slash,
            Octet.openBracket, Octet.closeBracket, Octet.question, Octet.equals:
            return false
        default: return true
        }
    }
}
