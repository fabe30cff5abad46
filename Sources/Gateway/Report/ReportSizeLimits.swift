/// The largest mails that a DMARC record says its addresses take: `rua=mailto:d@example.com!10m`
/// (RFC 7489 §6.2; RFC 9989 took the sizes out of the grammar, and records still have them).
struct ReportSizeLimits {
    /// Octets by URI.
    private var limits: [String: Int] = [:]

    /// Reads the text of a record that was read as one before.
    init(_ record: String) {
        for element in record.split(separator: ";") {
            guard let equals = element.firstIndex(of: "="),
                element[..<equals].trimmed.lowercased() == "rua"
            else { continue }
            for piece in element[element.index(after: equals)...].split(separator: ",") {
                let text = piece.trimmed
                guard let mark = text.lastIndex(of: "!"),
                    let limit = Self.octets(text[text.index(after: mark)...])
                else { continue }
                let uri = String(text[..<mark])
                limits[uri] = min(limit, limits[uri] ?? .max)
            }
        }
    }

    /// Nil where the record says nothing.
    subscript(uri: String) -> Int? { limits[uri] }

    /// `1*DIGIT [ "k" / "m" / "g" / "t" ]`, in powers of two.
    private static func octets(_ text: Substring) -> Int? {
        var digits = text
        var shift = 0
        if let unit = digits.utf8.last, let power = "kmgt".utf8.firstIndexCount(of: unit | 0x20) {
            digits = digits.dropLast()
            shift = 10 * (power + 1)
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        // A number beyond 64 bits is no limit.
        guard let number = Int(digits), number <= Int.max >> shift else { return .max }
        return number << shift
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let front = drop { $0 == " " || $0 == "\t" }
        return front.lastIndex { $0 != " " && $0 != "\t" }.map { front[...$0] } ?? ""
    }
}

extension String.UTF8View {
    fileprivate func firstIndexCount(of octet: UInt8) -> Int? {
        firstIndex(of: octet).map { distance(from: startIndex, to: $0) }
    }
}
