public import MailReports

import FoundationEssentials
import Identities
import SQLDatabase

/// Stored rows, a bounded number at once, in the order in which they were taken in.
public struct RebuildingPortion: Sendable {
    /// A row as it is stored.
    public struct Row: Sendable {
        public var record: AggregateRecord
        var report: Int64
        var position: Int64
        var set: Int64
        var sender: Int64
        var classCode: Int64
    }

    /// A report as it is stored, without its rows.
    struct Header: Sendable {
        var id: Int64
        var kind: String
        var reporter: String
        var policyDomain: String
        var domain: Int64
        /// As they are stored with the report.
        var counted: Counts
        /// As the report itself has them; those of an aggregate report come out of its rows.
        var counts: Counts
        var isRepaired: Bool
        var isNoted: Bool
        /// For aggregate reports.
        var report: AggregateReport?
    }

    struct Counts: Hashable, Sendable {
        var records: Int64
        var messages: Int64
    }

    public var rows: [Row] = []
    /// Reports with rows here, or without any; the first may have begun in the portion before.
    var reports: [Header] = []
    /// False when the last report has rows after these.
    var endsReport = true

    /// Reports read at once, and the bytes of what they say of themselves.
    static let reportsTogether = 1_000
    static let detailBytes = 4 << 20

    static func read(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID,
        after rebuilding: Rebuilding, rows: Int
    ) throws -> RebuildingPortion? {
        var portion = RebuildingPortion()
        portion.reports = try headers(transaction, organisation, after: rebuilding.lastReport)
        guard let first = portion.reports.first, let last = portion.reports.last else { return nil }
        try portion.readRows(
            transaction, organisation, from: first.id,
            after: rebuilding.open?.id == first.id ? rebuilding.open?.position ?? -1 : -1,
            to: last.id, limit: max(1, rows))
        if portion.rows.count == max(1, rows), let open = portion.rows.last?.report {
            portion.reports.removeAll { $0.id > open }
            portion.endsReport = false
        }
        return portion
    }

    // MARK: Reports

    private static func headers(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID, after id: Int64
    ) throws -> [Header] {
        var found: [Header] = []
        var bytes = 0
        try transaction.forEachRow(
            """
            SELECT id, kind, reporter, policy_domain, domain_id, records, messages, is_repaired,
                details
            FROM report WHERE id > ? AND organisation_id = ? ORDER BY id
            LIMIT \(reportsTogether)
            """,
            [.integer(id), .integer(organisation.rawValue)]
        ) { row in
            let details = row.text(8)
            bytes += details.utf8.count
            found.append(try header(row, details: Data(details.utf8)))
            return bytes < detailBytes
        }
        return found
    }

    private static func header(_ row: SQLRow, details: Data) throws -> Header {
        let counted = Counts(records: row.integer(5), messages: row.integer(6))
        var header = Header(
            id: row.integer(0), kind: row.text(1), reporter: row.text(2),
            policyDomain: row.text(3), domain: row.integer(4), counted: counted, counts: counted,
            isRepaired: row.flag(7), isNoted: false)
        let decoder = JSONDecoder()
        do {
            switch ReportSummary.Kind(rawValue: header.kind) {
            case .aggregate:
                let report = try decoder.decode(AggregateReport.self, from: details)
                header.isNoted = !report.repairs.isEmpty
                header.report = report
            case .tls:
                let report = try decoder.decode(TLSReport.self, from: details)
                header.isNoted = !report.repairs.isEmpty
                header.counts = Counts(
                    records: Int64(report.policies.count), messages: report.sessions)
            case .failure:
                let report = try decoder.decode(FailureReport.self, from: details)
                header.isNoted = !report.repairs.isEmpty
                header.counts = Counts(records: 1, messages: report.incidents)
            case nil: break
            }
            return header
        } catch is DecodingError {
            throw RebuildingError.unreadableReport(row.integer(0))
        }
    }

    // MARK: Rows

    private mutating func readRows(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID, from first: Int64,
        after position: Int64, to last: Int64, limit: Int
    ) throws {
        // CROSS JOIN keeps SQLite to the order in which rows lie.
        let found = try transaction.rows(
            """
            SELECT r.report_id, r.position, r.source, r.messages, r.disposition, r.dkim, r.spf,
                r.authentication_set_id, r.sender_id, r.class, r.reasons
            FROM record r CROSS JOIN report p
            WHERE (r.report_id, r.position) > (?, ?) AND r.report_id <= ?
                AND p.id = r.report_id AND p.organisation_id = ?
            ORDER BY r.report_id, r.position LIMIT ?
            """,
            [
                .integer(first), .integer(position), .integer(last),
                .integer(organisation.rawValue), .integer(limit),
            ])
        let sets = Set(found.map { $0.integer(7) })
        let results = try AuthenticationResults.load(transaction, sets: sets)
        let identities = try Self.identities(transaction, sets)
        rows = found.map { row in
            let set = row.integer(7)
            var record = AggregateRecord()
            record.sourceText = row.text(2)
            record.source = IPAddress(row.text(2))
            record.count = row.integer(3)
            record.disposition = row.text(4)
            record.dkimEvaluated = row.text(5)
            record.spfEvaluated = row.text(6)
            record.headerFrom = identities[set]?.headerFrom ?? ""
            record.envelopeFrom = identities[set]?.envelopeFrom
            record.dkim = results[set]?.dkim ?? []
            record.spf = results[set]?.spf ?? []
            record.reasons = AggregateRecord.OverrideReason.read(storedText: row.optionalText(10))
            return Row(
                record: record, report: row.integer(0), position: row.integer(1), set: set,
                sender: row.integer(8), classCode: row.integer(9))
        }
    }

    private static func identities(
        _ transaction: any SQLTransaction, _ sets: Set<Int64>
    ) throws -> [Int64: (headerFrom: String, envelopeFrom: String?)] {
        var found: [Int64: (headerFrom: String, envelopeFrom: String?)] = [:]
        let ids = sets.sorted()
        for start in stride(from: 0, to: ids.count, by: 500) {
            let part = ids[start..<min(start + 500, ids.count)]
            let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
            try transaction.forEachRow(
                """
                SELECT id, header_from, envelope_from FROM authentication_set
                WHERE id IN (\(marks))
                """,
                part.map { .integer($0) }
            ) { row in
                found[row.integer(0)] = (row.text(1), row.optionalText(2))
                return true
            }
        }
        return found
    }
}

extension TLSReport {
    /// Sessions that it tells of, with all its policies.
    var sessions: Int64 {
        policies.reduce(0) {
            ClassCounts.sum($0, ClassCounts.sum($1.successfulSessions, $1.failedSessions))
        }
    }
}

extension AggregateRecord.OverrideReason {
    /// Reasons out of their stored text; none where there is no text.
    static func read(storedText: String?) -> [Self] {
        guard let storedText else { return [] }
        return (try? JSONDecoder().decode([Self].self, from: Data(storedText.utf8))) ?? []
    }
}
