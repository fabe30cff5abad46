/// Reads the parameters of `Content-Type` and `Content-Disposition`: RFC 2045 §5.1, RFC 2231, and
/// the forms that mailers write instead.
enum ParameterParser {
    /// One parameter as it stands in the field.
    private struct Section {
        var index: Int
        var isExtended: Bool
        var value: [UInt8]
    }

    /// What was found under one name.
    private struct Family {
        var plain: [UInt8]?
        var extended: [UInt8]?
        var sections: [Section] = []
    }

    static func parse(
        _ scanner: inout FieldScanner, limit: Int, defects: inout Set<Defect.Code>
    ) -> [Parameter] {
        var families: [String: Family] = [:]
        var order: [String] = []
        var count = 0
        while !scanner.isAtEnd {
            scanner.skipBlanksAndComments()
            if scanner.skip(Octet.semicolon) { continue }
            guard !scanner.isAtEnd else { break }
            guard let (name, value) = next(&scanner, defects: &defects) else { continue }
            count += 1
            guard count <= limit else {
                defects.insert(.tooManyParameters)
                break
            }
            let (base, index, isExtended) = split(name)
            if families[base] == nil { order.append(base) }
            file(
                Section(index: index ?? -1, isExtended: isExtended, value: value),
                in: &families[base, default: Family()], defects: &defects)
        }
        return order.compactMap { name in
            families[name].flatMap { join($0, name: name, defects: &defects) }
        }
    }

    /// The next name and value; nil when there is none before the next semicolon.
    private static func next(
        _ scanner: inout FieldScanner, defects: inout Set<Defect.Code>
    ) -> (name: ArraySlice<UInt8>, value: [UInt8])? {
        let name = scanner.token()
        scanner.skipBlanksAndComments()
        guard !name.isEmpty, scanner.skip(Octet.equals) else {
            defects.insert(.malformedParameter)
            // A stray character must be passed, or nothing would be.
            let start = scanner.position
            if !name.isEmpty, scanner.current?.isTokenCharacter == true { return nil }
            if scanner.rest(until: Octet.semicolon).isEmpty, scanner.position == start {
                scanner.position &+= 1
            }
            return nil
        }
        scanner.skipBlanksAndComments()
        return (name, value(&scanner, defects: &defects))
    }

    private static func value(
        _ scanner: inout FieldScanner, defects: inout Set<Defect.Code>
    ) -> [UInt8] {
        if scanner.isAt(Octet.quote) {
            let (text, isClosed) = scanner.quotedString(stop: Octet.semicolon)
            if !isClosed { defects.insert(.unclosedQuote) }
            return isClosed ? text : [UInt8](text.trimmed)
        }
        let start = scanner.position
        _ = scanner.token()
        let tokenEnd = scanner.position
        scanner.skipBlanksAndComments()
        if scanner.isAtEnd || scanner.isAt(Octet.semicolon) {
            return [UInt8](scanner.bytes[start..<tokenEnd])
        }
        // Not a token: `name=a b.pdf`, `boundary=a/b=c`, or a forgotten semicolon.
        let resume = scanner.position
        if resume > tokenEnd, tokenEnd > start, !scanner.token().isEmpty,
            scanner.isAt(Octet.equals)
        {
            scanner.position = resume
            defects.insert(.malformedParameter)
            return [UInt8](scanner.bytes[start..<tokenEnd])
        }
        scanner.position = tokenEnd
        _ = scanner.rest(until: Octet.semicolon)
        defects.insert(.unquotedParameter)
        var end = scanner.position
        while end > start, scanner.bytes[end &- 1].isWhitespace { end &-= 1 }
        return [UInt8](scanner.bytes[start..<end])
    }

