import DomainAnalysis
import Identities
import MailReports
import SQLDatabase

/// The rows of the report that is open.
extension IngestTransaction {
    /// Gives the rows held back their ids, and adds them to the sums.
    func settle() throws {
        guard var open = current, !open.pending.isEmpty else { return }
        // Let go of the other reference: else every change below would copy all the sums.
        current = nil
        let (pending, judgements) = (open.pending, open.judgements)
        open.pending = []
        open.judgements = []
        // Only here, before any of these rows is looked up.
        if settled.count > Self.mostSettled { settled.removeAll(keepingCapacity: true) }
        try settle(
            judgements.indices.filter { settled[ObjectIdentifier(judgements[$0])] == nil },
            of: pending, judgements)
        // Taken out and put back: one access instead of twelve for each row.
        var buffer = RowBuffer.gap
        swap(&buffer, &rows)
        buffer.reserve(rows: pending.count, of: .record)
        open.sums.tally.reserve(pending.count)
        buffer.fill(.record) { values in
            pending.withUnsafeBufferPointer { records in
                for index in records.indices {
                    guard let ids = settled[ObjectIdentifier(judgements[index])] else {
                        preconditionFailure("a row was not settled")
                    }
                    Self.append(
                        records, index, judgements[index], ids.set, ids.sender, to: &open,
                        &values)
                }
            }
        }
        swap(&buffer, &rows)
        current = open
        if rows.isFull { try rows.write(to: transaction) }
    }

    /// Gives judgements that are met for the first time their set and their sender.
    private func settle(
        _ indices: [Int], of records: [AggregateRecord],
        _ judgements: [IdentifiedRecord.Judgement]
    ) throws {
        guard !indices.isEmpty else { return }
        var unseen: [AuthenticationSetDigest: Int] = [:]
        for index in indices {
            let digest = judgements[index].authenticationSet
            if caches.sets[digest] == nil { unseen[digest] = index }
        }
        try settle(unseen, of: records)
        for index in indices {
            let judgement = judgements[index]
            settled[ObjectIdentifier(judgement)] = (
                judgement, caches.sets[judgement.authenticationSet] ?? 0,
                try id(ofSender: judgement.identification)
            )
        }
    }

    /// A row as it is stored, and what it adds to the sums.
    private static func append(
        _ rows: UnsafeBufferPointer<AggregateRecord>, _ index: Int,
        _ judgement: IdentifiedRecord.Judgement, _ set: Int64, _ sender: Int64,
        to open: inout OpenReport, _ values: inout [SQLValue]
    ) {
        let reasons = rows[index].reasons
        values.append(.integer(open.id))
        values.append(.integer(open.position))
        values.append(.text(rows[index].source?.description ?? rows[index].sourceText))
        values.append(.integer(rows[index].count))
        values.append(.text(rows[index].disposition))
        values.append(.text(rows[index].dkimEvaluated))
        values.append(.text(rows[index].spfEvaluated))
        values.append(.integer(set))
        values.append(.integer(sender))
        values.append(.integer(judgement.sourceClass.code))
        values.append(.optional(rows[index].envelopeTo))
        values.append(
            reasons.isEmpty ? .null : .text(AggregateRecord.OverrideReason.storedText(reasons)))
        open.position += 1

        // Not the row itself: a copy of it would count the references to all its texts.
        open.sums.add(
            rows[index].count, from: rows[index].source,
            ReportTally.Identity(
                set: set, sender: sender, classCode: judgement.sourceClass.code,
                disposition: Disposition(word: rows[index].disposition).rawValue,
                dkimAligned: rows[index].dkimEvaluated == "pass",
                spfAligned: rows[index].spfEvaluated == "pass"),
            judgement)
    }
}
