public import MailReports
public import SQLDatabase

public import Identities

/// The reports that the gateway owes, each step of their lives made durable before the next.
public struct OutgoingReportStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    private var owner: SQLValue { .integer(organisation.rawValue) }

    // MARK: Planning

    /// Plans a report for each domain and time that is over by `now` and has none yet, up to
    /// `limit`; gives how many were planned.
    ///
    /// - Parameter make: chooses identifier and moment for a domain, the end of its time given.
    public func plan(
        _ kind: OutgoingReport.Kind, before now: Int64, limit: Int,
        _ make: @escaping @Sendable (DomainName, Int64) -> (reportID: String, dueAt: Int64)
    ) async throws -> Int {
        let owner = owner
        let source =
            switch kind {
            case .dmarc:
                "SELECT domain, begin_at, seconds FROM observed_domain WHERE messages > about_reports"
            case .tls:
                "SELECT DISTINCT domain, begin_at, CAST(86400 AS BIGINT) AS seconds FROM observed_session WHERE 1 = 1"
            }
        return try await database.write { transaction in
            let rows = try transaction.rows(
                """
                SELECT seen.domain, seen.begin_at, seen.seconds
                FROM (\(source) AND organisation_id = ? AND begin_at < ?) AS seen
                WHERE seen.begin_at + seen.seconds <= ? AND NOT EXISTS (
                    SELECT 1 FROM outgoing_report AS known
                    WHERE known.organisation_id = ? AND known.kind = ?
                        AND known.begin_at = seen.begin_at AND known.domain = seen.domain)
                ORDER BY seen.begin_at, seen.domain LIMIT ?
                """,
                [
                    owner, .integer(now), .integer(now), owner, .text(kind.rawValue),
                    .integer(limit),
                ])
            for row in rows {
                guard let domain = DomainName(row.text(0)) else { continue }
                let begin = row.integer(1)
                let end = begin + row.integer(2) - 1
                let (reportID, dueAt) = make(domain, end)
                try transaction.execute(
                    """
                    INSERT INTO outgoing_report (organisation_id, kind, begin_at, domain, end_at,
                        report_id, state, due_at, composed_at, claimed_by, claimed_until, name,
                        media_type, content, messages, remark)
                    VALUES (?, ?, ?, ?, ?, ?, 'planned', ?, 0, '', 0, '', '', NULL, 0, '')
                    ON CONFLICT (organisation_id, kind, begin_at, domain) DO NOTHING
                    """,
                    [
                        owner, .text(kind.rawValue), .integer(begin), .text(domain.text),
                        .integer(end), .text(reportID), .integer(dueAt),
                    ])
            }
            return rows.count
        }
    }

    /// Takes the next report that something is to be done for, so that no other process works on it
    /// until `until`; nil when there is none.
    public func claim(
        by claimant: String, now: Int64, until: Int64
    ) async throws -> OutgoingReport? {
        let owner = owner
        return try await database.write { transaction in
            for _ in 0..<8 {
                let found = try transaction.rows(
                    Self.select
                        + """
                         WHERE organisation_id = ? AND state IN ('planned', 'composed')
                            AND due_at <= ? AND claimed_until <= ?
                        ORDER BY due_at, domain LIMIT 1
                        """, [owner, .integer(now), .integer(now)]
                ).first.flatMap(Self.report)
                guard let found else { return nil }
                let key = Self.key(found, owner)
                try transaction.execute(
                    "UPDATE outgoing_report SET claimed_by = ?, claimed_until = ?"
                        + Self.whereKey + " AND claimed_until <= ?",
                    [.text(claimant), .integer(until)] + key + [.integer(now)])
                let holder = try transaction.rows(
                    "SELECT claimed_by, claimed_until FROM outgoing_report" + Self.whereKey, key)
                if holder.first?.text(0) == claimant, holder.first?.integer(1) == until {
                    return found
                }
            }
            return nil
        }
    }

    // MARK: Composing

    /// Keeps the file of a report and where it goes. From now on the file does not change.
    public func compose(
        _ report: OutgoingReport, file: ReportFile, messages: Int64,
        mails: [OutgoingReportMail], now: Int64
    ) async throws {
        let owner = owner
        try await database.write { transaction in
            let key = Self.key(report, owner)
            try transaction.execute(
                """
                UPDATE outgoing_report SET state = 'composed', composed_at = ?, due_at = ?,
                    name = ?, media_type = ?, content = ?, messages = ?
                """ + Self.whereKey + " AND state = 'planned'",
                [
                    .integer(now), .integer(now), .text(file.name), .text(file.mediaType),
                    .blob(file.octets), .integer(messages),
                ] + key)
            for mail in mails {
                try transaction.execute(
                    """
                    INSERT INTO outgoing_report_mail (organisation_id, kind, begin_at, domain,
                        position, destination, state, attempts, changed_at, remark)
                    VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
                    ON CONFLICT (organisation_id, kind, begin_at, domain, position) DO NOTHING
                    """,
                    key + [
                        .integer(mail.position), .text(mail.destination),
                        .text(mail.state.rawValue), .integer(now), .text(mail.remark),
                    ])
            }
        }
    }

    /// The file of a composed report; nil when it is done with.
    public func content(of report: OutgoingReport) async throws -> [UInt8]? {
        let key = Self.key(report, owner)
        return try await database.read { transaction in
            let row = try transaction.rows(
                "SELECT content FROM outgoing_report" + Self.whereKey, key
            ).first
            guard let row, row.values[0] != .null else { return nil }
            return row.blob(0)
        }
    }

    // MARK: Sending

    /// Where a report goes, in order.
    public func mails(of report: OutgoingReport) async throws -> [OutgoingReportMail] {
        let key = Self.key(report, owner)
        return try await database.read { transaction in
            try transaction.rows(
                "SELECT position, destination, state, attempts, remark FROM outgoing_report_mail"
                    + Self.whereKey + " ORDER BY position", key
            ).map {
                OutgoingReportMail(
                    position: Int(clamping: $0.integer(0)), destination: $0.text(1),
                    state: OutgoingReportMail.State(rawValue: $0.text(2)) ?? .refused,
                    attempts: Int(clamping: $0.integer(3)), remark: $0.text(4))
            }
        }
    }

    /// Keeps the state of one mail.
    public func update(
        _ mail: OutgoingReportMail, of report: OutgoingReport, now: Int64
    ) async throws {
        let key = Self.key(report, owner)
        try await database.write { transaction in
            try transaction.execute(
                "UPDATE outgoing_report_mail SET state = ?, attempts = ?, changed_at = ?, remark = ?"
                    + Self.whereKey + " AND position = ?",
                [
                    .text(mail.state.rawValue), .integer(mail.attempts), .integer(now),
                    .text(mail.remark),
                ] + key + [.integer(mail.position)])
        }
    }

    /// Lets a report wait until something is to be done for it again.
    public func postpone(_ report: OutgoingReport, until: Int64, remark: String) async throws {
        let key = Self.key(report, owner)
        try await database.write { transaction in
            try transaction.execute(
                "UPDATE outgoing_report SET due_at = ?, claimed_until = 0, remark = ?"
                    + Self.whereKey, [.integer(until), .text(remark)] + key)
        }
    }

    /// Ends a report: its file and what it was made of are forgotten in the same step.
    public func finish(_ report: OutgoingReport, remark: String) async throws {
        let key = Self.key(report, owner)
        let owner = owner
        try await database.write { transaction in
            try transaction.execute(
                """
                UPDATE outgoing_report SET state = 'done', content = NULL, claimed_until = 0,
                    remark = ?
                """ + Self.whereKey, [.text(remark)] + key)
            let tables =
                report.kind == .dmarc
                ? ["observed_record", "observed_domain"] : ["observed_session"]
            for table in tables {
                try transaction.execute(
                    "DELETE FROM \(table) WHERE organisation_id = ? AND begin_at = ? AND domain = ?",
                    [owner, .integer(report.begin), .text(report.domain.text)])
            }
        }
    }

    // MARK: Looking

    /// Reports, those of the latest time first.
    public func recent(limit: Int) async throws -> [OutgoingReport] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.select
                    + " WHERE organisation_id = ? ORDER BY begin_at DESC, kind, domain LIMIT ?",
                [owner, .integer(limit)]
            ).compactMap(Self.report)
        }
    }

    /// When something is to be done next; nil when nothing is owed.
    public func nextDue() async throws -> Int64? {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT MIN(due_at) FROM outgoing_report
                WHERE organisation_id = ? AND state IN ('planned', 'composed')
                """, [owner])[0].optionalInteger(0)
        }
    }

    /// Forgets reports about times that began before this one.
    public func forget(before begin: Int64) async throws {
        let owner = owner
        try await database.write { transaction in
            for table in ["outgoing_report_mail", "outgoing_report"] {
                try transaction.execute(
                    "DELETE FROM \(table) WHERE organisation_id = ? AND begin_at < ?",
                    [owner, .integer(begin)])
            }
        }
    }

    private static let select = """
        SELECT kind, domain, begin_at, end_at, report_id, state, due_at, composed_at, name,
            media_type, messages, remark FROM outgoing_report
        """

    private static let whereKey =
        " WHERE organisation_id = ? AND kind = ? AND begin_at = ? AND domain = ?"

    private static func key(_ report: OutgoingReport, _ owner: SQLValue) -> [SQLValue] {
        [owner, .text(report.kind.rawValue), .integer(report.begin), .text(report.domain.text)]
    }

    private static func report(_ row: SQLRow) -> OutgoingReport? {
        guard let kind = OutgoingReport.Kind(rawValue: row.text(0)),
            let domain = DomainName(row.text(1)),
            let state = OutgoingReport.State(rawValue: row.text(5))
        else { return nil }
        return OutgoingReport(
            kind: kind, domain: domain, begin: row.integer(2), end: row.integer(3),
            reportID: row.text(4), state: state, dueAt: row.integer(6),
            composedAt: row.integer(7), name: row.text(8), mediaType: row.text(9),
            messages: row.integer(10), remark: row.text(11))
    }
}
