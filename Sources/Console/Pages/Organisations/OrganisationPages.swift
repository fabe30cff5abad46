import DomainAnalysis
import Hummingbird
import MailReports
import Storage

/// `/organisations`: where somebody belongs to, with how each stands; one is looked at.
struct OrganisationPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/organisations") { request, context in
            let from = Query(request)["from"].flatMap { Int($0) } ?? 0
            return templates.response(try await page(context, from: from), for: context.visit)
        }
        router.post("/organisations/look") { _, context in
            guard let session = context.visit.secret, context.visit.account != nil,
                let id = Int64(context.form["organisation"]),
                try await services.accounts.look(
                    at: OrganisationID(rawValue: id), in: session, now: services.machineNow())
            else { throw ConsoleError.notFound("You do not belong to this organisation.") }
            return Response.redirect(to: "/", type: .normal)
        }
    }

    private func page(_ context: ConsoleContext, from: Int) async throws -> Page {
        guard let account = context.visit.account else { throw ConsoleError.noToken }
        let all = try await services.accounts.organisations.memberships(of: account.id)
        let from = min(max(0, from), max(0, all.count - 1))
        let end = min(from + Limits.organisations, all.count)
        var rows: [Fields] = []
        var open = 0
        for membership in all[from..<end] {
            var row = try await row(membership, &open)
            row["isLookedAt"] = .flag(
                membership.organisation.id == context.visit.membership?.organisation.id)
            rows.append(row)
        }
        var pieces = [
            Words.piece("You belong to "),
            Words.piece(
                Numbers.counted(all.count, "organisation", "organisations"), strong: true),
            Words.piece("."),
        ]
        if open > 0 {
            pieces.append(
                Words.piece(
                    " \(Numbers.counted(open, "sender needs", "senders need")) a decision."))
        }
        return Page(
            "organisations", title: "Organisations",
            fields: [
                "lead": .list(pieces), "organisations": .list(rows),
                "hasOrganisations": .flag(!rows.isEmpty),
                "more": end < all.count
                    ? Link("organisations").with("from", String(end)).value : nil,
            ])
    }

    private func row(_ membership: Membership, _ open: inout Int) async throws -> Fields {
        let organisation = membership.organisation
        var row: Fields = [
            "organisationName": ForeignText.value(organisation.name, limit: 80),
            "organisationValue": .text(String(organisation.id.rawValue)),
            "organisationRole": .text(PeopleWords.standing(membership.standing)),
        ]
        let rooms: OrganisationServices
        do {
            rooms = try services.rooms(of: organisation.id, for: membership.standing)
        } catch {
            row["isAway"] = true
            return row
        }
        let portfolio = try await rooms.domains.portfolio(
            days: WindowChoice.usual, until: nil, now: services.now())
        let counts = portfolio.counts
        let senders = portfolio.domains.reduce(0) { $0 + $1.undecidedSenders }
        open += senders
        row["domainCount"] = .number(portfolio.domains.count)
        row["messageCount"] = .number(counts.total)
        row["provedShare"] = .text(Numbers.share(counts[.proved], of: counts.total))
        row["forgedCount"] = .number(counts[.forged])
        row["openSenders"] = .number(senders)
        return row
    }
}
