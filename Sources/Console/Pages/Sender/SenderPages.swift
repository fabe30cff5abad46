import DomainAnalysis
import Hummingbird
import Identities
import MailReports
import Storage

/// `/domains/NAME/senders/KEY`: who is this, and how do we know?
struct SenderPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/domains/:domain/senders/:key") { request, context in
            let domain = try context.domain()
            let key = PercentCoding.decode(context.parameters.get("key") ?? "")
            let choice = WindowChoice(Query(request))
            guard
                let detail = try await services.rooms(context.visit).domains.sender(
                    key, of: domain, days: choice.days, until: choice.until, now: services.now())
            else {
                throw ConsoleError.notFound(
                    "No report tells of such a sender for \(DomainText.plain(domain)).")
            }
            var acts = try await SenderActs.load(
                request, context, services: services, domain: domain, senders: [detail.volume],
                choice: choice)
            acts.isOnSenderPage = true
            var page = Self.page(detail, choice: choice)
            page.fields = page.fields.adding(acts.decision(detail.volume)).adding(acts.notice)
            page.fields["people"] = .list(
                acts.people.map { ["personName": .text(ForeignText.clean($0))] })
            if let organisation = context.visit.organisation {
                let events = try await services.accounts.senders(of: organisation)
                    .events(on: key, of: domain)
                page.fields["hasEvents"] = .flag(!events.isEmpty)
                page.fields["events"] = .list(events.map(Self.event))
            }
            return templates.response(page, for: context.visit)
        }
    }

    static func page(_ detail: SenderDetail, choice: WindowChoice) -> Page {
        let volume = detail.volume
        let domain = detail.domain
        let name = ForeignText.clean(volume.name, limit: 60)
        var fields = DomainHeading.fields(domain, choice: choice, tab: .senders)
        fields = fields.adding(SenderRow.fields(volume, domain: domain, choice: choice))
        fields["lead"] = .list(lead(detail, name: name))
        fields["chart"] = .picture(
            VolumeChart(
                days: detail.days,
                label: "Messages per day from \(name) by state. The figures stand in the table "
                    + "behind the picture."
            ).svg)
        fields["figures"] = .fields(Figures.fields(detail.days))
        fields["window"] = choice.fields(
            detail.window, endsWithNewestData: false,
            link: Link("domains", domain.text, "senders", volume.key))
        fields["states"] = .list(DomainPages.states(volume.counts))
        fields["quarantined"] = .number(volume.quarantined)
        fields["rejected"] = .number(volume.rejected)
        fields["seenFrom"] = Dates.fields(volume.firstDay)
        fields["seenTo"] = Dates.fields(volume.lastDay)
        fields["sourceCount"] = .text(
            Numbers.counted(volume.sourceCount, "address", "addresses"))
        fields["sources"] = .list(detail.sources.map(source))
        fields["sourcesShown"] = .number(detail.sources.count)
        fields["isSourceListCut"] = .flag(Int64(detail.sources.count) < volume.sourceCount)
        let identities = detail.identities.map(identity)
        fields["identities"] = .list(Array(identities.prefix(Limits.identitiesShown)))
        let more = Array(identities.dropFirst(Limits.identitiesShown))
        if !more.isEmpty {
            fields["moreIdentities"] = .fields([
                "identities": .list(more), "moreCount": .number(more.count),
            ])
        }
        return Page(
            "sender", title: "\(name) · \(DomainText.plain(domain))", place: .domains,
            fields: fields)
    }

    private static func event(_ event: SenderEvent) -> Fields {
        let what: String
        switch event.act {
        case "authorise": what = "authorised it"
        case "reject": what = "rejected it"
        case "owner":
            what =
                event.after.owner.map { "said that \($0) answers for it" }
                ?? "said that nobody answers for it"
        case "note": what = event.after.note.map { "noted: \($0)" } ?? "took the note away"
        default: what = "undid what was done before"
        }
        return [
            "eventTime": Dates.fields(event.happenedAt),
            "eventPerson": ForeignText.value(event.person, limit: 60),
            "eventWhat": ForeignText.value(what, limit: 300),
            "isUndone": .flag(event.isUndone),
        ]
    }

    private static func lead(_ detail: SenderDetail, name: String) -> [Fields] {
        let counts = detail.volume.counts
        guard counts.total > 0 else {
            return [Words.piece("\(name) sent nothing in these days that was reported.")]
        }
        return [
            Words.piece(
                "\(name) sent \(Numbers.spoken(counts.total)) messages as "
                    + "\(DomainText.plain(detail.domain)); "),
            Words.piece(Numbers.share(counts[.proved], of: counts.total), strong: true),
            Words.piece(" of them carried a proof that matches the domain."),
        ]
    }

    private static func source(_ source: SourceVolume) -> Fields {
        [
            "sourceAddress": ForeignText.value(source.address, limit: 45),
            "reverseName": source.reverseName.map { ForeignText.value($0) },
            "sourceMessages": .number(source.messages),
            "sourceFrom": Dates.fields(source.firstDay),
            "sourceTo": Dates.fields(source.lastDay),
        ]
    }

    private static func identity(_ identity: IdentityVolume) -> Fields {
        identity.counts.largestFate.fields.adding([
            "headerFrom": ForeignText.value(identity.headerFrom),
            "envelopeFrom": identity.envelopeFrom.map { ForeignText.value($0) },
            "identityMessages": .number(identity.counts.total),
            "dkim": .list(identity.dkim.map(dkim)),
            "hasNoDKIM": .flag(identity.dkim.isEmpty),
            "spf": .list(identity.spf.map(spf)),
            "hasNoSPF": .flag(identity.spf.isEmpty),
        ])
    }

    static func dkim(_ result: AggregateRecord.DKIMAuthenticationResult) -> Fields {
        [
            "signer": ForeignText.value(result.domain),
            "selector": result.selector.map { ForeignText.value($0, limit: 40) },
            "result": ForeignText.value(
                result.result.isEmpty ? "no result" : result.result, limit: 20),
            "isPass": .flag(result.result == "pass"),
            "human": result.humanResult.map { ForeignText.value($0, limit: 120) },
        ]
    }

    static func spf(_ result: AggregateRecord.SPFAuthenticationResult) -> Fields {
        [
            "signer": ForeignText.value(result.domain),
            "selector": nil,
            "scope": .text(result.scope == "helo" ? "HELO name" : "return address"),
            "result": ForeignText.value(
                result.result.isEmpty ? "no result" : result.result, limit: 20),
            "isPass": .flag(result.result == "pass"),
            "human": result.humanResult.map { ForeignText.value($0, limit: 120) },
        ]
    }
}
