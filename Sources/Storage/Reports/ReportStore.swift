import MailReports
public import SQLDatabase

import FoundationEssentials
import Identities

/// Reports as they are kept.
public struct ReportStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    /// How much was taken in, in all and by domain; repaired reports apart.
    public func statistics() async throws -> ReportStatistics {
        let organisation = organisation
        return try await database.read { transaction in
            var all = ReportStatistics()
            var domains: [String: (ReportStatistics.Counts, ReportStatistics.Counts)] = [:]
            let rows = try transaction.rows(
                """
                SELECT kind, policy_domain, is_repaired, reports, records, messages, noted
                FROM intake_total WHERE organisation_id = ?
                """,
                [.integer(organisation.rawValue)])
            for row in rows {
                var counts = ReportStatistics.Counts()
                counts.reports = row.integer(3)
                counts.records = row.integer(4)
                counts.messages = row.integer(5)
                switch ReportSummary.Kind(rawValue: row.text(0)) {
                case .aggregate:
                    var domain =
                        domains[row.text(1)]
                        ?? (ReportStatistics.Counts(), ReportStatistics.Counts())
                    if row.flag(2) {
                        all.repaired += counts
                        domain.1 += counts
                    } else {
                        all.reports += counts.reports
                        all.records += counts.records
                        all.messages = ClassCounts.sum(all.messages, counts.messages)
                        all.withNotes += row.integer(6)
                        domain.0 += counts
                    }
                    domains[row.text(1)] = domain
                case .tls: all.tlsReports += counts.reports
                case .failure: all.failureReports += counts.reports
                case nil: break
                }
            }
            all.domains = domains.sorted { $0.key < $1.key }.map {
                .init(domain: $0.key, counts: $0.value.0, repaired: $0.value.1)
            }
            all.quarantined = try transaction.rows(
                "SELECT COUNT(*) FROM quarantine WHERE organisation_id = ?",
                [.integer(organisation.rawValue)])[0].integer(0)
            return all
        }
    }

    /// Reports, newest intake first; page on with the last id as `before`.
    public func recent(limit: Int, before: Int64? = nil) async throws -> [ReportSummary] {
        try await list(limit: limit, before: before, onlyRepaired: false)
    }

    /// Reports in which something had to be changed to read them, newest intake first.
    public func repaired(limit: Int) async throws -> [ReportSummary] {
        try await list(limit: limit, before: nil, onlyRepaired: true)
    }

    private func list(
        limit: Int, before: Int64?, onlyRepaired: Bool
    ) async throws -> [ReportSummary] {
        let organisation = organisation
        let repaired = onlyRepaired ? " AND is_repaired = 1" : ""
        return try await database.read { transaction in
            try transaction.rows(
                Self.selectSummary
                    + " WHERE id < ? AND organisation_id = ?\(repaired) ORDER BY id DESC LIMIT ?",
                [
                    .integer(before ?? .max), .integer(organisation.rawValue), .integer(limit),
                ]
            ).map { Self.summary($0) }
        }
    }

    /// One report with its largest rows, at most `rows` of them.
    public func report(_ id: Int64, rows: Int) async throws -> StoredReport? {
        let organisation = organisation
        return try await database.read { transaction in
            let found = try transaction.rows(
                Self.selectSummary + " WHERE id = ? AND organisation_id = ?",
                [.integer(id), .integer(organisation.rawValue)])
            guard let row = found.first else { return nil }
            var report = StoredReport(summary: Self.summary(row))
            let details = Data(row.text(11).utf8)
            let decoder = JSONDecoder()
            switch report.summary.kind {
            case .aggregate:
                report.report = try decoder.decode(AggregateReport.self, from: details)
                report.records = try Self.records(transaction, report: id, limit: rows)
            case .tls: report.tls = try decoder.decode(TLSReport.self, from: details)
            case .failure:
                report.failure = try decoder.decode(FailureReport.self, from: details)
            }
            report.digest =
                try transaction.rows(
                    "SELECT digest FROM raw_object WHERE id = ?", [.integer(row.integer(12))]
                ).first?.text(0) ?? ""
            report.trust = try Self.trust(transaction, report: id)
            return report
        }
    }

    // MARK: Rows

    static let selectSummary = """
        SELECT id, kind, reporter, report_id, policy_domain, begin_at, end_at, records, messages,
            is_repaired, received_at, details, raw_object_id, path,
            (SELECT t.level FROM report_trust t WHERE t.report_id = report.id) FROM report
        """

    /// Only the part of a report's details that a list shows.
    private struct Repairs: Decodable { var repairs: [Repair] }

    static func summary(_ row: SQLRow) -> ReportSummary {
        let details = try? JSONDecoder().decode(Repairs.self, from: Data(row.text(11).utf8))
        var summary = ReportSummary(
            id: row.integer(0), kind: ReportSummary.Kind(rawValue: row.text(1)) ?? .aggregate,
            reporter: row.text(2), reportID: row.text(3), policyDomain: row.text(4),
            begin: row.integer(5), end: row.integer(6), records: row.integer(7),
            messages: row.integer(8), repairs: details?.repairs ?? [],
            isRepaired: row.flag(9), receivedAt: row.integer(10), path: row.text(13))
        summary.trust = row.optionalText(14).flatMap { ReportTrust.Level(rawValue: $0) }
        return summary
    }

    private static func trust(
        _ transaction: any SQLTransaction, report: Int64
    ) throws -> ReportTrust? {
        let found = try transaction.rows(
            "SELECT level, reasons FROM report_trust WHERE report_id = ?", [.integer(report)])
        guard let row = found.first, let level = ReportTrust.Level(rawValue: row.text(0)) else {
            return nil
        }
        let reasons = try? JSONDecoder().decode([String].self, from: Data(row.text(1).utf8))
        return ReportTrust(level, reasons ?? [])
    }

    private static func records(
        _ transaction: any SQLTransaction, report: Int64, limit: Int
    ) throws -> [AggregateRecord] {
        let rows = try transaction.rows(
            """
            SELECT r.source, r.messages, r.disposition, r.dkim, r.spf, r.envelope_to, r.reasons,
                r.authentication_set_id, a.header_from, a.envelope_from
            FROM record r JOIN authentication_set a ON a.id = r.authentication_set_id
            WHERE r.report_id = ? ORDER BY r.messages DESC, r.position LIMIT ?
            """,
            [.integer(report), .integer(limit)])
        let results = try AuthenticationResults.load(
            transaction, sets: Set(rows.map { $0.integer(7) }))
        return rows.map { row in
            var record = AggregateRecord()
            record.sourceText = row.text(0)
            record.source = IPAddress(row.text(0))
            record.count = row.integer(1)
            record.disposition = row.text(2)
            record.dkimEvaluated = row.text(3)
            record.spfEvaluated = row.text(4)
            record.envelopeTo = row.optionalText(5)
            record.reasons = AggregateRecord.OverrideReason.read(storedText: row.optionalText(6))
            record.headerFrom = row.text(8)
            record.envelopeFrom = row.optionalText(9)
            let result = results[row.integer(7)] ?? AuthenticationResults()
            record.dkim = result.dkim
            record.spf = result.spf
            return record
        }
    }
}

extension ReportStatistics.Counts {
    static func += (left: inout Self, right: Self) {
        left.reports += right.reports
        left.records += right.records
        left.messages = ClassCounts.sum(left.messages, right.messages)
    }
}
