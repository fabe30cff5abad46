public import MailReports
public import SQLDatabase

import Crypto
import DomainAnalysis
import FoundationEssentials
public import Identities

/// One durable step of the intake: raw bytes, reports, their rows and all sums, or nothing.
///
/// Lives inside `SQLDatabase.write` and never leaves it. A report is begun, given its rows, and
/// ended; a report that turns out to be known, or unreadable, is abandoned without a trace.
public final class IngestTransaction {
    public enum Outcome: Hashable, Sendable {
        case stored(Int64)
        /// The same report (reporter, report id, policy domain, period) is known already.
        case repeated(Int64)
    }

    let transaction: any SQLTransaction
    let organisation: OrganisationID
    let now: Int64
    var caches: IngestCaches
    var batch = BatchTally()
    var rows = RowBuffer()
    /// Objects and reports of this transaction that may not have been written yet.
    var newObjects: [String: Int64] = [:]
    /// Objects and sets that were asked for and are not stored: no other intake writes meanwhile.
    var absentObjects: Set<String> = []
    var absentSets: Set<AuthenticationSetDigest> = []
    private var newReports: [ReportKey: Int64] = [:]
    /// The last report that was asked for and is not stored: its end need not ask again.
    private var unknownReport: ReportKey?
    private var idBlocks: [(name: String, next: Int64, end: Int64)] = []
    private let encoder = JSONEncoder()
    /// Set and sender of judgements met so far; each is kept alive, so that its address stays its.
    var settled: [ObjectIdentifier: (IdentifiedRecord.Judgement, set: Int64, sender: Int64)] =
        [:]
    var current: OpenReport?
    /// What is known of reporters that were asked for, by their names.
    var histories: [String: [ReporterHistory]] = [:]

    /// Rows held back before they are written together.
    static let rowsTogether = 500
    static let mostSettled = 40_000
    /// Ids taken from a table's counter at once; what is left of them is never used.
    static let idsTogether = 64

    struct OpenReport {
        var id: Int64
        // Side by side: a row is copied nowhere on its way from the reader to the database.
        var pending: [AggregateRecord] = []
        var judgements: [IdentifiedRecord.Judgement] = []
        var position: Int64 = 0
        /// Where its rows begin among those that wait, unless some were written since.
        var firstValue: Int
        var timesWritten: Int
        var sums = ReportSums()
    }

    public init(
        _ transaction: any SQLTransaction, organisation: OrganisationID, memory: IngestMemory,
        now: Int64
    ) throws {
        self.transaction = transaction
        self.organisation = organisation
        self.now = now
        self.caches = memory.take()
        self.encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Lines up writers: from here to the commit no other intake writes.
        try transaction.execute("UPDATE id_block SET next = next WHERE name = 'report'")
        // Another process may have replaced the sums, and removed senders, since.
        let timesReplaced = try transaction.rows(
            "SELECT next FROM id_block WHERE name = 'sums'")[0].integer(0)
        if caches.timesReplaced != timesReplaced { caches = IngestCaches() }
        caches.timesReplaced = timesReplaced
        swap(&rows, &caches.rows)
    }

    /// For a step after which what was remembered holds no more.
    func forgetCaches() { caches = IngestCaches() }

    /// The next id of a table, out of a block that is taken at once.
    func takeID(_ name: String) throws -> Int64 {
        let place = idBlocks.firstIndex { $0.name == name } ?? idBlocks.endIndex
        if place == idBlocks.endIndex { idBlocks.append((name, 0, 0)) }
        if idBlocks[place].next >= idBlocks[place].end {
            idBlocks[place].next = try takeIDs(name, Self.idsTogether)
            idBlocks[place].end = idBlocks[place].next + Int64(Self.idsTogether)
        }
        idBlocks[place].next += 1
        return idBlocks[place].next - 1
    }

    /// Takes the next `count` ids of a table.
    func takeIDs(_ name: String, _ count: Int) throws -> Int64 {
        let row = try transaction.rows(
            "UPDATE id_block SET next = next + ? WHERE name = ? RETURNING next",
            [.integer(count), .text(name)])
        return row[0].integer(0) - Int64(count)
    }

