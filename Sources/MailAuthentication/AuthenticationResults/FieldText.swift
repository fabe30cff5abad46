internal import Identities

/// Writes words of a structured header field so that nothing in them can end the field, and folds
/// the whole.
struct FieldText {
    private(set) var text = ""
    /// Whether the message may carry UTF-8 in its header (RFC 8616 §5, RFC 6532).
    let isInternationalised: Bool

    init(isInternationalised: Bool) {
        self.isInternationalised = isInternationalised
    }

    mutating func append(_ plain: String) { text += plain }

    /// A value as it stands where the grammar lets it, else in quotation marks.
    mutating func append(value: String) {
        let safe = cleaned(addressing: value)
        append(safe, isQuoted: !Self.needsNoQuotes(Array(safe.utf8)[...]))
    }

    /// The name of who authenticated; an address cannot stand there without quotation marks.
    mutating func append(identifier: String) {
        let safe = cleaned(addressing: identifier)
        append(safe, isQuoted: safe.isEmpty || !safe.utf8.allSatisfy(Self.isToken))
    }

    mutating func append(reason: String) {
        append(cleaned(reason), isQuoted: true)
    }

    private mutating func append(_ safe: String, isQuoted: Bool) {
        guard isQuoted else {
            text += safe
            return
        }
        text += "\""
        appendEscaping(safe) { $0 == "\"" || $0 == "\\" }
        text += "\""
    }

    /// A comment with its brackets.
    mutating func append(comment: String) {
        text += "("
        appendEscaping(cleaned(comment)) { $0 == "(" || $0 == ")" || $0 == "\\" }
        text += ")"
    }

    private mutating func appendEscaping(
        _ words: String, _ isSpecial: (Unicode.Scalar) -> Bool
    ) {
        guard words.unicodeScalars.contains(where: isSpecial) else {
            text += words
            return
        }
        for scalar in words.unicodeScalars {
            if isSpecial(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
    }

    /// A domain, alone or behind an at sign, has an ASCII form; use it where only ASCII may stand.
    private func cleaned(addressing value: String) -> String {
        guard !isInternationalised, !value.utf8.allSatisfy({ $0 < 0x80 }) else {
            return cleaned(value)
        }
        let at = value.lastIndex(of: "@")
        let domain = at.map { value[value.index(after: $0)...] } ?? value[...]
        guard let name = DomainName(domain) else { return cleaned(value) }
        return cleaned((at.map { String(value[...$0]) } ?? "") + name.text)
    }

    /// Without control characters, and without what the message may not carry.
    private func cleaned(_ text: String) -> String {
        // Nearly every word is short and plain.
        if text.utf8.count <= Limits.authenticationResultsText,
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        {
            return text
        }
        var safe = ""
        for scalar in text.unicodeScalars.prefix(Limits.authenticationResultsText) {
            switch scalar.value {
            case 0x20...0x7E: safe.unicodeScalars.append(scalar)
            case 0x09, 0x0A, 0x0D: safe += " "
            case 0xA0... where isInternationalised: safe.unicodeScalars.append(scalar)
            default: safe += Self.replacement(scalar)
            }
        }
        return safe
    }

    /// Typographic signs of our own sentences have their ASCII forms.
    private static func replacement(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\u{2018}", "\u{2019}": "'"
        case "\u{201C}", "\u{201D}": "\""
        case "\u{2013}", "\u{2014}": "-"
        case "\u{2026}": "..."
        default: "?"
        }
    }

    // MARK: What may stand without quotation marks

    /// A letter of a token (RFC 2045 §5.1), or of UTF-8 (RFC 8616 §5).
    static func isToken(_ octet: UInt8) -> Bool {
        guard octet > 0x20, octet != 0x7F else { return false }
        switch octet {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"),
            UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
            return false
        default: return true
        }
    }

    /// A token, or an address of which the local part may be missing: `[[local-part] "@"] domain`.
    static func needsNoQuotes(_ word: ArraySlice<UInt8>) -> Bool {
        guard !word.isEmpty else { return false }
        guard let at = word.lastIndex(of: UInt8(ascii: "@")) else {
            return word.allSatisfy(isToken)
        }
        let local = word[..<at]
        let domain = word[(at &+ 1)...]
        guard !domain.isEmpty, domain.first != UInt8(ascii: "."),
            domain.allSatisfy({ FieldWords.isKeyword($0) || $0 == UInt8(ascii: ".") || $0 >= 0x80 })
        else { return false }
        if local.first == UInt8(ascii: "\"") { return isQuotedString(local) }
        return local.allSatisfy(isLocal)
    }

    /// A letter of a dot-atom (RFC 5322 §3.2.3).
    private static func isLocal(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"): true
        default: isToken(octet)
        }
    }

    private static func isQuotedString(_ octets: ArraySlice<UInt8>) -> Bool {
        guard octets.count >= 2, octets.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for octet in octets.dropFirst().dropLast() {
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                isEscaped = true
            } else if octet == UInt8(ascii: "\"") || octet < 0x20 || octet == 0x7F {
                return false
            }
        }
        return !isEscaped
    }

    // MARK: Folding

    /// Breaks a text into lines of 78 characters where it has single blanks (RFC 5322 §2.2.3); a
    /// line that begins a result begins at a semicolon's blank when one is near.
    static func folded(_ text: String, limit: Int = 78) -> String {
        var output: [UInt8] = []
        let octets = Array(text.utf8)
        output.reserveCapacity(octets.count &+ octets.count / 16)
        var lineStart = 0
        while octets.count &- lineStart > limit {
            guard let fold = fold(octets, from: lineStart, limit: limit) else { break }
            output += octets[lineStart..<fold]
            output += [Octet.carriageReturn, Octet.lineFeed]
            lineStart = fold
        }
        output += octets[lineStart...]
        return String(decoding: output, as: UTF8.self)
    }

    /// The blank at which the line should end: the last that keeps it short enough, else the first.
    private static func fold(_ octets: [UInt8], from start: Int, limit: Int) -> Int? {
        var place: Int?
        var index = start &+ 1
        while index < octets.count &- 1 {
            let isBlank =
                octets[index] == Octet.space && octets[index &- 1] != Octet.space
                && octets[index &+ 1] != Octet.space
            if isBlank {
                if index &- start > limit { return place ?? index }
                place = index
            }
            index &+= 1
        }
        // The rest has no other blank.
        return place
    }
}
