import Hummingbird
import Identities
import MailReports
import Storage

/// `/search?q=`: domains and senders by a part of their name.
struct SearchPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/search") { request, context in
            let query = Query(request)
            let asked = String((query["q"] ?? "").prefix(200))
            let choice = WindowChoice(query)
            let results = try await find(asked, choice: choice, context)
            var fields: Fields = [
                "asked": asked.isEmpty ? nil : ForeignText.value(asked),
                "askedInput": .text(ForeignText.clean(asked, limit: 200)),
                "results": .list(results),
                "hasResults": .flag(!results.isEmpty),
                "isMany": .flag(results.count >= Limits.searchResults),
            ]
            fields["resultCount"] = .text(Numbers.counted(results.count, "finding", "findings"))
            return templates.response(
                Page("search", title: "Search", fields: fields), for: context.visit)
        }
    }

    private func find(
        _ asked: String, choice: WindowChoice, _ context: ConsoleContext
    ) async throws -> [Fields] {
        let needle = asked.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !needle.isEmpty else { return [] }
        let ascii = DomainName(needle)?.text ?? needle
        let now = services.now()
        let rooms = try services.rooms(context.visit)
        let portfolio = try await rooms.domains.portfolio(
            days: choice.days, until: choice.until, now: now)
        var found: [Fields] = []
        for summary in portfolio.domains
        where summary.domain.text.contains(ascii) || summary.domain.unicode.contains(needle) {
            found.append(
                DomainText.fields(summary.domain).adding([
                    "resultLink": Link("domains", summary.domain.text).with(choice).value,
                    "resultKind": "Domain",
                    "resultTotal": .number(summary.counts.total),
                ]))
            if found.count >= Limits.searchResults { return found }
        }
        for summary in portfolio.domains.prefix(Limits.searchedDomains) {
            let overview = try await rooms.domains.overview(
                of: summary.domain, days: choice.days, until: choice.until, now: now)
            for sender in overview?.senders ?? []
            where sender.name.lowercased().contains(needle) || sender.key.contains(needle) {
                found.append([
                    "name": ForeignText.value(sender.name),
                    "ascii": nil,
                    "resultLink": Link("domains", summary.domain.text, "senders", sender.key)
                        .with(choice).value,
                    "resultKind": .text("Sender of \(DomainText.plain(summary.domain))"),
                    "resultTotal": .number(sender.counts.total),
                ])
                if found.count >= Limits.searchResults { return found }
            }
        }
        return found
    }
}

/// Links to domains that a report names.
enum DomainLinks {
    static func link(_ text: String) -> String? {
        guard let domain = DomainName(text) else { return nil }
        return "/domains/" + PercentCoding.encode(domain.text)
    }
}