    // MARK: Reports

    public func begin() throws {
        current = OpenReport(
            id: try takeID("report"), firstValue: rows.count(of: .record),
            timesWritten: rows.timesWritten)
    }

    public func add(_ row: IdentifiedRecord) throws { try add(row.record, row.judgement) }

    /// Adds a row; the judgement is shared only by rows that authenticated the same.
    public func add(
        _ record: AggregateRecord, _ judgement: IdentifiedRecord.Judgement
    ) throws {
        guard current != nil else { return }
        current?.pending.append(record)
        current?.judgements.append(judgement)
        if let count = current?.pending.count, count >= Self.rowsTogether { try settle() }
    }

    /// Adds all rows of a report, each with the judgement at the same place.
    public func add(
        _ records: [AggregateRecord], _ judgements: [IdentifiedRecord.Judgement]
    ) throws {
        precondition(records.count == judgements.count, "each row has one judgement")
        guard current != nil else { return }
        try settle()
        current?.pending = records
        current?.judgements = judgements
        if records.count >= Self.rowsTogether { try settle() }
    }

    /// Forgets the report that was begun.
    public func abandon() throws {
        guard let open = current else { return }
        current = nil
        guard open.timesWritten != rows.timesWritten else {
            return rows.cut(.record, to: open.firstValue)
        }
        rows.cut(.record, to: 0)
        try transaction.execute("DELETE FROM record WHERE report_id = ?", [.integer(open.id)])
    }

    /// The id of a stored report with the same key.
    public func known(_ report: AggregateReport, domain: DomainName) throws -> Int64? {
        try known(
            kind: .aggregate, reporter: report.reporter, reportID: report.reportID,
            policyDomain: domain.text, begin: report.begin, end: report.end)
    }

    /// Ends the report that was begun; its rows were added before.
    public func end(
        _ report: AggregateReport, domain: DomainName, rawObject: Int64, path: String
    ) throws -> Outcome {
        if let id = try known(report, domain: domain) {
            try abandon()
            return .repeated(id)
        }
        try settle()
        guard var open = current else { preconditionFailure("no report was begun") }
        current = nil
        let domainID = try id(ofDomain: domain)
        try insertReport(
            Row(
                id: open.id, kind: .aggregate, reporter: report.reporter,
                reportID: report.reportID, policyDomain: domain.text, begin: report.begin,
                end: report.end, domainID: domainID, records: open.sums.tally.records,
                messages: open.sums.tally.messages, isRepaired: report.isRepaired,
                isNoted: !report.repairs.isEmpty, details: report.storedText,
                rawObject: rawObject, path: path))
        try sumWriter.end(
            &open.sums, of: report, domain: domainID, reporter: Self.keyText(report.reporter),
            into: &batch, &caches.domainSenders)
        if rows.isFull { try rows.write(to: transaction) }
        if batch.size > SumWriter.mostSums { try writeSums() }
        return .stored(open.id)
    }

    public func store(
        _ report: TLSReport, domain: String, rawObject: Int64, path: String
    ) throws -> Outcome {
        return try store(
            Row(
                id: 0, kind: .tls, reporter: report.reporter, reportID: report.reportID,
                policyDomain: domain, begin: report.begin, end: report.end, domainID: nil,
                records: Int64(report.policies.count), messages: report.sessions,
                isRepaired: report.repairs.contains { $0.weight == .repair },
                isNoted: !report.repairs.isEmpty, details: try json(report),
                rawObject: rawObject, path: path))
    }

    /// Failure reports carry no id of their own: the digest of what came in tells them apart.
    public func store(
        _ report: FailureReport, domain: String, digest: String, rawObject: Int64, path: String
    ) throws -> Outcome {
        let arrival = report.arrival ?? now
        return try store(
            Row(
                id: 0, kind: .failure,
                reporter: report.reportingMTA ?? report.userAgent ?? "not named",
                reportID: digest + " " + path, policyDomain: domain, begin: arrival, end: arrival,
                domainID: nil, records: 1, messages: report.incidents,
                isRepaired: report.repairs.contains { $0.weight == .repair },
                isNoted: !report.repairs.isEmpty, details: try json(report),
                rawObject: rawObject, path: path))
    }

