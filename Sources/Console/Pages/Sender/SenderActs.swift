import DomainAnalysis
import HostedDNS
import Hummingbird
import Identities
import Storage

/// What a visit may do about a domain's senders, what it was told last, and what is new to it.
struct SenderActs {
    var domain: DomainName
    var choice: WindowChoice
    var mayDecide = false
    /// Of each sender, the event that an undo would take back.
    var lastEvents: [String: Int64] = [:]
    var memory = SenderMemory(at: nil, senders: [:])
    /// Names that an owner can be chosen from.
    var people: [String] = []
    /// People whose names are not among them.
    var otherPeople = 0
    /// What was just done, to whom, and the change of the DNS that went with it.
    var done: (event: SenderEvent, key: String, name: String)?
    var change: StoredChange?
    var mayReadChanges = false
    var isOnSenderPage = false

    /// - Parameter overview: the domain as the page shows it; its senders count as seen.
    static func load(
        _ request: Request, _ context: ConsoleContext, services: ConsoleServices,
        overview: DomainOverview, choice: WindowChoice
    ) async throws -> SenderActs {
        var acts = try await load(
            request, context, services: services, domain: overview.domain,
            senders: overview.senders, choice: choice)
        if let account = context.visit.account, let organisation = context.visit.organisation {
            let groups = overview.senders.map { ($0.key, $0.group.rawValue) }
            acts.memory = try await services.accounts.senders(of: organisation).visit(
                by: account.id, to: overview.domain,
                senders: Dictionary(groups) { first, _ in first }, now: services.now())
        }
        return acts
    }

    static func load(
        _ request: Request, _ context: ConsoleContext, services: ConsoleServices,
        domain: DomainName, senders: [SenderVolume], choice: WindowChoice
    ) async throws -> SenderActs {
        var acts = SenderActs(domain: domain, choice: choice)
        acts.mayDecide = context.visit.isAny(of: RouteAccess.deciders)
        acts.mayReadChanges = context.visit.isAny(of: RouteAccess.readers)
        guard let organisation = context.visit.organisation else { return acts }
        let store = services.accounts.senders(of: organisation)
        acts.lastEvents = try await store.lastEvents(of: domain)
        if acts.mayDecide, context.visit.isAny(of: RouteAccess.readers) {
            let members = try await services.accounts.people(of: organisation).members()
            acts.people = members.prefix(Limits.peopleOffered).map(\.account.name)
            acts.otherPeople = members.count - acts.people.count
        }
        let query = Query(request)
        if let key = query["sender"], let number = query["event"].flatMap({ Int64($0) }),
            let event = try await store.events(on: key, of: domain).first(where: {
                $0.number == number
            })
        {
            let name = senders.first { $0.key == key }?.name ?? key
            acts.done = (event, key, name)
        }
        if let id = query["change"].flatMap({ Int64($0) }), organisation == .first,
            let stored = try await services.changes?.store.change(id),
            stored.change.domain == domain
        {
            acts.change = stored
        }
        return acts
    }

    // MARK: Drawing

    /// The picture: the five parts, and each part's senders.
    func fields(_ overview: DomainOverview) -> Fields {
        var number = 0
        let all = overview.counts.total
        func groups(_ order: [SenderGroup], rows: Bool) -> [Fields] {
            order.map { group in
                let senders = overview.senders.filter { $0.group == group }
                    .sorted { $0.counts.total > $1.counts.total }
                let total = senders.reduce(Int64(0)) { ClassCounts.sum($0, $1.counts.total) }
                let marked = senders.count { mark($0) != nil }
                var fields = group.fields.adding([
                    "groupTitle": .text(group.title), "groupMeaning": .text(group.meaning),
                    "groupLink": .text("#group-\(group.rawValue)"),
                    "groupID": .text("group-\(group.rawValue)"),
                    "groupSenders": .text(Numbers.counted(senders.count, "sender", "senders")),
                    "groupTotal": .number(total),
                    "groupShare": .text(Numbers.share(total, of: all)),
                    "hasSenders": .flag(!senders.isEmpty),
                    "groupMarked": marked > 0
                        ? .text("\(Numbers.grouped(Int64(marked))) new or changed") : nil,
                ])
                guard rows else { return fields }
                fields["senders"] = .list(
                    senders.map { sender in
                        number += 1
                        return row(sender, number: number)
                    })
                return fields
            }
        }
        var fields = notice
        fields["parts"] = .list(groups(SenderGroup.allCases, rows: false))
        fields["groups"] = .list(groups(SenderGroup.workOrder, rows: true))
        fields["people"] = .list(people.map { ["personName": .text(ForeignText.clean($0))] })
        let atRisk = overview.senders.filter { $0.decision?.verdict == .authorised }
            .reduce(Int64(0)) { ClassCounts.sum($0, $1.counts[.undecided]) }
        if atRisk > 0 {
            fields["atRiskLine"] = .text(
                "Of these, \(Numbers.counted(atRisk, "message", "messages")) without proof came from "
                    + "senders that you authorised: they are yours, and have to be set up.")
        }
        fields["markedLine"] = .optional(markedLine(overview))
        return fields
    }

