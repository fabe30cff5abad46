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
        let pending = open.pending
        open.pending = []
        // Only here, before any of these rows is looked up.
        if settled.count > Self.mostSettled { settled.removeAll(keepingCapacity: true) }
        try settle(pending.filter { settled[ObjectIdentifier($0.judgement)] == nil })
        if open.values.isEmpty {
            // Most reports end with these rows: room for them at once saves growing step by step.
            open.values.reserveCapacity(pending.count * RowBuffer.recordColumns.count)
            open.tally.identities.reserveCapacity(pending.count)
            open.tally.sources.reserveCapacity(pending.count)
        }
        for row in pending {
            guard let ids = settled[ObjectIdentifier(row.judgement)] else {
                preconditionFailure("a row was not settled")
            }
            try append(row, set: ids.set, sender: ids.sender, to: &open)
        }
        if open.values.count > Self.rowsTogether * 4 * RowBuffer.recordColumns.count {
            try writeRows(open.values)
            open.values.removeAll(keepingCapacity: true)
            open.rowsWritten = true
        }
        current = open
    }

    /// Gives judgements that are met for the first time their set and their sender.
    private func settle(_ rows: [IdentifiedRecord]) throws {
        guard !rows.isEmpty else { return }
        let sets = try ids(ofSets: rows.map { AuthenticationSetKey($0.record) })
        let senders = try ids(ofSenders: rows.map(\.judgement.identification))
        for (index, row) in rows.enumerated() {
            settled[ObjectIdentifier(row.judgement)] = (
                row.judgement, sets[index], senders[index]
            )
        }
    }

    private func append(
        _ row: IdentifiedRecord, set: Int64, sender: Int64, to open: inout OpenReport
    ) throws {
        let record = row.record
        let judgement = row.judgement
        let code = judgement.sourceClass.code
        open.values.append(.integer(open.id))
        open.values.append(.integer(open.position))
        open.values.append(.text(record.source?.description ?? record.sourceText))
        open.values.append(.integer(record.count))
        open.values.append(.text(record.disposition))
        open.values.append(.text(record.dkimEvaluated))
        open.values.append(.text(record.spfEvaluated))
        open.values.append(.integer(set))
        open.values.append(.integer(sender))
        open.values.append(.integer(code))
        open.values.append(.optional(record.envelopeTo))
        open.values.append(record.reasons.isEmpty ? .null : .text(try text(of: record.reasons)))
        open.position += 1

        open.tally.records += 1
        open.tally.messages += record.count
        let identity = ReportTally.Identity(
            set: set, sender: sender, classCode: code,
            disposition: Disposition(word: record.disposition).rawValue,
            dkimAligned: record.dkimEvaluated == "pass",
            spfAligned: record.spfEvaluated == "pass")
        open.tally.identities[identity, default: 0] += record.count
        if let address = record.source {
            let source = ReportTally.Source(sender: sender, address: address)
            open.tally.sources[source, default: 0] += record.count
        }
        let unproved = judgement.sourceClass == .compliant ? 0 : record.count
        if let note = open.senders[sender] {
            if note.identification.confidence < judgement.identification.confidence {
                open.senders[sender]?.identification = judgement.identification
            }
            if unproved > note.reasonMessages {
                open.senders[sender]?.reason = judgement.reason
                open.senders[sender]?.reasonMessages = unproved
            }
        } else {
            open.senders[sender] = SenderNote(
                identification: judgement.identification, reason: judgement.reason,
                reasonMessages: unproved)
        }
    }

    func writeRows(_ values: [SQLValue]) throws {
        guard !values.isEmpty else { return }
        try transaction.insert(into: "record", columns: RowBuffer.recordColumns, values: values)
    }

    private func text(of reasons: [AggregateRecord.OverrideReason]) throws -> String {
        if let known = reasonTexts[reasons] { return known }
        if reasonTexts.count > 1_000 { reasonTexts.removeAll(keepingCapacity: true) }
        let text = try json(reasons)
        reasonTexts[reasons] = text
        return text
    }
}
