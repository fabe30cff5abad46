import FoundationEssentials

/// One spelling for each object of texts and whole numbers, so that a digest over it can be made
/// again by any program (RFC 8785: sorted names, no white space, the shortest escapes).
enum CanonicalJSON {
    enum Value: Hashable, Sendable, Decodable {
        case text(String)
        case number(Int64)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    static func render(_ fields: [String: Value]) -> String {
        // Our names are ASCII, in which order by UTF-16 and by octets is the same.
        let names = fields.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        var text = "{"
        for name in names {
            if text.utf8.count > 1 { text.append(",") }
            text += quoted(name) + ":"
            switch fields[name] {
            case .text(let value): text += quoted(value)
            case .number(let value): text += String(value)
            case nil: break
            }
        }
        return text + "}"
    }

    /// Reads an object; nil when the text is none, or holds anything but texts and whole numbers.
    static func parse(_ line: some Sequence<UInt8>) -> [String: Value]? {
        try? JSONDecoder().decode([String: Value].self, from: Data(line))
    }

    private static func quoted(_ text: String) -> String {
        var result = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result.append(contentsOf: "\\\"".unicodeScalars)
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\u{8}": result.append(contentsOf: "\\b".unicodeScalars)
            case "\u{9}": result.append(contentsOf: "\\t".unicodeScalars)
            case "\u{A}": result.append(contentsOf: "\\n".unicodeScalars)
            case "\u{C}": result.append(contentsOf: "\\f".unicodeScalars)
            case "\u{D}": result.append(contentsOf: "\\r".unicodeScalars)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.count)
                result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
            default: result.append(scalar)
            }
        }
        result.append("\"")
        return String(result)
    }
}
