import DomainAnalysis
import MailReports

/// What one report adds to the sums, gathered while its rows go by.
struct ReportSums: Sendable {
    /// What identification said of a sender, and the reason behind most of its unproved mail.
    struct SenderNote: Sendable {
        var judgement: IdentifiedRecord.Judgement
        var reason: String
        var reasonMessages: Int64
    }

    var tally = ReportTally()
    /// Sender id to what identification said, for this report's domain.
    var senders: [Int64: SenderNote] = [:]

    /// Adds a row, with the ids of what it authenticated and of who sent it.
    mutating func add(
        _ record: AggregateRecord, _ judgement: IdentifiedRecord.Judgement, set: Int64,
        sender: Int64
    ) {
        tally.records += 1
        tally.messages = ClassCounts.sum(tally.messages, record.count)
        tally.add(
            ReportTally.Identity(
                set: set, sender: sender, classCode: judgement.sourceClass.code,
                disposition: Disposition(word: record.disposition).rawValue,
                dkimAligned: record.dkimEvaluated == "pass",
                spfAligned: record.spfEvaluated == "pass"),
            record.count)
        if let address = record.source {
            tally.add(ReportTally.Source(sender: sender, address: address), record.count)
        }
        note(
            judgement, sender,
            unproved: judgement.sourceClass == .compliant ? 0 : record.count)
    }

    /// Keeps the best identification of each sender, and the reason behind most of its mail.
    private mutating func note(
        _ judgement: IdentifiedRecord.Judgement, _ sender: Int64, unproved: Int64
    ) {
        if let note = senders[sender] {
            if note.judgement.identification.confidence < judgement.identification.confidence {
                senders[sender]?.judgement = judgement
            }
            if unproved > note.reasonMessages {
                senders[sender]?.reason = judgement.reason
                senders[sender]?.reasonMessages = unproved
            }
        } else {
            senders[sender] = SenderNote(
                judgement: judgement, reason: judgement.reason, reasonMessages: unproved)
        }
    }
}