    /// Takes `name*2*` apart (RFC 2231 §3 and §4).
    private static func split(
        _ name: ArraySlice<UInt8>
    ) -> (base: String, index: Int?, isExtended: Bool) {
        var rest = name
        var isExtended = false
        if rest.count > 1, rest.last == Octet.asterisk {
            isExtended = true
            rest.removeLast()
        }
        if let star = rest.lastIndex(of: Octet.asterisk), star > rest.startIndex {
            let digits = rest[(star &+ 1)...]
            if !digits.isEmpty, digits.count <= 4, digits.allSatisfy(\.isDigit) {
                let index = digits.reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }
                return (rest[..<star].lowercasedText, index, isExtended)
            }
        }
        return (rest.lowercasedText, nil, isExtended)
    }

    private static func file(
        _ section: Section, in family: inout Family, defects: inout Set<Defect.Code>
    ) {
        if section.index >= 0 {
            family.sections.append(section)
        } else if section.isExtended {
            if family.extended != nil { defects.insert(.duplicateParameter) }
            family.extended = family.extended ?? section.value
        } else {
            if family.plain != nil { defects.insert(.duplicateParameter) }
            family.plain = family.plain ?? section.value
        }
    }

    /// One value out of what was found: extended, else in sections, else plain.
    private static func join(
        _ family: Family, name: String, defects: inout Set<Defect.Code>
    ) -> Parameter? {
        let forms = [family.plain != nil, family.extended != nil, !family.sections.isEmpty]
        if forms.count(where: { $0 }) > 1 { defects.insert(.conflictingParameter) }
        if let extended = family.extended {
            let (charset, value) = unlabel(extended)
            return parameter(name, percentDecoded(value), charset: charset, defects: &defects)
        }
        guard !family.sections.isEmpty else {
            return family.plain.map { parameter(name, $0, charset: nil, defects: &defects) }
        }
        var charset: String?
        var whole: [UInt8] = []
        var wanted = 0
        let sections = family.sections.enumerated()
            .sorted { ($0.element.index, $0.offset) < ($1.element.index, $1.offset) }
        for (position, (_, section)) in sections.enumerated() {
            if position > 0, section.index < wanted {
                defects.insert(.duplicateParameter)
                continue
            }
            // Some number from one; a gap further on is evidence but no reason to lose the rest.
            if section.index != wanted { defects.insert(.missingParameterSection) }
            wanted = section.index &+ 1
            guard section.isExtended else {
                whole += section.value
                continue
            }
            var value = section.value[...]
            if whole.isEmpty, charset == nil { (charset, value) = unlabel(section.value) }
            whole += percentDecoded(value)
        }
        return parameter(name, whole, charset: charset, defects: &defects)
    }

    private static func parameter(
        _ name: String, _ raw: [UInt8], charset: String?, defects: inout Set<Defect.Code>
    ) -> Parameter {
        let text =
            charset.map { Charset.decode(raw, label: $0) } ?? Charset.decodeUnlabelled(raw)
        defects.formUnion(text.defects)
        return Parameter(name: name, value: text.text, rawValue: raw)
    }

    /// Takes `charset'language'` off the front.
    private static func unlabel(_ value: [UInt8]) -> (charset: String?, value: ArraySlice<UInt8>) {
        guard let first = value.firstIndex(of: Octet.apostrophe),
            let second = value[(first &+ 1)...].firstIndex(of: Octet.apostrophe)
        else { return (nil, value[...]) }
        let charset = first > 0 ? String(decoding: value[..<first], as: UTF8.self) : nil
        return (charset, value[(second &+ 1)...])
    }

    private static func percentDecoded(_ value: some Collection<UInt8>) -> [UInt8] {
        let value = [UInt8](value)
        guard value.contains(Octet.percent) else { return value }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            if value[index] == Octet.percent, index &+ 2 < value.count,
                let high = value[index &+ 1].hexValue, let low = value[index &+ 2].hexValue
            {
                decoded.append(high &<< 4 | low)
                index &+= 3
            } else {
                decoded.append(value[index])
                index &+= 1
            }
        }
        return decoded
    }
}
