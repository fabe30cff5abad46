/// The title of a report and its facts, one on a line, in two columns.
struct TextHead {
    let rendering: ReportRendering
    private var title = ""
    private var lines: [(name: String, value: String)] = []

    init(rendering: ReportRendering) { self.rendering = rendering }

    mutating func title(_ text: String) { title = text }

    /// Adds a fact; nothing for no value.
    mutating func line(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { lines.append((name, value)) }
    }

    func write(to output: inout some TextOutputStream) {
        output.write(TextColour.strong.paint(title, rendering.isColoured) + "\n")
        let width = lines.reduce(0) { max($0, $1.name.count) }
        for line in lines {
            let padding = String(repeating: " ", count: width - line.name.count)
            let name = TextColour.faint.paint(line.name, rendering.isColoured)
            output.write("  \(name)\(padding)  \(line.value)\n")
        }
    }

    /// `2024-01-01 00:00:00 to 2024-01-01 23:59:59 UTC (1 day)`.
    static func period(_ begin: Int64, _ end: Int64) -> String {
        // Reporters count the last second in or out.
        let seconds = Double(end) - Double(begin) + 1
        let length: String? =
            switch seconds {
            case ..<0: nil
            case ..<7_200: "\(Int(seconds / 60)) minutes"
            case ..<82_800: "\(Int((seconds / 3_600).rounded())) hours"
            default:
                Plain.count(
                    Int64(clamping: Int((seconds / 86_400).rounded())), "day", "days")
            }
        return "\(ReportTime.plain(begin)) to \(ReportTime.plain(end)) UTC"
            + (length.map { " (\($0))" } ?? "")
    }

    /// What was not as the specification asks, repairs before notes.
    static func writeRepairs(
        _ repairs: [Repair], _ rendering: ReportRendering, to output: inout some TextOutputStream
    ) {
        guard !repairs.isEmpty else { return }
        output.write("\n  Not as the specification asks, and read all the same:\n")
        let sorted =
            repairs.filter { $0.weight == .repair } + repairs.filter { $0.weight == .note }
        for repair in sorted {
            let mark = repair.weight == .repair ? "repaired" : "noted   "
            let often = repair.occurrences > 1 ? ", \(repair.occurrences) times" : ""
            let painted = TextColour.faint.paint(mark, rendering.isColoured)
            output.write(
                "    \(painted)  \(rendering.shown(repair.detail)) "
                    + "(\(SafeText.line(repair.location, limit: 120))\(often))\n")
        }
    }
}
