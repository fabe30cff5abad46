import Identities
import MailReports

/// Reads the rows of a catalogue file and refuses every cell that could mislead.
enum CatalogueReader {
    struct Row {
        var line: Int
        var service: SendingService
    }

    static let columns = [
        "id", "name", "category", "shared_infrastructure", "spf_includes", "dkim_domains",
        "dkim_selectors", "mailfrom_suffixes", "ptr_suffixes", "aligns_spf", "aligns_dkim",
        "advice", "dead_includes", "source", "verified",
    ]
    private static let customer = "{customer}"

    static func read(_ bytes: [UInt8]) throws(CatalogueError) -> [Row] {
        guard bytes.count <= SourceLimits.catalogueOctets else {
            throw CatalogueError(
                line: 1, problem: "The file has \(bytes.count) octets.",
                cure: "At most \(SourceLimits.catalogueOctets) are read: split or trim it.")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CatalogueError(
                line: 1, problem: "The file is not UTF-8.", cure: "Save it as UTF-8.")
        }
        var lines = pieces(of: text[...], between: "\n")
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard let header = lines.first, cells(header).elementsEqual(columns, by: ==) else {
            throw CatalogueError(
                line: 1, problem: "The header does not name the expected columns.",
                cure: "It must be: \(columns.joined(separator: ", ")), separated by tabs.")
        }
        guard lines.count - 1 <= SourceLimits.catalogueRows else {
            throw CatalogueError(
                line: SourceLimits.catalogueRows + 2, problem: "Too many rows.",
                cure: "At most \(SourceLimits.catalogueRows) are read.")
        }
        var rows: [Row] = []
        rows.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated().dropFirst() {
            rows.append(Row(line: index + 1, service: try service(line, at: index + 1)))
        }
        return rows
    }

    private static func cells(_ line: Substring) -> [Substring] {
        pieces(of: line, between: "\t")
    }

    /// By octets, not by characters: this is read at every start.
    private static func pieces(of text: Substring, between separator: Unicode.Scalar) -> [Substring]
    {
        text.utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
            .map(Substring.init)
    }

    private static func service(
        _ text: Substring, at line: Int
    ) throws(CatalogueError) -> SendingService {
        let row = cells(text)
        guard row.count == columns.count else {
            throw CatalogueError(
                line: line, problem: "\(row.count) cells instead of \(columns.count).",
                cure: "Separate the cells with single tabs and leave none out.")
        }
        let reader = RowReader(line: line, cells: row)
        let dkim = try reader.domains(5, allowing: [.customer, .target])
        let mailFrom = try reader.domains(7, allowing: [.customer, .customerLabel])
        let selectors = try reader.selectors(6)
        return SendingService(
            id: try reader.identifier(0), name: try reader.required(1),
            category: try reader.word(2), isShared: try reader.yesOrNo(3),
            spfIncludes: try reader.plainDomains(4), dkimDomains: dkim.patterns,
            dkimTargets: dkim.targets, signsAsCustomer: dkim.isCustomer,
            dkimSelectors: selectors, selectorStems: Set(selectors.map(SenderIdentifier.stem)),
            mailFromSuffixes: mailFrom.patterns, mailFromLabels: mailFrom.labels,
            mailFromIsCustomer: mailFrom.isCustomer,
            reverseNameSuffixes: try reader.domains(8, allowing: []).patterns,
            alignsSPF: try reader.word(9), alignsDKIM: try reader.word(10),
            advice: String(row[11]), deadIncludes: try reader.plainDomains(12),
            source: try reader.required(13), verified: try reader.day(14))
    }

    struct DomainCell {
        var patterns: [DomainPattern] = []
        var targets: [DomainPattern] = []
        var labels: [String] = []
        var isCustomer = false
    }

    enum DomainForm { case customer, customerLabel, target }

    /// One row with its line, so that every complaint can name both.
    private struct RowReader {
        let line: Int
        let cells: [Substring]

        func error(_ column: Int, _ problem: String, _ cure: String) -> CatalogueError {
            CatalogueError(line: line, problem: "\(columns[column]): \(problem)", cure: cure)
        }

