import Console
import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// The way to reject on a terminal.
enum WayText {
    static func print(_ risk: PolicyRisk) {
        Swift.print(plain(risk.sentence, limit: 400))
        let affected = risk.senders.filter { $0.atRisk > 0 }
        if !affected.isEmpty {
            var table = TextTable([
                .left("Sender"), .left("Answers for it"), .right("Stopped"), .right("Of"),
                .right("Share"),
            ])
            for sender in affected.prefix(20) {
                table.rows.append([
                    plain(sender.name, limit: 50), plain(sender.owner ?? "–", limit: 40),
                    grouped(sender.atRisk), grouped(sender.messages),
                    share(sender.atRisk, of: sender.messages),
                ])
            }
            Swift.print("\n" + table.render())
        }
        Swift.print("")
        for sentence in risk.coverage.sentences { Swift.print(plain(sentence, limit: 600)) }
        for remark in risk.remarks { Swift.print("Note: \(plain(remark, limit: 400))") }
    }

    static func print(_ proposal: WayProposal) {
        let draft = proposal.draft
        Swift.print(
            "Proposal \(proposal.id) for \(proposal.domain), \(proposal.tags): "
                + "\(proposal.state.words).")
        Swift.print("  _dmarc.\(proposal.domain) TXT")
        if let before = draft.replaces { Swift.print("  - \(plain(before, limit: 900))") }
        Swift.print("  + \(plain(draft.record, limit: 900))")
        Swift.print("  \(plain(draft.reason, limit: 400))")
        Swift.print(
            "  Proposed by \(plain(proposal.askedBy.name)), \(instant(proposal.askedAt))")
        if let by = proposal.decidedBy, let at = proposal.decidedAt {
            Swift.print("  Decided by \(plain(by)), \(instant(at))")
        }
        if let change = proposal.change {
            Swift.print("  DNS change \(change): sealgate change show \(change)")
        }
        if !proposal.remark.isEmpty { Swift.print("  \(plain(proposal.remark, limit: 600))") }
    }

    static func print(_ stored: StoredWayRules) {
        Swift.print(stored.rules.sentence)
        Swift.print("Agreed by \(plain(stored.agreedBy)), \(instant(stored.agreedAt)).")
        if let stopped = stored.stoppedAt { Swift.print("Ended \(instant(stopped)).") }
        if !stored.remark.isEmpty { Swift.print(plain(stored.remark, limit: 900)) }
    }

    /// A refusal is an error: scripts have to see it.
    static func tell(_ outcome: WayDesk.Outcome) throws {
        guard outcome.isDecided else { throw PlainError(plain(outcome.sentence, limit: 2_000)) }
        Swift.print(plain(outcome.sentence, limit: 2_000))
    }
}
