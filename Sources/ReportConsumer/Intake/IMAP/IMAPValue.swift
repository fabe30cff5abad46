/// A value in a response: RFC 9051 §9 has atoms, strings and lists of them.
enum IMAPValue: Hashable, Sendable {
    case atom(String)
    case string([UInt8])
    case list([IMAPValue])

    /// Depth and number of values that are read of one response.
    private static let mostDepth = 8
    private static let mostValues = 2_000

    /// The pairs of the list behind `* 12 FETCH`, by the names in upper case.
    ///
    /// Nil when it cannot be read. Of `BODY[]<0>` only the name before the bracket is kept.
    static func fetched(_ response: IMAPResponse) -> [String: IMAPValue]? {
        guard response.numbered?.word == "FETCH", let values = read(response),
            case .list(let pairs)? = values.last
        else { return nil }
        var result: [String: IMAPValue] = [:]
        for index in stride(from: 0, to: pairs.count - 1, by: 2) {
            guard case .atom(let name) = pairs[index] else { return nil }
            result[String(name.uppercased().prefix { $0 != "[" })] = pairs[index + 1]
        }
        return result
    }

    var number: UInt32? {
        if case .atom(let text) = self { UInt32(text) } else { nil }
    }

    var octets: [UInt8]? {
        if case .string(let octets) = self { octets } else { nil }
    }

    /// All values of a response; nil when it cannot be read.
    static func read(_ response: IMAPResponse) -> [IMAPValue]? {
        // Lists that are open, the outermost first.
        var open: [[IMAPValue]] = [[]]
        var count = 0
        for (place, piece) in response.pieces.enumerated() {
            switch piece {
            case .literal(let octets):
                open[open.count - 1].append(.string(octets))
            case .text(var text):
                if place + 1 < response.pieces.count { text = withoutAnnouncement(text) }
                guard read(text, into: &open, &count) else { return nil }
            }
        }
        return open.count == 1 ? open[0] : nil
    }

    private static func withoutAnnouncement(_ text: [UInt8]) -> [UInt8] {
        guard let brace = text.lastIndex(of: UInt8(ascii: "{")) else { return text }
        return Array(text[..<brace])
    }

    private static func read(
        _ text: [UInt8], into open: inout [[IMAPValue]], _ count: inout Int
    ) -> Bool {
        var index = 0
        while index < text.count {
            count += 1
            guard count <= mostValues else { return false }
            switch text[index] {
            case UInt8(ascii: " "):
                index += 1
            case UInt8(ascii: "("):
                guard open.count <= mostDepth else { return false }
                open.append([])
                index += 1
            case UInt8(ascii: ")"):
                guard open.count > 1 else { return false }
                let list = open.removeLast()
                open[open.count - 1].append(.list(list))
                index += 1
            case UInt8(ascii: "\""):
                guard let (string, next) = quoted(text, from: index + 1) else { return false }
                open[open.count - 1].append(.string(string))
                index = next
            default:
                let end =
                    text[index...].firstIndex { $0 == 0x20 || $0 == 0x28 || $0 == 0x29 }
                    ?? text.count
                open[open.count - 1].append(
                    .atom(String(decoding: text[index..<end], as: UTF8.self)))
                index = end
            }
        }
        return true
    }

    private static func quoted(_ text: [UInt8], from start: Int) -> ([UInt8], Int)? {
        var string: [UInt8] = []
        var index = start
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""): return (string, index + 1)
            case UInt8(ascii: "\\"):
                guard index + 1 < text.count else { return nil }
                string.append(text[index + 1])
                index += 2
            default:
                string.append(text[index])
                index += 1
            }
        }
        return nil
    }
}
