import Spool

/// Foreign text on a terminal, in columns.
enum TerminalText {
    /// The text on one line: no controls, no marks that change direction, at most `limit` scalars.
    static func clean(_ text: String, limit: Int = 600) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return result + "…" }
            count += 1
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
                .paragraphSeparator:
                result.append("·")
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Cleaned text in lines of at most `width` characters, broken at blanks where there are any.
    static func wrap(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var length = 0
        for word in clean(text).split(separator: " ") {
            var rest = word[...]
            var count = rest.count
            if length > 0, length + 1 + count > width {
                lines.append(line)
                line = ""
                length = 0
            }
            while count > width {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
                count -= width
            }
            line += length > 0 ? " " + rest : String(rest)
            length += (length > 0 ? 1 : 0) + count
        }
        if length > 0 || lines.isEmpty { lines.append(line) }
        return lines
    }

    /// Names to the left, what they are to the right, wrapped and aligned.
    static func table(_ rows: [(String, String)], _ width: Int) -> [String] {
        let names = rows.map { clean($0.0, limit: 80) }
        let widest = min(names.map(\.count).max() ?? 0, width / 2 - 4)
        var lines: [String] = []
        for (name, row) in zip(names, rows) {
            let indent = String(repeating: " ", count: widest + 4)
            let wrapped = wrap(row.1, width - widest - 4)
            if name.count > widest {
                lines += wrap(name, width - 2).map { "  " + $0 }
                lines += wrapped.map { indent + $0 }
            } else {
                lines.append("  " + pad(name, widest) + "  " + (wrapped.first ?? ""))
                lines += wrapped.dropFirst().map { indent + $0 }
            }
        }
        return lines
    }

    /// `2026-11-22 12:00:04 UTC` of milliseconds since 1970.
    static func instant(_ milliseconds: Int64) -> String {
        guard (-62_000_000_000_000...250_000_000_000_000).contains(milliseconds) else {
            return "an impossible time"
        }
        let day = UTCDay(containing: milliseconds)
        let seconds = (milliseconds - Int64(day.number) * 86_400_000) / 1_000
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(day) \(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)) UTC"
    }
}
