import DomainAnalysis
import Identities
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
        _ messages: Int64, from source: IPAddress?, _ identity: ReportTally.Identity,
        _ judgement: IdentifiedRecord.Judgement
    ) {
        tally.records += 1
        tally.messages = ClassCounts.sum(tally.messages, messages)
        tally.add(identity, messages)
        if let source {
            tally.add(ReportTally.Source(sender: identity.sender, address: source), messages)
        }
        note(
            judgement, identity.sender,
            unproved: judgement.sourceClass == .compliant ? 0 : messages)
    }

    /// Keeps the best identification of each sender, and the reason behind most of its mail.
    private mutating func note(
        _ judgement: IdentifiedRecord.Judgement, _ sender: Int64, unproved: Int64
    ) {
        if let note = senders[sender] {
            if note.judgement.confidence < judgement.confidence {
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
