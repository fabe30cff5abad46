import SQLDatabase

/// Who brought a report, what its reporter did before, and how far it is believed.
extension IngestTransaction {
    /// Domains of one reporter that are read; the oldest count.
    static let mostHistories = 32

    /// What came in so far in a reporter's name, the oldest domain first.
    public func history(of reporter: String) throws -> [ReporterHistory] {
        let key = Self.keyText(reporter.lowercased())
        if let known = histories[key] { return known }
        let found = try transaction.rows(
            """
            SELECT domain, first_at, last_at, reports FROM reporter_history
            WHERE organisation_id = ? AND reporter = ? ORDER BY first_at, domain LIMIT ?
            """,
            [.integer(organisation.rawValue), .text(key), .integer(Self.mostHistories)]
        ).map {
            ReporterHistory(
                domain: $0.text(0), first: $0.integer(1), last: $0.integer(2),
                reports: $0.integer(3))
        }
        histories[key] = found
        return found
    }

    /// Keeps the judgement of a report that was stored, and counts it for its reporter.
    ///
    /// - Parameter domain: whose mail brought it, proved; empty where nothing proved it.
    public func keep(
        _ trust: ReportTrust, of report: Int64, by reporter: String, through domain: String
    ) throws {
        try transaction.execute(
            """
            INSERT INTO report_trust (report_id, organisation_id, level, reasons)
            VALUES (?, ?, ?, ?)
            """,
            [
                .integer(report), .integer(organisation.rawValue), .text(trust.level.rawValue),
                .text(try json(trust.reasons)),
            ])
        let key = Self.keyText(reporter.lowercased())
        try transaction.execute(
            """
            INSERT INTO reporter_history (organisation_id, reporter, domain, first_at, last_at,
                reports)
            VALUES (?, ?, ?, ?, ?, 1)
            ON CONFLICT (organisation_id, reporter, domain) DO UPDATE SET
                last_at = excluded.last_at, reports = reporter_history.reports + 1
            """,
            [
                .integer(organisation.rawValue), .text(key), .text(domain), .integer(now),
                .integer(now),
            ])
        count(domain, for: key)
    }

    private func count(_ domain: String, for key: String) {
        guard var known = histories[key] else { return }
        if let place = known.firstIndex(where: { $0.domain == domain }) {
            known[place].last = now
            known[place].reports += 1
        } else if known.count < Self.mostHistories {
            known.append(ReporterHistory(domain: domain, first: now, last: now, reports: 1))
        }
        histories[key] = known
    }

    /// Keeps who was behind an object, as text that its reader understands.
    public func keep(origin details: String, of object: Int64) throws {
        try transaction.execute(
            """
            INSERT INTO raw_object_origin (raw_object_id, organisation_id, details)
            VALUES (?, ?, ?)
            """,
            [.integer(object), .integer(organisation.rawValue), .text(details)])
    }

    /// Forgets the bytes of an object and keeps its digest, by which it is known again.
    public func forgetBytes(of object: Int64) throws {
        try rows.write(to: transaction)
        try transaction.execute(
            "DELETE FROM raw_piece WHERE raw_object_id = ?", [.integer(object)])
    }
}
