import Identities
import MailReports
import Storage

/// The programme, as pages and programs see it.
extension ConsoleServices {
    func programme(_ visit: Visit) throws(ConsoleError) -> ProgrammeStore {
        guard let organisation = visit.organisation else {
            throw .forbidden("You belong to no organisation here.")
        }
        return accounts.programme(of: organisation)
    }

    /// The board of the domains that this visit may see; where it shows a domain at another stage
    /// than before, that is noted.
    func board(_ visit: Visit) async throws -> ProgrammeBoard {
        let store = try programme(visit)
        let today = UTCDay(secondsSinceEpoch: now())
        let standings = try await store.standings(since: today.advanced(by: -WindowChoice.usual))
        let entries = try await store.domains().filter {
            visit.standing?.covers($0.domain) == true
        }
        let stages = standings.reduce(into: [DomainName: ProgrammeStage]()) {
            $0[$1.domain] = ProgrammeStage($1.published)
        }
        try await store.see(stages, on: today)
        return ProgrammeBoard(
            entries, standings: standings, progress: try await store.progress(), today: today)
    }

    /// Takes in what reports, mail and zones tell of; returns how many domains came.
    func findDomains(_ visit: Visit) async throws -> Int {
        let store = try programme(visit)
        let found = try await store.found()
        var added = 0
        for source in ProgrammeDomain.Source.allCases {
            let some = found.filter { $0.source == source }
                .map { ProgrammeChange(domain: $0.domain) }
            guard !some.isEmpty else { continue }
            added += try await store.set(some, source: source, by: try visit.actor, now: now())
        }
        return added
    }
}
