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
        var buffer = rows
        rows = RowBuffer()
        buffer.reserve(rows: pending.count, of: .record)
        open.tally.reserve(pending.count)
        pending.withUnsafeBufferPointer { records in
            for index in records.indices {
                guard let ids = settled[ObjectIdentifier(judgements[index])] else {
                    preconditionFailure("a row was not settled")
                }
                Self.append(
                    records, index, judgements[index], ids.set, ids.sender, to: &open, &buffer)
            }
        }
        rows = buffer
        buffer = RowBuffer()
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
        to open: inout OpenReport, _ buffer: inout RowBuffer
    ) {
        let code = judgement.sourceClass.code
        let count = rows[index].count
        buffer.add(
            to: .record, .integer(open.id), .integer(open.position),
            .text(rows[index].source?.description ?? rows[index].sourceText), .integer(count),
            .text(rows[index].disposition), .text(rows[index].dkimEvaluated),
            .text(rows[index].spfEvaluated), .integer(set), .integer(sender), .integer(code),
            .optional(rows[index].envelopeTo),
            rows[index].reasons.isEmpty
                ? .null : .text(AggregateRecord.OverrideReason.storedText(rows[index].reasons)))
        open.position += 1

        open.tally.records += 1
        open.tally.messages += count
        let identity = ReportTally.Identity(
            set: set, sender: sender, classCode: code,
            disposition: Disposition(word: rows[index].disposition).rawValue,
            dkimAligned: rows[index].dkimEvaluated == "pass",
            spfAligned: rows[index].spfEvaluated == "pass")
        open.tally.add(identity, count)
        if let address = rows[index].source {
            open.tally.add(ReportTally.Source(sender: sender, address: address), count)
        }
        note(judgement, sender, unproved: judgement.sourceClass == .compliant ? 0 : count, &open)
    }

    /// Keeps the best identification of each sender, and the reason behind most of its mail.
    private static func note(
        _ judgement: IdentifiedRecord.Judgement, _ sender: Int64, unproved: Int64,
        _ open: inout OpenReport
    ) {
        if let note = open.senders[sender] {
            if note.judgement.identification.confidence < judgement.identification.confidence {
                open.senders[sender]?.judgement = judgement
            }
            if unproved > note.reasonMessages {
                open.senders[sender]?.reason = judgement.reason
                open.senders[sender]?.reasonMessages = unproved
            }
        } else {
            open.senders[sender] = SenderNote(
                judgement: judgement, reason: judgement.reason, reasonMessages: unproved)
        }
    }
}
