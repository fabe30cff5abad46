/// One field's value on the way to its results.
struct AuthenticationResultsReader {
    private(set) var results = AuthenticationResults(authservID: "")
    private var words: FieldWords

    init(_ value: some Sequence<UInt8>) {
        words = FieldWords(value, limit: Limits.authenticationResultsOctets)
    }

    /// `i=1;` before the rest of an ARC-Authentication-Results field.
    mutating func takeInstance() -> Int? {
        _ = words.skipBlanksAndComments()
        guard words.takeKeyword() == "i" else { return nil }
        _ = words.skipBlanksAndComments()
        guard words.take(Octet.equals) else { return nil }
        _ = words.skipBlanksAndComments()
        guard let instance = words.takeNumber() else { return nil }
        _ = words.skipBlanksAndComments()
        return words.take(Octet.semicolon) ? instance : nil
    }

    mutating func read() {
        readIdentifier()
        var pieces = 0
        var hasNone = false
        while !words.isAtEnd {
            guard words.take(Octet.semicolon) || pieces == 0 else { break }
            pieces &+= 1
            _ = words.skipBlanksAndComments()
            if words.isAtEnd || words.next == Octet.semicolon {
                // Many write a last semicolon with nothing behind it.
                words.note(.emptyResult)
                continue
            }
            guard results.methods.count < Limits.authenticationResultsMethods else {
                words.note(.tooLong)
                break
            }
            readResult(&hasNone)
        }
        if hasNone, !results.methods.isEmpty { words.note(.noneBesideResults) }
        if !hasNone, results.methods.isEmpty { words.note(.missingResults) }
        if !results.methods.isEmpty { results.comment = nil }
        results.defects = words.defects
    }

    // MARK: Who wrote it

    private mutating func readIdentifier() {
        _ = words.skipBlanksAndComments()
        let start = words.index
        if !words.takeKeyword().isEmpty {
            _ = words.skipBlanksAndComments()
            if words.next == Octet.equals {
                // Some large receivers leave their name out.
                words.go(to: start)
                return words.note(.missingIdentifier)
            }
        }
        words.go(to: start)
        results.authservID = readIdentifierWord()
        _ = words.skipBlanksAndComments()
        if words.next?.isDigit == true {
            let version = words.takeNumber()
            results.version = version
            if version != 1 { words.note(.unsupportedVersion) }
            _ = words.skipBlanksAndComments()
        }
        guard words.isAtEnd || words.next == Octet.semicolon else {
            words.note(.unreadableIdentifier)
            return words.skipToSemicolon()
        }
    }

    private mutating func readIdentifierWord() -> String {
        guard words.next != UInt8(ascii: "\"") else {
            let quoted = words.takeQuoted().text
            if quoted.contains(where: Self.isControl) { words.note(.unreadableIdentifier) }
            if quoted.isEmpty { words.note(.missingIdentifier) }
            return FieldWords.text(quoted)
        }
        let word = words.octets[words.takeWord()]
        if word.isEmpty { words.note(.missingIdentifier) }
        // A slash is usual; the others would let a field mean one name to us and another to the
        // next reader.
        let isReadable = word.allSatisfy { FieldText.isToken($0) || $0 == UInt8(ascii: "/") }
        if !isReadable { words.note(.unreadableIdentifier) }
        return String(decoding: word, as: UTF8.self)
    }

    private static func isControl(_ octet: UInt8) -> Bool { octet < 0x20 || octet == 0x7F }

    // MARK: What was found

    private mutating func readResult(_ hasNone: inout Bool) {
        let method = words.takeKeyword()
        let after = words.skipBlanksAndComments()
        var version: Int?
        if words.take(UInt8(ascii: "/")) {
            _ = words.skipBlanksAndComments()
            version = words.takeNumber()
            _ = words.skipBlanksAndComments()
        }
        let isEnd = words.isAtEnd || words.next == Octet.semicolon
        if method == "none", version == nil, isEnd {
            hasNone = true
            results.comment = results.comment ?? after
            return
        }
        guard !method.isEmpty, words.take(Octet.equals) else { return passOver() }
        _ = words.skipBlanksAndComments()
        let word = words.takeKeyword()
        guard !word.isEmpty else { return passOver() }
        var result = MethodResult(method, word, version: version)
        result.comment = words.skipBlanksAndComments()
        while let next = words.next, next != Octet.semicolon {
            readProperty(&result)
        }
        results.methods.append(result)
    }

    private mutating func passOver() {
        words.note(.malformedResult)
        words.skipToSemicolon()
    }

    /// One `type.property=value` or `reason=value`. Always goes on by an octet at least.
    private mutating func readProperty(_ result: inout MethodResult) {
        let start = words.index
        let type = words.takeKeyword()
        _ = words.skipBlanksAndComments()
        guard !type.isEmpty, words.next == UInt8(ascii: ".") || words.next == Octet.equals else {
            return skipWord(from: start)
        }
        if words.take(Octet.equals) {
            let value = readValue()
            let comment = words.skipBlanksAndComments()
            guard type == "reason" else { return words.note(.propertyWithoutType) }
            result.reason = result.reason ?? value
            result.comment = result.comment ?? comment
            return
        }
        _ = words.take(UInt8(ascii: "."))
        _ = words.skipBlanksAndComments()
        let name = words.takeKeyword()
        _ = words.skipBlanksAndComments()
        guard !name.isEmpty, words.take(Octet.equals) else { return skipWord(from: start) }
        let value = readValue()
        let comment = words.skipBlanksAndComments()
        guard result.properties.count < Limits.authenticationResultsProperties else {
            return words.note(.tooLong)
        }
        result.properties.append(
            ResultProperty(PropertyName(type: type, property: name), value, comment: comment))
    }

    private mutating func skipWord(from start: Int) {
        words.note(.malformedProperty)
        words.go(to: start)
        if words.takeWord().isEmpty { words.go(to: start &+ 1) }
        _ = words.skipBlanksAndComments()
    }

    private mutating func readValue() -> String {
        let start = words.index
        _ = words.skipBlanksAndComments()
        // `smtp.mailfrom= smtp.helo=mx`: the null sender, written as nothing.
        if words.index > start, isPropertyAhead() { return "" }
        if words.next == UInt8(ascii: "\"") {
            let begin = words.index
            let quoted = words.takeQuoted().text
            if words.next != UInt8(ascii: "@") {
                if quoted.contains(where: { $0 != Octet.tab && Self.isControl($0) }) {
                    words.note(.controlCharacter)
                }
                return String(decoding: quoted, as: UTF8.self)
            }
            words.go(to: begin)
        }
        let word = words.octets[words.takeWord()]
        if word.contains(where: Self.isControl) { words.note(.controlCharacter) }
        if word.isEmpty || !FieldText.needsNoQuotes(word) { words.note(.unquotedValue) }
        return String(decoding: word, as: UTF8.self)
    }

    private func isPropertyAhead() -> Bool {
        var copy = words
        guard !copy.takeKeyword().isEmpty else { return false }
        guard copy.take(UInt8(ascii: ".")) else { return false }
        return !copy.takeKeyword().isEmpty && copy.next == Octet.equals
    }
}