    private func markedLine(_ overview: DomainOverview) -> String? {
        guard let at = memory.at else { return nil }
        let marks = overview.senders.compactMap(mark)
        guard !marks.isEmpty else { return nil }
        let new = marks.count { $0 == .new }
        var parts: [String] = []
        if new > 0 { parts.append(Numbers.counted(new, "new sender", "new senders")) }
        if marks.count > new {
            parts.append(
                Numbers.counted(marks.count - new, "changed sender", "changed senders"))
        }
        return "Since you were here on \(Dates.instant(at)): \(parts.joined(separator: ", "))."
    }

    private func mark(_ sender: SenderVolume) -> SenderMemory.Mark? {
        memory.mark(sender.key, group: sender.group.rawValue)
    }

    /// What was just done, with its undo (template `sendernotice`).
    var notice: Fields {
        guard let done else { return [:] }
        var fields: Fields = [
            "senderDone": .text(DecisionWords.done(done.event, name: done.name))
        ]
        if mayDecide, !done.event.isUndone, done.event.act != "undo",
            lastEvents[done.key] == done.event.number
        {
            fields["noticeUndo"] = .text(String(done.event.number))
            fields["noticeUndoLink"] = link(done.key, "undo")
        }
        if let change {
            let wasMade = ChangeState.made.contains(change.state)
            let remark = change.remark.isEmpty ? "" : " \(change.remark)"
            fields["changeSentence"] = ForeignText.value(
                wasMade
                    ? "The change of the DNS was made and is watched."
                    : "The change of the DNS is not made yet.\(remark)", limit: 900)
            fields["changeLink"] = mayReadChanges ? .text("/changes/\(change.id)") : nil
        }
        return fields
    }

    /// A sender as the table shows it, with what may be done about it.
    func row(_ sender: SenderVolume, number: Int) -> Fields {
        var fields = SenderRow.fields(sender, domain: domain, choice: choice)
            .adding(decision(sender))
        fields["rowNumber"] = .text(String(number))
        switch mark(sender) {
        case .new?: fields["mark"] = "new"
        case .changed(let before)?:
            let word = SenderGroup(rawValue: before)?.word.lowercased() ?? before
            fields["mark"] = .text("changed; was \(ForeignText.clean(word, limit: 40))")
        case nil: break
        }
        return fields
    }

    /// Decision, owner, note and acts of one sender (template `senderacts`).
    func decision(_ sender: SenderVolume) -> Fields {
        let decision = sender.decision ?? SenderDecision()
        var fields: Fields = [
            "decidedLine": .optional(DecisionWords.line(decision)),
            "ownerName": decision.owner.map { ForeignText.value($0, limit: 60) },
            "noteText": decision.note.map { ForeignText.value($0, limit: 300) },
            "ownerValue": .text(
                ForeignText.clean(decision.owner ?? "", limit: SenderDecisionLimits.owner)),
            "noteValue": .text(
                ForeignText.clean(decision.note ?? "", limit: SenderDecisionLimits.note)),
            "mayDecide": .flag(mayDecide), "rowNumber": "0",
            "ownerLink": link(sender.key, "owner"), "noteLink": link(sender.key, "note"),
            "undoLink": link(sender.key, "undo"),
        ]
        if decision.verdict != .authorised, sender.key != "unknown" {
            fields["authoriseLink"] = link(sender.key, "authorise")
        }
        if decision.verdict != .rejected { fields["rejectLink"] = link(sender.key, "reject") }
        fields["undoNumber"] = lastEvents[sender.key].map { .text(String($0)) }
        if otherPeople > 0 {
            fields["peopleNote"] = .text(
                "\(Numbers.grouped(Int64(people.count))) names are offered while you type; those of "
                    + "\(Numbers.counted(otherPeople, "more person", "more people")) can be typed "
                    + "in full.")
        }
        return fields
    }

    private func link(_ key: String, _ act: String) -> Field {
        Link("domains", domain.text, "senders", key, act).with(choice)
            .with("from", isOnSenderPage ? "sender" : nil).value
    }
}