        func required(_ column: Int) throws(CatalogueError) -> String {
            let text = cells[column]
            guard text.contains(where: { $0 != " " }) else {
                throw error(column, "is empty.", "Every row needs one.")
            }
            return String(text)
        }

        func identifier(_ column: Int) throws(CatalogueError) -> String {
            let text = try required(column)
            let isPlain = text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
            guard isPlain else {
                throw error(
                    column, "“\(text)” is no identifier.",
                    "Use small letters, digits and hyphens.")
            }
            return text
        }

        func word<Word>(_ column: Int) throws(CatalogueError) -> Word
        where Word: RawRepresentable<String> & CaseIterable {
            guard let word = Word(rawValue: String(cells[column])) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw error(column, "“\(cells[column])” is not known.", "Use one of: \(known).")
            }
            return word
        }

        func yesOrNo(_ column: Int) throws(CatalogueError) -> Bool {
            switch cells[column] {
            case "yes": return true
            case "no": return false
            default: throw error(column, "“\(cells[column])” is not known.", "Use yes or no.")
            }
        }

        func day(_ column: Int) throws(CatalogueError) -> UTCDay {
            guard let day = UTCDay(cells[column]) else {
                throw error(
                    column, "“\(cells[column])” is no day.",
                    "Write the day on which a source was last checked as YYYY-MM-DD.")
            }
            return day
        }

        func entries(_ column: Int) throws(CatalogueError) -> [Substring] {
            if cells[column].isEmpty { return [] }
            let entries = cells[column].split(separator: ";", omittingEmptySubsequences: false)
            guard entries.count <= SourceLimits.cellEntries else {
                throw error(
                    column, "\(entries.count) entries.",
                    "At most \(SourceLimits.cellEntries) are read.")
            }
            return entries
        }

        func selectors(_ column: Int) throws(CatalogueError) -> [String] {
            var selectors: [String] = []
            for entry in try entries(column) {
                guard let name = DomainName(entry), name.text == entry else {
                    throw error(
                        column, "“\(entry)” is no selector.",
                        "Write the exact name in small letters, without wildcards.")
                }
                selectors.append(name.text)
            }
            return selectors
        }

        func plainDomains(_ column: Int) throws(CatalogueError) -> [String] {
            let cell = try domains(column, allowing: [])
            for pattern in cell.patterns where pattern.isOnlyBelow {
                throw error(
                    column, "“\(pattern)” has a wildcard.", "Name the exact host here.")
            }
            return cell.patterns.map(\.domain)
        }

        func domains(
            _ column: Int, allowing forms: Set<DomainForm>
        ) throws(CatalogueError) -> DomainCell {
            var cell = DomainCell()
            for entry in try entries(column) {
                if entry == customer, forms.contains(.customer) {
                    cell.isCustomer = true
                } else if entry.hasPrefix("->"), forms.contains(.target) {
                    cell.targets.append(try pattern(entry.dropFirst(2), column))
                } else if entry.hasSuffix("." + customer), forms.contains(.customerLabel) {
                    let label = entry.dropLast(customer.utf8.count + 1)
                    guard let name = DomainName(label), name.text == label else {
                        throw error(
                            column, "“\(entry)” has no valid label.",
                            "Write the fixed label before .\(customer).")
                    }
                    cell.labels.append(name.text)
                } else {
                    cell.patterns.append(try pattern(entry, column))
                }
            }
            return cell
        }

        private func pattern(
            _ entry: Substring, _ column: Int
        ) throws(CatalogueError) -> DomainPattern {
            let isOnlyBelow = entry.hasPrefix("*.")
            let text = isOnlyBelow ? entry.dropFirst(2) : entry
            guard let name = DomainName(text), name.text == text, name.labelCount >= 2 else {
                throw error(
                    column, "“\(entry)” is no domain that can be listed here.",
                    "Write it in small letters, with two labels or more; a wildcard may only be "
                        + "the whole first label (*.example.com).")
            }
            return DomainPattern(domain: name.text, isOnlyBelow: isOnlyBelow)
        }
    }
}
