import MailReports
import Storage

/// A page of the audit log, drawn.
struct AuditPage {
    let query: AuditQuery
    let found: AuditStore.Page
    let head: AuditHead
    let isLaterPage: Bool

    func draw() -> Page {
        var fields = PeopleTabs.fields(.audit)
        fields["lead"] = .list(lead)
        fields["problems"] = .list(query.problems.map { ["problemText": .text($0)] })
        fields["whoInput"] = .text(query.who ?? "")
        fields["whatInput"] = .text(query.what ?? "")
        fields["since"] = .text(query.first?.description ?? "")
        fields["until"] = .text(query.last?.description ?? "")
        fields["entries"] = .list(found.entries.map(row))
        fields["hasEntries"] = .flag(!found.entries.isEmpty)
        fields["isAsked"] = .flag(!query.search.isEmpty || isLaterPage)
        fields["older"] = found.next.map { query.link(before: $0) }
        fields["head"] = .text(head.description)
        fields["hasHead"] = .flag(head.sequence > 0)
        return Page("audit", title: "Audit log", place: .people, fields: fields)
    }

    private var lead: [Fields] {
        if !query.search.isEmpty {
            let count = found.entries.count
            return [
                Words.piece(
                    count == 0
                        ? "No change fits."
                        : Numbers.counted(
                            count, "change on this page fits.", "changes on this page fit."))
            ]
        }
        guard head.sequence > 0 else { return [Words.piece("Nobody has changed anything yet.")] }
        return [
            Words.piece(Numbers.counted(head.sequence, "change", "changes"), strong: true),
            Words.piece(
                (head.sequence == 1 ? " was" : " were")
                    + " made by people, programs and rules, the newest first. Each is sealed with "
                    + "the one before it, so that none can be edited or taken out unnoticed."),
        ]
    }

    private func row(_ entry: AuditEntry) -> Fields {
        let change = entry.change
        func value(_ text: String?) -> Field? {
            text.map { ForeignText.value(PeopleWords.value($0, of: change.act), limit: 200) }
        }
        return [
            "entryNumber": .number(entry.sequence),
            "entryTime": Dates.fields(entry.at),
            "entryWho": ForeignText.value(change.actor.name, limit: 60),
            "entryKind": .text(Self.kind(change.actor.kind)),
            "entryAct": .text(PeopleWords.act(change.act)),
            "entrySubject": ForeignText.value(change.subject, limit: 160),
            "entryBefore": value(change.before),
            "entryAfter": value(change.after),
        ]
    }

    private static func kind(_ kind: AuditActor.Kind) -> String {
        switch kind {
        case .person: "person"
        case .token: "program with a token"
        case .rule: "rule"
        case .commandLine: "command line"
        }
    }
}
