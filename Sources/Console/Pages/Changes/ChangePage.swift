import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// One change, drawn: its difference first, then what follows from it, then what to do.
struct ChangePage {
    let stored: StoredChange
    let events: [ChangeEvent]
    /// The form that the page shows for copying.
    let form: ChangeExport
    let mayAct: Bool
    /// What was just done.
    var done: String?
    /// Why something was not done.
    var problem: String?

    func draw() throws -> Page {
        let change = stored.change
        let isMade = ChangeState.made.contains(stored.state)
        let link = "/changes/\(stored.id)"
        var fields: Fields = [
            "changeNumber": .text(String(stored.id)),
            "changeDomain": ForeignText.value(change.domain.unicode),
            "changeDomainLink": Link("domains", change.domain.text).value,
            "changeReason": ForeignText.value(change.reason, limit: 300),
            "changeLead": .text(lead),
            "stateSign": .text(ChangeWords.sign(stored.state)),
            "changeRemark": stored.remark.isEmpty
                ? nil : ForeignText.value(stored.remark, limit: 900),
            "askedBy": ForeignText.value(change.askedBy, limit: 60),
            "sets": .list(Self.sets(change)),
            "consequences": .list(
                change.consequences.map { ["consequence": ForeignText.value($0, limit: 500)] }),
            "isDangerous": .flag(change.isDangerous),
            "domainToType": .text(change.domain.text),
            "changeProblem": problem.map { ForeignText.value($0, limit: 900) },
            "changeNotice": notice.map { .text($0) },
            "mayApply": .flag(mayAct && stored.state == .proposed),
            "mayUndo": .flag(mayAct && isMade),
            "applyLink": .text(link + "/apply"), "undoLink": .text(link + "/undo"),
            "madeLink": .text(link + "/made"), "dismissLink": .text(link + "/dismiss"),
            "history": .list(events.map(Self.event)),
        ]
        fields["zoneName"] = stored.zone.map { ForeignText.value($0, limit: 253) }
        fields["serverName"] = stored.server.map { ForeignText.value($0, limit: 80) }
        fields["undoOfLink"] = stored.undoOf.map { .text("/changes/\($0)") }
        fields["undoOf"] = stored.undoOf.map { .text(String($0)) }
        fields["dueAt"] =
            stored.state == .pending ? stored.dueAt.map { Dates.fields($0) } : nil
        fields["checkedAt"] = stored.checkedAt.map { Dates.fields($0) }
        fields["forms"] = .list(
            ChangeExport.allCases.filter { $0 != .text }.map { each in
                [
                    "formTitle": .text(each.title),
                    "formLink": .text("\(link)?form=\(each.rawValue)#export"),
                    "isForm": .flag(each == form),
                ]
            })
        fields["exportText"] = .text(try Self.text(stored, form))
        fields["exportLink"] = .text("\(link)/export/\(form.rawValue)")
        return Page(
            "change", title: "DNS change \(stored.id)", place: .changes, fields: fields)
    }

    /// The change in one form, every line free of what could steer a browser.
    static func text(_ stored: StoredChange, _ form: ChangeExport) throws -> String {
        try form.render(stored.change, zoneName: stored.zone)
    }

    private var lead: String {
        switch stored.state {
        case .proposed:
            return "Nothing is changed yet. This is exactly what would be."
        default: return "This change is \(stored.state.words)."
        }
    }

    private var notice: String? {
        switch done {
        case "applied":
            "The change was made. It is watched until all servers of the zone show it; Undo takes "
                + "it back."
        case "made": "The change is watched until all servers of the zone show it."
        case "dismissed": "The change will not be made."
        case "decision":
            "Your decision is taken back; its change of the DNS is still there. This is the way "
                + "back. Nothing is changed before you apply it: leave it, and the DNS stays as it "
                + "is."
        case "undo": "This is the way back. Nothing is changed before you apply it."
        default: nil
        }
    }

    /// Fields for the template `changediff`.
    static func sets(_ change: ZoneChange) -> [Fields] {
        ChangeText.sets(change).map { set in
            func lines(_ texts: [String]) -> Field {
                .list(texts.map { ["line": ForeignText.value($0, limit: 900)] })
            }
            return [
                "recordName": ForeignText.value(set.name, limit: 253),
                "recordType": .text(set.type),
                "removed": lines(set.removed), "added": lines(set.added),
                "kept": lines(set.kept),
                "seconds": .optional(set.timeToLive),
                "isNew": .flag(set.isNew), "isDeleted": .flag(set.isDeleted),
            ]
        }
    }

    private static func event(_ event: ChangeEvent) -> Fields {
        [
            "eventTime": Dates.fields(event.happenedAt),
            "eventState": .text(event.state.words),
            "eventSign": .text(ChangeWords.sign(event.state)),
            "eventPerson": event.person.isEmpty
                ? nil : ForeignText.value(event.person, limit: 60),
            "eventRemark": event.remark.isEmpty
                ? nil : ForeignText.value(event.remark, limit: 900),
        ]
    }
}
