/// JSON for programs that is also harmless on a terminal.
extension JSONValue {
    /// An object of the members that have a value.
    static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    static func text(_ text: String?) -> JSONValue? { text.map { .string($0) } }

    /// On one line, without blanks.
    func render(into text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .decimal(let value): text += value.isFinite ? String(value) : "null"
        case .string(let value): Self.quote(value, into: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.render(into: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            Self.renderMembers(members, into: &text)
            text += "}"
        }
    }

    /// The members of an object without its braces.
    static func renderMembers(_ members: [Member], into text: inout String) {
        for (index, member) in members.enumerated() {
            if index > 0 { text += "," }
            quote(member.name, into: &text)
            text += ":"
            member.value.render(into: &text)
        }
    }

    /// RFC 8259 §7; everything that `SafeText` would replace is escaped, so nothing is lost.
    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        defer { text += "\"" }
        // Nearly all values are plain ASCII.
        if value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
            text += value
            return
        }
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default:
                guard SafeText.isHarmful(scalar) else {
                    text.unicodeScalars.append(scalar)
                    continue
                }
                for unit in UTF16.encode(scalar) ?? .init() {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
    }
}
