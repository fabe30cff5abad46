import MailReports

/// A value of a line that is told elsewhere.
public indirect enum ExportValue: Hashable, Sendable {
    case text(String)
    case number(Int64)
    case list([ExportValue])
    case object([String: ExportValue])

    public static func texts(_ texts: [String]) -> ExportValue {
        .list(texts.map { .text($0) })
    }

    /// One line of JSON, in one spelling: names are sorted, and whatever ends a line, steers a
    /// terminal or is not seen stands there by its number.
    ///
    /// - Parameter text: scalars of a text after which it is cut.
    public func line(text limit: Int = ExportLimits.text) -> String {
        var line = String.UnicodeScalarView()
        write(to: &line, limit)
        return String(line)
    }

    private func write(to line: inout String.UnicodeScalarView, _ limit: Int) {
        switch self {
        case .text(let text): Self.write(text, to: &line, limit)
        case .number(let number): line.append(contentsOf: String(number).unicodeScalars)
        case .list(let values):
            line.append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { line.append(",") }
                value.write(to: &line, limit)
            }
            line.append("]")
        case .object(let members):
            line.append("{")
            let sorted = members.sorted { $0.key < $1.key }
            for (index, member) in sorted.enumerated() {
                if index > 0 { line.append(",") }
                Self.write(member.key, to: &line, limit)
                line.append(":")
                member.value.write(to: &line, limit)
            }
            line.append("}")
        }
    }

    private static func write(
        _ text: String, to line: inout String.UnicodeScalarView, _ limit: Int
    ) {
        line.append("\"")
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit {
                line.append("…")
                break
            }
            count += 1
            switch scalar {
            case "\"": line.append(contentsOf: "\\\"".unicodeScalars)
            case "\\": line.append(contentsOf: "\\\\".unicodeScalars)
            case _ where SafeText.isUnseen(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    let zeros = String(repeating: "0", count: 4 - digits.count)
                    line.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
                }
            default: line.append(scalar)
            }
        }
        line.append("\"")
    }
}
