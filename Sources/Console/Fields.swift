import Mustache

/// What a template is filled with: texts, flags, lists and pictures by name.
///
/// A text is always escaped by its place in a template (`{{name}}`); only a picture, which we draw
/// ourselves, is placed as it is (`{{{name}}}`).
struct Fields: ExpressibleByDictionaryLiteral, MustacheParent {
    private var values: [String: Field] = [:]

    init() {}

    init(dictionaryLiteral elements: (String, Field?)...) {
        for (name, value) in elements { values[name] = value }
    }

    subscript(name: String) -> Field? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// These fields and others; the others win.
    func adding(_ others: Fields) -> Fields {
        var sum = self
        sum.values.merge(others.values) { $1 }
        return sum
    }

    func child(named name: String) -> Any? {
        switch values[name] {
        case .text(let text): EscapableText.make(text)
        case .flag(let flag): flag
        case .fields(let fields): fields
        case .list(let list): list
        case .picture(let picture): picture.text
        case nil: nil
        }
    }
}

/// One thing that a template can show.
enum Field {
    case text(String)
    case flag(Bool)
    case fields(Fields)
    case list([Fields])
    case picture(SVG)
}

extension Field: ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { self = .text(value) }

    static func optional(_ text: String?) -> Field? { text.map { .text($0) } }
    static func number(_ value: Int64) -> Field { .text(Numbers.grouped(value)) }
    static func number(_ value: Int) -> Field { .text(Numbers.grouped(Int64(value))) }
}

/// Texts that the template engine escapes completely.
///
/// The engine compares whole characters with the five that HTML gives a meaning. A quotation mark
/// followed by a combining accent is one character to it and passes unescaped, so in such clusters
/// everything but the mark itself is replaced.
enum EscapableText {
    static func make(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for character in text {
            let scalars = character.unicodeScalars
            if scalars.count > 1, scalars.contains(where: isSpecial) {
                for scalar in scalars {
                    result.unicodeScalars.append(isSpecial(scalar) ? scalar : "\u{FFFD}")
                }
            } else {
                result.append(character)
            }
        }
        return result
    }

    static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "<", ">", "&", "\"", "'": true
        default: false
        }
    }
}

extension Field: ExpressibleByBooleanLiteral {
    init(booleanLiteral value: Bool) { self = .flag(value) }
}
