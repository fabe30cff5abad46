import DomainWatch
import MailReports
import Storage

/// The form for an evidence pack, and what it will say.
struct EvidencePage {
    let form: EvidenceInput
    var pack: EvidencePack?
    var problem: String?

    func draw() -> Page {
        var fields: Fields = [
            "domainsInput": .text(form.texts["domains"] ?? ""),
            "fromInput": .text(form.texts["from"] ?? pack?.now.days.first.description ?? ""),
            "toInput": .text(form.texts["to"] ?? pack?.now.days.last.description ?? ""),
            "beforeInput": .text(
                form.texts["before"] ?? pack?.before?.days.first.description ?? ""),
            "beforeToInput": .text(
                form.texts["beforeto"] ?? pack?.before?.days.last.description ?? ""),
            "problem": .optional(problem),
            "hasPack": .flag(pack != nil),
            "lead": .list([
                Words.piece(
                    pack?.summary
                        ?? "Show an executive or a regulator where your domains stand, then and now."
                )
            ]),
        ]
        if let pack { fields = fields.adding(about(pack)) }
        return Page("evidence", title: "Evidence", place: .evidence, fields: fields)
    }

    private func about(_ pack: EvidencePack) -> Fields {
        let shown = pack.domains.prefix(Limits.portfolioDomains)
        let others = pack.domains.count - shown.count
        return [
            "pdfLink": form.link(.pdf), "csvLink": form.link(.csv), "jsonLink": form.link(.json),
            "figures": .list(figures(pack)),
            "rows": .list(shown.map(Self.row)),
            "otherRows": others > 0
                ? .text(Numbers.counted(others, "domain", "domains")) : nil,
            "facts": .list(facts(pack)),
        ]
    }

    private func figures(_ pack: EvidencePack) -> [Fields] {
        func figure(_ what: String, _ value: String, _ meaning: String) -> Fields {
            [
                "figureWhat": .text(what), "figureValue": .text(value),
                "figureMeaning": .text(meaning),
            ]
        }
        func before(_ text: String?) -> String { text.map { "before: \($0)" } ?? "" }
        return [
            figure(
                "Unauthorised", pack.now.mail.unauthorised.words,
                before(pack.before?.mail.unauthorised.words)),
            figure(
                "Of that, stopped", pack.now.mail.stopped.words,
                before(pack.before?.mail.stopped.words)),
            figure(
                "Domains that reject",
                "\(pack.now.rejectingDomains) of \(Numbers.grouped(Int64(pack.domains.count)))",
                before(pack.before.map { String($0.rejectingDomains) })),
            figure(
                "Exceptions", Numbers.grouped(Int64(pack.exceptions.count + pack.otherExceptions)),
                "senders not settled"),
        ]
    }

    private func facts(_ pack: EvidencePack) -> [Fields] {
        func fact(_ what: String, _ value: String) -> Fields {
            ["factWhat": .text(what), "factValue": .text(value)]
        }
        func basis(_ period: EvidencePack.Period) -> String {
            "\(Dates.day(period.days.first)) to \(Dates.day(period.days.last)): "
                + Numbers.counted(period.mail.counts.total, "message", "messages") + " in "
                + Numbers.counted(period.reports, "report", "reports") + " of "
                + Numbers.counted(period.reporters, "receiver", "receivers")
        }
        var facts: [Fields] = []
        if let before = pack.before { facts.append(fact("Before", basis(before))) }
        facts.append(fact("Now", basis(pack.now)))
        facts.append(
            fact(
                "Changes told", Numbers.grouped(Int64(pack.changes.count) + pack.otherChanges)))
        facts.append(fact("Head of the audit log", pack.chainHead))
        return facts
    }

    private static func row(_ domain: EvidencePack.Domain) -> Fields {
        [
            "rowDomain": ForeignText.value(domain.domain),
            "rowOwner": domain.owner.map { ForeignText.value($0, limit: 60) },
            "rowBefore": domain.policyBefore.map { ForeignText.value($0, limit: 60) },
            "rowNow": ForeignText.value(domain.policyNow, limit: 60),
            "shareBefore": .text(domain.before?.unauthorised.words ?? "–"),
            "shareNow": .text(domain.now.unauthorised.words),
        ]
    }
}