    /// Writes what is still held in memory. The last call before the transaction's body returns.
    ///
    /// - Returns: what may be remembered once the transaction is committed, and not before.
    func finish() throws -> IngestCaches {
        try rows.write(to: transaction)
        try writeSums()
        swap(&rows, &caches.rows)
        return caches
    }

    // MARK: Rows

    struct Row {
        var id: Int64
        var kind: ReportSummary.Kind
        var reporter: String
        var reportID: String
        var policyDomain: String
        var begin: Int64
        var end: Int64
        var domainID: Int64?
        var records: Int64
        var messages: Int64
        var isRepaired: Bool
        var isNoted: Bool
        var details: String
        var rawObject: Int64
        var path: String
    }

    private func store(_ row: Row) throws -> Outcome {
        if let id = try known(
            kind: row.kind, reporter: row.reporter, reportID: row.reportID,
            policyDomain: row.policyDomain, begin: row.begin, end: row.end)
        {
            return .repeated(id)
        }
        var row = row
        row.id = try takeID("report")
        try insertReport(row)
        return .stored(row.id)
    }

    private func known(
        kind: ReportSummary.Kind, reporter: String, reportID: String, policyDomain: String,
        begin: Int64, end: Int64
    ) throws -> Int64? {
        let key = ReportKey(
            kind: kind.rawValue, reporter: Self.keyText(reporter),
            reportID: Self.keyText(reportID), policyDomain: Self.keyText(policyDomain),
            begin: begin, end: end)
        if key == unknownReport { return nil }
        if let id = newReports[key] { return id }
        let found = try transaction.rows(
            """
            SELECT id FROM report WHERE organisation_id = ? AND kind = ? AND reporter = ?
                AND report_id = ? AND policy_domain = ? AND begin_at = ? AND end_at = ?
            """,
            [
                .integer(organisation.rawValue), .text(key.kind), .text(key.reporter),
                .text(key.reportID), .text(key.policyDomain), .integer(begin), .integer(end),
            ]
        ).first?.integer(0)
        if found == nil { unknownReport = key }
        return found
    }

    /// What makes two reports the same report.
    private struct ReportKey: Hashable {
        var kind: String
        var reporter: String
        var reportID: String
        var policyDomain: String
        var begin: Int64
        var end: Int64
    }

    private func insertReport(_ row: Row) throws {
        let reportKey = ReportKey(
            kind: row.kind.rawValue, reporter: Self.keyText(row.reporter),
            reportID: Self.keyText(row.reportID), policyDomain: Self.keyText(row.policyDomain),
            begin: row.begin, end: row.end)
        newReports[reportKey] = row.id
        unknownReport = nil
        rows.add(
            [
                .integer(row.id), .integer(organisation.rawValue), .text(row.kind.rawValue),
                .text(reportKey.reporter), .text(reportKey.reportID),
                .text(reportKey.policyDomain), .integer(row.begin), .integer(row.end),
                .optional(row.domainID), .integer(row.records), .integer(row.messages),
                .flag(row.isRepaired), .text(row.details), .integer(row.rawObject),
                .text(row.path), .integer(now),
            ], to: .report)
        batch.count(
            .init(
                kind: row.kind.rawValue, policyDomain: Self.keyText(row.policyDomain),
                isRepaired: row.isRepaired),
            records: row.records, messages: row.messages, isNoted: row.isNoted)
    }

    // MARK: Sums

    var sumWriter: SumWriter { SumWriter(transaction, organisation: organisation) }

    func writeSums() throws {
        let sums = batch
        batch = BatchTally()
        try sumWriter.write(sums)
    }

    func json(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Text that takes part in a key: whole while it is short, else its beginning and its digest
    /// (PostgreSQL refuses index entries of more than 2,700 bytes).
    static func keyText(_ text: String) -> String {
        guard text.utf8.count > 255 else { return text }
        let digest = SHA256.hash(data: Data(text.utf8)).prefix(12)
        return text.prefix(48) + "…" + Hexadecimal.text(digest)
    }
}
