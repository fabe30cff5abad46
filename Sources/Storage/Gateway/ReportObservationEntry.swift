import Identities
import MailReports
import SQLDatabase

/// Adds the rows of one domain and time to those that are kept, within the limits.
struct ReportObservationEntry {
    private let store: ReportObservationStore
    private let transaction: any SQLTransaction
    private let batch: ReportObservationBatch

    init(
        _ store: ReportObservationStore, _ transaction: any SQLTransaction,
        _ batch: ReportObservationBatch
    ) {
        self.store = store
        self.transaction = transaction
        self.batch = batch
    }

    private var key: [SQLValue] {
        [store.owner, .integer(batch.begin), .text(batch.domain.text)]
    }

    func write(_ outcome: inout ReportObservationOutcome) throws {
        let total = batch.rows.reduce(batch.leftOut) { $0.saturating($1.count) }
        guard try hasRoom() else {
            outcome.refused = outcome.refused.saturating(total)
            return
        }
        var (merged, leftOut) = (Int64(0), batch.leftOut)
        try addRows(&merged, &leftOut)
        outcome.merged = outcome.merged.saturating(merged)
        outcome.leftOut = outcome.leftOut.saturating(leftOut)
        try transaction.accumulate(
            into: "observed_domain",
            columns: [
                "organisation_id", "begin_at", "domain", "seconds", "top", "record", "method",
                "seen_at", "messages", "about_reports", "merged", "left_out",
            ], key: ["organisation_id", "begin_at", "domain"],
            adding: ["messages", "about_reports", "merged", "left_out"], lowering: [],
            raising: ["seconds"],
            values: key + [
                .integer(batch.seconds), .text(batch.organization.text), .text(batch.record),
                .text(batch.method), .integer(batch.seenAt), .integer(total),
                .integer(batch.aboutReports), .integer(merged), .integer(leftOut),
            ])
        // RFC 9990 §3.1: of several policies in one time the last one is told.
        try transaction.execute(
            """
            UPDATE observed_domain SET record = ?, method = ?, seen_at = ?
            WHERE organisation_id = ? AND begin_at = ? AND domain = ? AND seen_at < ?
            """,
            [.text(batch.record), .text(batch.method), .integer(batch.seenAt)] + key
                + [.integer(batch.seenAt)])
    }

    /// Whether the domain is there already, or may still come in.
    private func hasRoom() throws -> Bool {
        let known = try transaction.rows(
            """
            SELECT 1 FROM observed_domain
            WHERE organisation_id = ? AND begin_at = ? AND domain = ?
            """, key)
        guard known.isEmpty else { return true }
        let all = try transaction.rows(
            "SELECT COUNT(*) FROM observed_domain WHERE organisation_id = ? AND begin_at = ?",
            Array(key.prefix(2)))
        let related = try transaction.rows(
            """
            SELECT COUNT(*) FROM observed_domain
            WHERE organisation_id = ? AND begin_at = ? AND top = ?
            """, key.prefix(2) + [.text(batch.organization.text)])
        return all[0].integer(0) < store.limits.domains
            && related[0].integer(0) < store.limits.domainsPerOrganization
    }

    private func addRows(_ merged: inout Int64, _ leftOut: inout Int64) throws {
        guard !batch.rows.isEmpty else { return }
        var rows = Rows()
        for record in batch.rows { rows.add(record) }
        var kept = try transaction.rows(
            """
            SELECT COUNT(*) FROM observed_record
            WHERE organisation_id = ? AND begin_at = ? AND domain = ?
            """, key)[0].integer(0)
        if kept + Int64(rows.order.count) > store.limits.rows {
            // Rare: only now it matters which rows are there already.
            let known = try known(rows.order)
            var fine = Rows()
            var coarse = Rows()
            for digest in rows.order {
                guard let record = rows.records[digest] else { continue }
                if known.contains(digest) {
                    fine.add(record)
                } else if kept < store.limits.rows {
                    fine.add(record)
                    kept += 1
                } else {
                    coarse.add(record.withoutDetails)
                    merged = merged.saturating(record.count)
                }
            }
            let knownCoarse = try self.known(coarse.order)
            for digest in coarse.order {
                guard let record = coarse.records[digest] else { continue }
                if fine.records[digest] != nil || knownCoarse.contains(digest) {
                    fine.add(record)
                } else if kept < store.limits.mergedRows {
                    fine.add(record)
                    kept += 1
                } else {
                    merged -= record.count
                    leftOut = leftOut.saturating(record.count)
                }
            }
            rows = fine
        }
        try insert(rows)
    }

    /// Which of these digests are kept already.
    private func known(_ digests: [[UInt8]]) throws -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for start in stride(from: 0, to: digests.count, by: 256) {
            var part = Array(digests[start..<min(start + 256, digests.count)])
            // One length of the list means one statement to prepare: the rest is filled up.
            part += Array(repeating: part[0], count: 256 - part.count)
            let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
            let rows = try transaction.rows(
                """
                SELECT digest FROM observed_record
                WHERE organisation_id = ? AND begin_at = ? AND domain = ? AND digest IN (\(marks))
                """, key + part.map { .blob($0) })
            for row in rows { found.insert(row.blob(0)) }
        }
        return found
    }

    private func insert(_ rows: Rows) throws {
        var values: [SQLValue] = []
        values.reserveCapacity(rows.order.count * 13)
        for digest in rows.order {
            guard let record = rows.records[digest] else { continue }
            values += key
            values += [
                .blob(digest), .text(record.sourceText), .text(record.headerFrom),
                .optional(record.envelopeFrom), .optional(record.envelopeTo),
                .text(record.disposition), .text(record.dkimEvaluated),
                .text(record.spfEvaluated), .text(record.observedResults),
                .integer(record.count),
            ]
        }
        guard !values.isEmpty else { return }
        try transaction.accumulate(
            into: "observed_record",
            columns: [
                "organisation_id", "begin_at", "domain", "digest", "source", "header_from",
                "envelope_from", "envelope_to", "disposition", "dkim", "spf", "results",
                "messages",
            ], key: ["organisation_id", "begin_at", "domain", "digest"], adding: ["messages"],
            lowering: [], raising: [], values: values)
    }

    /// Rows by their digests, each once, in the order in which they came.
    private struct Rows {
        var order: [[UInt8]] = []
        var records: [[UInt8]: AggregateRecord] = [:]

        mutating func add(_ record: AggregateRecord) {
            let digest = ReportObservationDigest(record).value
            if records[digest] == nil { order.append(digest) }
            let before = records[digest]?.count ?? 0
            var sum = record
            sum.count = before.saturating(record.count)
            records[digest] = sum
        }
    }
}

extension AggregateRecord {
    /// Without what strangers choose freely: the MAIL FROM, and signatures and comments that prove
    /// nothing. What DMARC made of the message stays.
    var withoutDetails: AggregateRecord {
        var record = self
        record.envelopeFrom = nil
        record.envelopeTo = nil
        record.dkim = dkimEvaluated == "pass" ? dkim.filter { $0.result == "pass" } : []
        record.dkim = Array(record.dkim.prefix(1))
        record.spf = spfEvaluated == "pass" ? spf : []
        record.reasons = reasons.map { .init(type: $0.type) }
        return record
    }
}

extension Int64 {
    /// The sum, or the end of 64 bits.
    func saturating(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other < 0 ? .min : .max) : sum
    }
}
