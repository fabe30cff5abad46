import InternetMessage
public import MailAuthentication

/// A mark that is put before the subjects of mail from outside, such as `[External]`.
///
/// It stands there once: subjects that have it already, also behind `Re:` or `AW:` however often,
/// stay as they are. The subject itself is not written anew; the mark is put in before its octets.
public struct SubjectTag: Hashable, Sendable {
    public let text: String

    /// Nil for a text that is empty, longer than `Limits.subjectTagOctets`, has control characters
    /// or blanks around it, or looks like an encoded word.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Limits.subjectTagOctets, !text.contains("=?"),
            text.first?.isWhitespace == false, text.last?.isWhitespace == false,
            text.unicodeScalars.allSatisfy({ !Self.isControl($0) })
        else { return nil }
        self.text = text
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    /// The whole field for a message that has no Subject, with its line end.
    public var field: [UInt8] {
        Array("Subject: ".utf8) + word(isBeforeWord: false) + [0x0D, 0x0A]
    }

    /// Where the Subject fields of a message get the mark; empty where each has it, or there is
    /// none.
    public func edits(in message: RawMessage) -> [ContentEdit] {
        message.fields.filter { $0.isNamed("Subject") }.compactMap(edit)
    }

    private func edit(_ field: RawField) -> ContentEdit? {
        let value = field.valueOctets
        let line = Array(field.unfolded.utf8.prefix(Limits.subjectReadOctets))
        guard !isTagged(EncodedWord.decode(line).text) else { return nil }
        // RFC 2047 §6.2: a blank between two encoded words is not shown.
        let word = word(isBeforeWord: line.starts(with: [0x3D, 0x3F]))
        let firstLine = value.prefix { $0 != 0x0D && $0 != 0x0A }
        let startsBlank = value.first.map { $0 == 0x20 || $0 == 0x09 } ?? false
        let isOnFirstLine = firstLine.contains { $0 != 0x20 && $0 != 0x09 }
        var octets = [0x20] + word
        // RFC 5322 §2.1.1: what would not fit the line any more goes on the next.
        if isOnFirstLine, 8 + octets.count + firstLine.count > 78 { octets += [0x0D, 0x0A] }
        if isOnFirstLine, !startsBlank { octets.append(0x20) }
        return ContentEdit(insert: octets, at: field.valueStart)
    }

    /// The mark as a header carries it; beyond ASCII it is an encoded word.
    private func word(isBeforeWord: Bool) -> [UInt8] {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return Array(text.utf8) }
        let shown = Array((isBeforeWord ? text + " " : text).utf8)
        return Array("=?utf-8?B?".utf8) + TransferText.base64(shown) + Array("?=".utf8)
    }

    // MARK: Subjects that have it

    /// Whether a subject begins with the mark, or has it behind replies' and lists' words.
    func isTagged(_ subject: String) -> Bool {
        var rest = subject.drop(while: \.isWhitespace)
        for _ in 0..<Limits.subjectLeads {
            if rest.hasPrefix(text) { return true }
            guard let behind = Self.behindLead(rest) else { return false }
            rest = behind
        }
        return false
    }

    /// What follows `Re:`, `AW:`, `Fwd [2]:`, `回复：` or `[a list]`; nil for any other beginning.
    private static func behindLead(_ subject: Substring) -> Substring? {
        if subject.first == "[" {
            guard let end = subject.prefix(64).firstIndex(of: "]") else { return nil }
            return subject[subject.index(after: end)...].drop(while: \.isWhitespace)
        }
        let word = subject.prefix(9).prefix(while: \.isLetter)
        guard (1...8).contains(word.count) else { return nil }
        var rest = subject[word.endIndex...].drop { $0 == " " }
        if let open = rest.first, open == "[" || open == "(" {
            let digits = rest.dropFirst().prefix(4).prefix(while: \.isNumber)
            guard !digits.isEmpty, let close = rest[digits.endIndex...].first,
                close == "]" || close == ")"
            else { return nil }
            rest = rest[digits.endIndex...].dropFirst().drop { $0 == " " }
        }
        guard let colon = rest.first, colon == ":" || colon == "：" else { return nil }
        return rest.dropFirst().drop(while: \.isWhitespace)
    }
}
