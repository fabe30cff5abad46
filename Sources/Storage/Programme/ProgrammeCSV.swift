import Identities
import MailReports

/// The programme as a file that spreadsheets open: one domain a line.
///
/// An empty cell leaves a thing as it is, `-` takes it away.
public enum ProgrammeCSV {
    public static let header = "domain,owner,purpose,tranche,target"

    /// A line that cannot be taken, and why.
    public struct Fault: Hashable, Sendable, Codable {
        /// Counted from 1.
        public var line: Int
        public var sentence: String
    }

    /// What was read: nothing of a file with faults is taken.
    public struct Reading: Hashable, Sendable {
        public var changes: [ProgrammeChange] = []
        /// At most `ProgrammeLimits.faults`.
        public var faults: [Fault] = []
        public var otherFaults = 0

        mutating func fault(_ line: Int, _ sentence: String) {
            if faults.count < ProgrammeLimits.faults {
                faults.append(Fault(line: line, sentence: sentence))
            } else {
                otherFaults += 1
            }
        }
    }

    public static func parse(_ bytes: [UInt8]) -> Reading {
        var reading = Reading()
        guard bytes.count <= ProgrammeLimits.file else {
            reading.fault(1, "The file is larger than \(ProgrammeLimits.file) octets.")
            return reading
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            reading.fault(1, "The file is not UTF-8. Save it as CSV UTF-8.")
            return reading
        }
        var rows = CSVRows(text)
        guard let first = rows.next() else {
            reading.fault(1, "The file is empty. Its first line is: \(header)")
            return reading
        }
        let names = first.cells.map { trimmed($0).lowercased() }
        let known = header.split(separator: ",").map(String.init)
        guard names.contains("domain"), Set(names).count == names.count,
            names.allSatisfy({ known.contains($0) || $0.isEmpty })
        else {
            reading.fault(first.line, "The first line names the columns: \(header)")
            return reading
        }
        var seen: [DomainName: Int] = [:]
        while let row = rows.next() {
            if row.cells.allSatisfy({ trimmed($0).isEmpty }) { continue }
            guard row.line <= ProgrammeLimits.lines + 1 else {
                reading.fault(
                    row.line, "The file has more than \(ProgrammeLimits.lines) lines. Split it.")
                return reading
            }
            guard row.isWhole, row.cells.count <= names.count else {
                reading.fault(
                    row.line,
                    row.isWhole
                        ? "It has \(row.cells.count) cells, and there are \(names.count) columns."
                        : "A quotation mark is opened and never closed.")
                continue
            }
            var cells: [String: String] = [:]
            for (name, cell) in zip(names, row.cells) { cells[name] = bare(trimmed(cell)) }
            switch change(cells) {
            case .success(let change):
                if let before = seen.updateValue(row.line, forKey: change.domain) {
                    reading.fault(
                        row.line, "\(change.domain) stands on line \(before) already.")
                } else {
                    reading.changes.append(change)
                }
            case .failure(let problem): reading.fault(row.line, problem.sentence)
            }
        }
        return reading
    }

    public static func render(_ domains: [ProgrammeDomain]) -> String {
        var text = header + "\r\n"
        for each in domains {
            let cells = [
                each.domain.text, each.owner, each.purpose?.rawValue ?? "", each.tranche,
                each.target?.description ?? "",
            ]
            text += cells.map(cell).joined(separator: ",") + "\r\n"
        }
        return text
    }

    // MARK: Cells

    private struct Problem: Error { var sentence: String }

    private static func change(_ cells: [String: String]) -> Result<ProgrammeChange, Problem> {
        let written = cells["domain"] ?? ""
        guard let domain = DomainName(written), domain.labelCount > 1 else {
            return .failure(
                Problem(sentence: "“\(shown(written))” is no domain. Write it as example.org."))
        }
        var change = ProgrammeChange(domain: domain)
        for (name, value) in cells where value.count > ProgrammeLimits.field && name != "domain" {
            return .failure(
                Problem(
                    sentence: "The \(name) has more than \(ProgrammeLimits.field) characters."))
        }
        change.owner = field(cells["owner"]) { .value($0) }
        change.tranche = field(cells["tranche"]) { .value($0) }
        if let text = cells["purpose"], !text.isEmpty, text != "-" {
            guard let purpose = DomainPurpose(rawValue: text.lowercased()) else {
                return .failure(
                    Problem(
                        sentence: "The purpose is sends, receives or parked, not “\(shown(text))”.")
                )
            }
            change.purpose = .value(purpose)
        } else if cells["purpose"] == "-" {
            change.purpose = .clear
        }
        if let text = cells["target"], !text.isEmpty, text != "-" {
            guard let day = UTCDay(text) else {
                return .failure(
                    Problem(
                        sentence: "The target is a day as 2026-12-31, not “\(shown(text))”."))
            }
            change.target = .value(day)
        } else if cells["target"] == "-" {
            change.target = .clear
        }
        return .success(change)
    }

    private static func field(
        _ text: String?, _ make: (String) -> ProgrammeChange.Field<String>
    ) -> ProgrammeChange.Field<String>? {
        guard let text, !text.isEmpty else { return nil }
        return text == "-" ? .clear : make(text)
    }

    private static func trimmed(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars.filter { $0.value >= 0x20 }))
    }

    /// What a spreadsheet would take for a formula has an apostrophe before it in our files.
    private static let formulaStarts: Set<Character> = ["=", "+", "-", "@"]

    private static func bare(_ text: String) -> String {
        guard text.first == "'", let next = text.dropFirst().first, formulaStarts.contains(next)
        else { return text }
        return String(text.dropFirst())
    }

    private static func cell(_ text: String) -> String {
        var safe = text
        if let first = text.first, formulaStarts.contains(first) { safe = "'" + text }
        guard safe.contains(where: { ",;\"\r\n".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    private static func shown(_ text: String) -> String {
        let kept = text.unicodeScalars.prefix(60).filter {
            $0.properties.generalCategory != .format
        }
        return String(String.UnicodeScalarView(kept))
    }
}
