import Identities
import TestSupport
import Testing

/// Unicode's own IDNA cases, as rust-url carries them: we ask for non-transitional ToASCII.
struct `Unicode's IDNA cases` {
    private struct Case {
        let source: String
        /// Nil when the status column names an error that counts for us.
        let ascii: String?
        /// Statuses of rules that a DNS name is not held to here.
        let statuses: String
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "\\" else {
                result.append(character)
                continue
            }
            let isBraced = rest.first == "x"
            rest.removeFirst(isBraced ? 2 : 1)
            let digits = isBraced ? rest.prefix { $0 != "}" } : rest.prefix(4)
            rest = rest.dropFirst(digits.count + (isBraced ? 1 : 0))
            if let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) {
                result.unicodeScalars.append(scalar)
            } else {
                result.unicodeScalars.append("\u{FFFD}")
            }
        }
        return result
    }

    private static func cases(_ path: String) throws -> [Case] {
        let text = String(decoding: try SharedData.bytes(try SharedData.path(path)), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let fields = line.prefix { $0 != "#" }.split(
                separator: ";", omittingEmptySubsequences: false
            ).map { field in
                field.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            }.map { Substring(String($0)) }
            guard fields.count >= 7, let first = fields.first else { return nil }
            // An empty field repeats the one before; "" is the empty text.
            func text(_ field: Substring, else other: String) -> String {
                field.isEmpty ? other : field == "\"\"" ? "" : unescaped(field)
            }
            let source = text(first, else: "")
            let unicode = text(fields[1], else: source)
            let ascii = text(fields[3], else: unicode)
            let own = fields[4].isEmpty ? fields[2] : fields[4]
            return Case(source: source, ascii: own.count > 2 ? nil : ascii, statuses: String(own))
        }
    }

    @Test func `agree, or differ in a way that is known`() throws {
        var met = 0
        var stricter: [String] = []
        var laxer: [String] = []
        var other: [String] = []
        for one in try Self.cases("conformance/unicode-rust-url/idna/tests/IdnaTestV2.txt") {
            let name = DomainName(one.source)
            var wanted = one.ascii
            if wanted?.last == "." { wanted?.removeLast() }
            if name?.text == wanted {
                met += 1
            } else if name == nil {
                stricter.append(one.source)
            } else if wanted == nil {
                laxer.append("\(one.source) \(one.statuses)")
            } else {
                other.append("\(one.source): \(wanted ?? ""), have \(name?.text ?? "")")
            }
        }
        print(
            "IdnaTestV2: \(met) agree; we refuse \(stricter.count) more; we take \(laxer.count) more; \(other.count) otherwise"
        )
        for one in laxer.prefix(30) { print("  taken:", one) }
        for one in other.prefix(30) { print("  other:", one) }
        for one in stricter.prefix(30) { print("  refused:", one) }
    }
}
