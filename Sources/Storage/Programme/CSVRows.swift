/// Rows of a CSV file, with commas or, as some spreadsheets write it, semicolons.
struct CSVRows {
    struct Row {
        var cells: [String]
        /// Of its first letter, counted from 1.
        var line: Int
        /// False when a quotation mark is never closed.
        var isWhole = true
    }

    private var rest: Substring.UnicodeScalarView
    private var line = 1
    private let separator: Unicode.Scalar

    init(_ text: String) {
        rest = Substring(text).unicodeScalars
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        let first = rest.prefix { $0 != "\n" && $0 != "\r" }
        separator = first.contains(";") && !first.contains(",") ? ";" : ","
    }

    mutating func next() -> Row? {
        guard !rest.isEmpty else { return nil }
        var row = Row(cells: [], line: line)
        var cell = String.UnicodeScalarView()
        var isQuoted = false
        while let scalar = rest.popFirst() {
            if scalar == "\n" { line += 1 }
            if isQuoted {
                if scalar != "\"" {
                    cell.append(scalar)
                } else if rest.first == "\"" {
                    cell.append(scalar)
                    rest.removeFirst()
                } else {
                    isQuoted = false
                }
                continue
            }
            switch scalar {
            case "\"" where cell.isEmpty: isQuoted = true
            case separator:
                row.cells.append(String(cell))
                cell = String.UnicodeScalarView()
            case "\n":
                row.cells.append(String(cell))
                return row
            case "\r": break
            default: cell.append(scalar)
            }
        }
        row.cells.append(String(cell))
        row.isWhole = !isQuoted
        return row
    }
}
