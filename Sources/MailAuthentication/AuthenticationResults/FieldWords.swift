/// The words of a structured header field, one behind the other: blanks, comments, quoted strings
/// and what stands between (RFC 5322 §3.2).
struct FieldWords {
    let octets: [UInt8]
    private(set) var index = 0
    private(set) var defects: [AuthenticationResults.Defect] = []

    init(_ octets: some Sequence<UInt8>, limit: Int) {
        var octets = Array(octets.prefix(limit &+ 1))
        if octets.count > limit {
            octets.removeLast()
            defects.append(.tooLong)
        }
        self.octets = octets
    }

    var isAtEnd: Bool { index >= octets.count }

    /// The octet that comes next.
    var next: UInt8? { index < octets.count ? octets[index] : nil }

    mutating func note(_ defect: AuthenticationResults.Defect) {
        if !defects.contains(defect) { defects.append(defect) }
    }

    mutating func go(to place: Int) { index = min(max(place, 0), octets.count) }

    /// Takes the octet when it is the one that comes next.
    mutating func take(_ octet: UInt8) -> Bool {
        guard next == octet else { return false }
        index &+= 1
        return true
    }

    /// Passes over blanks and comments; the text of the comments, if there are any.
    mutating func skipBlanksAndComments() -> String? {
        var comments: [String] = []
        while let octet = next {
            if octet.isWhitespace {
                index &+= 1
            } else if octet == UInt8(ascii: "(") {
                let comment = takeComment()
                if !comment.isEmpty { comments.append(comment) }
            } else {
                break
            }
        }
        return comments.isEmpty ? nil : comments.joined(separator: " ")
    }

    /// Comments lie inside one another; the inner brackets belong to the text.
    private mutating func takeComment() -> String {
        var text: [UInt8] = []
        var depth = 0
        while let octet = next {
            index &+= 1
            switch octet {
            case UInt8(ascii: "("):
                depth &+= 1
                if depth == 1 { continue }
            case UInt8(ascii: ")"):
                depth &-= 1
                if depth == 0 { return Self.text(text) }
            case UInt8(ascii: "\\"):
                guard let escaped = next else { break }
                index &+= 1
                text.append(escaped)
                continue
            default: break
            }
            text.append(octet)
        }
        note(.unterminatedComment)
        return Self.text(text)
    }

    /// Takes a quoted string: its text without the marks and escapes, and where it stands.
    mutating func takeQuoted() -> (text: [UInt8], range: Range<Int>) {
        let start = index
        var text: [UInt8] = []
        index &+= 1
        while let octet = next {
            index &+= 1
            switch octet {
            case UInt8(ascii: "\""): return (text, start..<index)
            case UInt8(ascii: "\\"):
                if let escaped = next {
                    index &+= 1
                    text.append(escaped)
                }
            // A fold; the blank behind it counts (RFC 5322 §3.2.4).
            case Octet.carriageReturn, Octet.lineFeed: continue
            default: text.append(octet)
            }
        }
        note(.unterminatedQuote)
        return (text, start..<index)
    }

    /// Takes letters, digits, hyphens and underscores, in lower case; empty when none come.
    mutating func takeKeyword() -> String {
        let start = index
        while let octet = next, Self.isKeyword(octet) { index &+= 1 }
        return String(decoding: octets[start..<index].lazy.map(\.lowercased), as: UTF8.self)
    }

    static func isKeyword(_ octet: UInt8) -> Bool {
        octet.isLetter || octet.isDigit || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_")
    }

    /// Takes digits; nil when none come. A number that is too large counts as the largest.
    mutating func takeNumber() -> Int? {
        var number: Int?
        while let octet = next, octet.isDigit {
            index &+= 1
            let (product, isOver) = (number ?? 0).multipliedReportingOverflow(by: 10)
            number =
                isOver || product > Int(Int32.max) ? Int(Int32.max) : product &+ Int(octet &- 0x30)
        }
        return number
    }

    /// Takes what stands up to a blank, a comment or a semicolon; quoted strings on the way are
    /// taken whole, so that what is in them ends nothing.
    mutating func takeWord() -> Range<Int> {
        let start = index
        while let octet = next {
            switch octet {
            case Octet.semicolon, UInt8(ascii: "("): return start..<index
            case UInt8(ascii: "\""): _ = takeQuoted()
            case _ where octet.isWhitespace: return start..<index
            default: index &+= 1
            }
        }
        return start..<index
    }

    /// Goes to the next semicolon outside comments and quoted strings, or to the end.
    mutating func skipToSemicolon() {
        while let octet = next, octet != Octet.semicolon {
            _ = skipBlanksAndComments()
            if takeWord().isEmpty, let stuck = next, stuck != Octet.semicolon,
                stuck != UInt8(ascii: "("), !stuck.isWhitespace
            {
                index &+= 1
            }
        }
    }

    /// Trimmed text: folds become the blanks they are.
    static func text(_ octets: [UInt8]) -> String {
        let kept = octets.filter { $0 != Octet.carriageReturn && $0 != Octet.lineFeed }
        guard let first = kept.firstIndex(where: { !$0.isBlank }),
            let last = kept.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(decoding: kept[first...last], as: UTF8.self)
    }
}
