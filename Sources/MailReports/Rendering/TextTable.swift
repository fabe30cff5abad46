/// Rows of cells in aligned columns.
struct TextTable {
    enum Alignment { case left, right }

    struct Cell {
        var text: String
        var colour: TextColour = .plain
    }

    var columns: [(title: String, alignment: Alignment)]
    var rows: [[Cell]] = []

    /// Cells wider than this are cut.
    static let cellWidth = 60

    func render(isColoured: Bool, into output: inout some TextOutputStream) {
        var widths = columns.map { Self.width($0.title) }
        let cut = rows.map { row in
            row.map { Cell(text: Self.cut($0.text), colour: $0.colour) }
        }
        for row in cut {
            for (index, cell) in row.enumerated() where index < widths.count {
                widths[index] = max(widths[index], Self.width(cell.text))
            }
        }
        let titles = columns.map { Cell(text: $0.title, colour: .faint) }
        for row in [titles] + cut {
            var line = ""
            for (index, cell) in row.enumerated() where index < widths.count {
                let padding = String(
                    repeating: " ", count: max(0, widths[index] - Self.width(cell.text)))
                let text = cell.colour.paint(cell.text, isColoured)
                let isLast = row[(index + 1)...].allSatisfy(\.text.isEmpty)
                line += columns[index].alignment == .right ? padding + text : text
                if columns[index].alignment == .left, !isLast { line += padding }
                if isLast { break }
                line += "  "
            }
            output.write("  " + line + "\n")
        }
    }

    private static func cut(_ text: String) -> String {
        guard width(text) > cellWidth else { return text }
        var kept = ""
        var used = 0
        for character in text {
            used += width(character)
            if used >= cellWidth { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// Columns that a text takes on a terminal.
    static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        // East Asian Wide and Fullwidth (UAX #11), and emoji.
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }
}

/// The few colours that rendered text uses; each is also said in words.
enum TextColour {
    case plain, good, bad, faint, strong

    func paint(_ text: String, _ isColoured: Bool) -> String {
        guard isColoured, self != .plain else { return text }
        let code =
            switch self {
            case .good: "32"
            case .bad: "31"
            case .faint: "2"
            default: "1"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
