/// The fields of one header section and where the body behind it begins.
struct HeaderSection {
    var fields: [HeaderField]
    /// From the first field to the end of the last line that belongs to the section.
    var range: Range<Int>
    var bodyStart: Int
}

/// What one line of a header section is.
private enum HeaderLine {
    case empty
    case continuation(isBlank: Bool)
    case field(nameEnd: Int, colon: Int)
    case malformed
}

/// The header section (RFC 5322 §2.2, RFC 2045 §3).
extension EntityParser {
    /// Reads fields from `start` until the empty line, a boundary line, or a line that can only be
    /// the beginning of the body.
    mutating func parseHeaderSection(from start: Int, isMessage: Bool) -> HeaderSection {
        var reading = HeaderReading()
        var position = skipMboxLine(at: start, isMessage: isMessage)
        let sectionStart = position
        while position < source.count {
            if delimiter(at: position) != nil {
                note(.headerWithoutEnd, at: position)
                return section(&reading, from: sectionStart, to: position, bodyStart: position)
            }
            let (end, next) = lineBounds(from: position)
            switch classify(from: position, to: end) {
            case .empty:
                return section(&reading, from: sectionStart, to: position, bodyStart: next)
            case .continuation(let isBlank):
                if reading.isIdle {
                    note(.continuationWithoutField, at: position)
                    if isBlank {
                        return section(&reading, from: sectionStart, to: position, bodyStart: next)
                    }
                } else {
                    if isBlank { note(.blankContinuationLine, at: position) }
                    reading.valueEnd = end
                }
            case .field(let nameEnd, let colon):
                keep(&reading)
                if nameEnd < colon { note(.spaceBeforeColon, at: nameEnd) }
                reading.begin(name: position..<nameEnd, valueStart: colon &+ 1, end: end)
            case .malformed:
                guard isFollowedByHeader(next, hasFields: !reading.isIdle) else {
                    note(.missingHeaderSeparator, at: position)
                    return section(&reading, from: sectionStart, to: position, bodyStart: position)
                }
                note(.malformedHeaderLine, at: position)
            }
            position = next
        }
        note(.headerWithoutEnd, at: position)
        return section(&reading, from: sectionStart, to: position, bodyStart: position)
    }

    private mutating func section(
        _ reading: inout HeaderReading, from start: Int, to end: Int, bodyStart: Int
    ) -> HeaderSection {
        keep(&reading)
        return HeaderSection(
            fields: reading.fields, range: start..<max(start, end), bodyStart: bodyStart)
    }

    /// Puts the field that was being read among the kept ones, as far as the budget goes.
    private mutating func keep(_ reading: inout HeaderReading) {
        guard let field = reading.take(from: source) else { return }
        let start = field.nameRange.lowerBound
        guard budget.charge(\.headerFields) else {
            note(.tooManyHeaderFields, at: start)
            return
        }
        guard budget.charge(\.headerBytes, field.valueRange.upperBound &- start) else {
            note(.tooManyHeaderBytes, at: start)
            return
        }
        if !source.isASCII(in: field.nameRange) { note(.nonASCIIFieldName, at: start) }
        if !source.isASCII(in: field.valueRange) { note(.nonASCIIFieldValue, at: start) }
        let bit = SingleField.bit(of: field)
        if reading.seen & bit != 0 { note(.duplicateField, at: start) }
        reading.seen |= bit
        reading.fields.append(field)
    }

    /// The end of the content of a line, and the start of the next one.
    private func lineBounds(from start: Int) -> (end: Int, next: Int) {
        guard let found = source.position(of: lineEnd, from: start, to: source.count) else {
            return (source.count, source.count)
        }
        if lineEnd == Octet.lineFeed, found > start, source[found &- 1] == Octet.carriageReturn {
            return (found &- 1, found &+ 1)
        }
        return (found, found &+ 1)
    }

    private func classify(from start: Int, to end: Int) -> HeaderLine {
        guard start < end else { return .empty }
        if source[start].isBlank {
            return .continuation(isBlank: source[start..<end].allSatisfy(\.isWhitespace))
        }
        var nameEnd = start
        while nameEnd < end, source[nameEnd] > Octet.space, source[nameEnd] != Octet.colon,
            source[nameEnd] != 0x7F
        {
            nameEnd &+= 1
        }
        var colon = nameEnd
        while colon < end, source[colon].isBlank { colon &+= 1 }
        guard nameEnd > start, colon < end, source[colon] == Octet.colon else { return .malformed }
        return .field(nameEnd: nameEnd, colon: colon)
    }

    /// Whether a line without a field name is rubbish between fields, rather than the body.
    private func isFollowedByHeader(_ next: Int, hasFields: Bool) -> Bool {
        guard next < source.count else { return false }
        switch classify(from: next, to: lineBounds(from: next).end) {
        case .field: return true
        case .continuation(let isBlank): return hasFields && !isBlank
        case .empty, .malformed: return false
        }
    }

    func looksLikeField(at start: Int) -> Bool {
        guard start < source.count else { return false }
        if case .field = classify(from: start, to: lineBounds(from: start).end) { return true }
        return false
    }

    /// Passes over the separator line that an mbox file puts before a message.
    private mutating func skipMboxLine(at start: Int, isMessage: Bool) -> Int {
        guard isMessage,
            source.hasPrefix("From ", at: start, to: source.count)
                || source.hasPrefix(">From ", at: start, to: source.count)
        else { return start }
        let (end, next) = lineBounds(from: start)
        if case .field = classify(from: start, to: end) { return start }
        note(.mboxFromLine, at: start)
        return next
    }
}

/// The header section as far as it has been read.
private struct HeaderReading {
    var fields: [HeaderField] = []
    var seen: UInt32 = 0
    var valueEnd = 0
    private var name: Range<Int>?
    private var valueStart = 0
    private var hasBegun = false

    /// Whether no field has been met yet.
    var isIdle: Bool { !hasBegun }

    mutating func begin(name: Range<Int>, valueStart: Int, end: Int) {
        self.name = name
        self.valueStart = valueStart
        valueEnd = end
        hasBegun = true
    }

    mutating func take(from source: [UInt8]) -> HeaderField? {
        guard let name else { return nil }
        self.name = nil
        return HeaderField(
            source: source, nameRange: name, valueRange: valueStart..<max(valueStart, valueEnd))
    }
}

/// The fields of which a header section may hold one only (RFC 5322 §3.6, RFC 2045 §3): a second
/// one is read by some and not by others.
private enum SingleField {
    private static let names: [StaticString] = [
        "date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to",
        "references", "subject", "mime-version", "content-type", "content-transfer-encoding",
        "content-disposition", "content-id",
    ]

    /// One bit for each name; zero for other fields.
    static func bit(of field: HeaderField) -> UInt32 {
        let range = field.nameRange
        for (index, name) in names.enumerated()
        where name.utf8CodeUnitCount == range.count
            && field.source.hasPrefix(name, at: range.lowerBound, to: range.upperBound)
        {
            return 1 << UInt32(index)
        }
        return 0
    }
}
