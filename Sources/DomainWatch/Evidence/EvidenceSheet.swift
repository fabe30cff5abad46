import MailReports
import Storage

/// An evidence pack as one spreadsheet file (RFC 4180): table after table, each with a line of
/// headings, and the table's name in the first cell of every line, so that one filter shows one.
enum EvidenceSheet {
    static func render(_ pack: EvidencePack) -> String {
        var lines = [["pack", "Fact", "Value"]]
        func fact(_ name: String, _ value: String) { lines.append(["pack", name, value]) }
        fact("Organisation", pack.organisation)
        fact("Made", EvidenceText.machine(pack.madeAt))
        fact("Summary", pack.summary)
        for (name, period) in [("before", pack.before), ("now", pack.now)] {
            guard let period else { continue }
            fact("First day \(name)", period.days.first.description)
            fact("Last day \(name)", period.days.last.description)
            fact("Messages \(name)", String(period.mail.counts.total))
            fact("Unauthorised \(name), %", period.mail.unauthorised.figure)
            fact("Reports \(name)", String(period.reports))
            fact("Receivers \(name)", String(period.reporters))
            fact("Domains that reject \(name)", String(period.rejectingDomains))
        }
        fact("Head of the audit log", pack.chainHead)
        for table in pack.tables {
            lines.append([])
            lines.append([table.name] + table.columns.map(\.title))
            for row in table.rows { lines.append([table.name] + row.map(\.plain)) }
            if let rest = table.rest { lines.append([table.name, rest]) }
        }
        return lines.map { $0.map(CSVCell.render).joined(separator: ",") + "\r\n" }.joined()
    }
}
