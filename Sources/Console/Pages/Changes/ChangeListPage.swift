import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// All changes, newest first, drawn.
struct ChangeListPage {
    /// One more than the page shows where there are older ones.
    let changes: [StoredChange]
    let mayAct: Bool
    let isLaterPage: Bool

    func draw() -> Page {
        let shown = changes.prefix(Limits.changeRows)
        var fields: Fields = [
            "lead": .list(lead),
            "rows": .list(shown.map(Self.row)),
            "hasRows": .flag(!shown.isEmpty),
            "mayAct": .flag(mayAct),
        ]
        if changes.count > Limits.changeRows, let last = shown.last {
            fields["olderChanges"] = Link("changes").with("before", String(last.id)).value
        }
        return Page("changes", title: "DNS changes", place: .changes, fields: fields)
    }

    private var lead: [Fields] {
        guard !changes.isEmpty else {
            return [
                Words.piece(
                    isLaterPage
                        ? "There are no older changes."
                        : "No change of your DNS was asked for yet. A domain's plan proposes them, "
                            + "each with its exact difference.")
            ]
        }
        func count(_ states: ChangeState...) -> Int {
            changes.count { states.contains($0.state) }
        }
        var sentences: [String] = []
        let outside = count(.changedOutside)
        if outside > 0 {
            sentences.append(
                "\(Numbers.counted(outside, "change was", "changes were")) altered by somebody "
                    + "else since.")
        }
        let overdue = count(.overdue)
        if overdue > 0 {
            sentences.append(
                "\(Numbers.counted(overdue, "change", "changes")) never became visible on all "
                    + "servers.")
        }
        let proposed = count(.proposed)
        if proposed > 0 {
            sentences.append(
                "\(Numbers.counted(proposed, "change waits", "changes wait")) for your decision.")
        }
        let pending = count(.pending, .applying)
        if pending > 0 {
            sentences.append(
                "\(Numbers.counted(pending, "change is", "changes are")) on the way.")
        }
        if sentences.isEmpty { sentences.append("Every change here is settled.") }
        return [Words.piece(sentences.joined(separator: " "))]
    }

    private static func row(_ stored: StoredChange) -> Fields {
        [
            "changeLink": .text("/changes/\(stored.id)"),
            "changeNumber": .text(String(stored.id)),
            "changeDomain": ForeignText.value(stored.change.domain.unicode),
            "changeReason": ForeignText.value(stored.change.reason, limit: 160),
            "stateSign": .text(ChangeWords.sign(stored.state)),
            "stateWords": .text(stored.state.words),
            "createdAt": Dates.fields(stored.createdAt),
            "askedBy": ForeignText.value(stored.change.askedBy, limit: 40),
        ]
    }
}
