import FoundationEssentials
import MailReports
import Glibc

/// `1,234,567`.
func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return number < 0 ? "-" + text : text
}

/// `98.2 %`; `–` when there is nothing to divide by.
func share(_ part: Int64, of whole: Int64) -> String {
    guard whole > 0 else { return "–" }
    let tenths = (Double(part) * 1_000 / Double(whole)).rounded(.down)
    return "\(Int(tenths) / 10).\(Int(tenths) % 10) %"
}

/// `1 report`, `2 reports`.
func counted(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
}

/// Text from outside, safe on a terminal: no control characters, no changes of direction.
func plain(_ text: String, limit: Int = 120) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            result.append("·")
        default: result.unicodeScalars.append(scalar)
        }
    }
    return text.unicodeScalars.count > limit ? result + "…" : result
}

/// Values as JSON with sorted keys, for programs.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Writes to standard error, where progress and warnings go.
func note(_ text: String) {
    writeToStandardError(text + "\n")
}

/// Standard error is not buffered: what is written is seen.
func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}

/// Prints a line and sends it off at once, even where standard output is a file.
func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// An aligned table: columns of text to the left, of numbers to the right.
struct TextTable {
    enum Column {
        case left(String)
        case right(String)
    }

    let columns: [Column]
    var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    func render() -> String {
        let titles = columns.map {
            switch $0 {
            case .left(let title), .right(let title): title
            }
        }
        var widths = titles.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (index, cell) in cells.enumerated() {
                let gap = String(repeating: " ", count: widths[index] - cell.count)
                let isLast = index == cells.count - 1
                switch columns[index] {
                case .left: text += isLast ? cell : cell + gap + "  "
                case .right: text += gap + cell + (isLast ? "" : "  ")
                }
            }
            return text
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──")
        return ([line(titles), rule] + rows.map(line)).joined(separator: "\n")
    }
}

/// A moment as `2026-11-22 05:25:10 UTC`.
///
/// - Parameter seconds: since 1970.
func instant(_ seconds: Int64) -> String {
    let day = UTCDay(secondsSinceEpoch: seconds)
    let second = Int(seconds - day.firstSecond)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(day) \(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) UTC"
}

/// Columns of the terminal, from COLUMNS or the terminal itself; 100 where there is none.
func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
    return min(Int(size.ws_col), 140)
}
