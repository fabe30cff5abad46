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
        var asciiTaken = 0
        var refused: [String] = []
        var taken: [String: Int] = [:]
        var other: [String] = []
        for one in try Self.cases("conformance/unicode-rust-url/idna/tests/IdnaTestV2.txt") {
            let name = DomainName(one.source)
            var wanted = one.ascii
            if wanted?.last == "." { wanted?.removeLast() }
            if name?.text == wanted {
                met += 1
            } else if name == nil {
                refused.append(one.source)
            } else if wanted == nil {
                if one.source.utf8.allSatisfy({ $0 < 0x80 }) {
                    asciiTaken += 1
                    let shown = name?.unicode ?? ""
                    #expect(shown == name?.text || DomainName(shown) == name)
                } else {
                    taken[one.statuses, default: 0] += 1
                }
            } else {
                other.append(one.source)
            }
        }
        print(
            """
            IdnaTestV2: \(met) agree
              \(asciiTaken) wrong xn-- labels are taken: the DNS may hold them; display shows ASCII
              \(taken.values.reduce(0, +)) taken against \(taken.sorted { $0.key < $1.key })
              \(refused.count) refused that UTS #46 takes and IDNA2008, or libidn2's Unicode, does not
              \(other.count) mapped otherwise: \(other)
            """)
        #expect(met >= 4_198)
        #expect(asciiTaken <= 1_982)
        #expect(refused.count <= 142)
        // A4_2: one dot at the end is the root's. B1, B4, B6: libidn2 holds each label to the rules
        // for right-to-left text, not the whole name.
        #expect(Set(taken.keys).isSubset(of: ["[A4_2]", "[B1]", "[B4]", "[B6]"]))
        #expect(taken.values.reduce(0, +) <= 67)
        // The capital sharp s: folded to "ss" before Unicode 15.1, and so by this libidn2.
        #expect(other.allSatisfy { $0.contains("ẞ") })
    }
}
