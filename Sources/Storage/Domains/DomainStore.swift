public import Identities
import MailReports
public import SQLDatabase

import DomainAnalysis
import FoundationEssentials

/// What reports add up to, domain by domain: read from sums alone, never from rows.
public struct DomainStore: Sendable {
    /// Bounds of what one page shows.
    public enum Limits {
        /// Senders listed by name; the rest is added up.
        public static let senders = 200
        /// Addresses and identities listed for one sender.
        public static let sources = 50
        public static let identities = 50
        /// Addresses counted for a sender before the count says "or more".
        public static let sourceCount = 1_000
        /// Combinations replayed at once.
        public static let replayRows = 200_000
        /// Domains below one whose own reports are tried as well.
        public static let namesBelow = 1_000
        public static let reporters = 50
        /// Longest window, in days.
        public static let days = 800
        /// Messages of one row of sums that count when days are added up by the database: so many
        /// that even the longest window ends within 64 bits.
        public static let messagesADay = Int64.max / Int64(days)
    }

    let database: any SQLDatabase
    let organisation: OrganisationID
    let memory: PortfolioMemory

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.init(database, organisation, PortfolioMemory())
    }

    private init(
        _ database: any SQLDatabase, _ organisation: OrganisationID, _ memory: PortfolioMemory
    ) {
        self.database = database
        self.organisation = organisation
        self.memory = memory
    }

    /// The same for another organisation; what is remembered is bounded for all of them together.
    public func beside(_ organisation: OrganisationID) -> DomainStore {
        DomainStore(database, organisation, memory)
    }

    /// All domains that reports were taken in for, by name.
    public func names() async throws -> [DomainName] {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                "SELECT name FROM domain WHERE organisation_id = ? ORDER BY name",
                [.integer(organisation.rawValue)]
            ).compactMap { DomainName($0.text(0)) }
        }
    }

    // MARK: Shared by the pages

    /// A column of messages as `SUM` may add it up: SQLite refuses a sum beyond 64 bits, and a
    /// stranger's reports can hold one.
    static func countedMessages(_ column: String) -> String {
        "CASE WHEN \(column) < \(Limits.messagesADay) THEN \(column) "
            + "ELSE \(Limits.messagesADay) END"
    }

    struct Subject: Sendable {
        var id: Int64
        var firstDay: UTCDay?
        var lastDay: UTCDay?
        var published: ObservedPolicy?
    }

    static func subject(
        _ transaction: any SQLTransaction, _ domain: DomainName, _ organisation: OrganisationID
    ) throws -> Subject? {
        try transaction.rows(
            """
            SELECT id, first_day, last_day, policy, policy_reporter, policy_seen FROM domain
            WHERE organisation_id = ? AND name = ?
            """,
            [.integer(organisation.rawValue), .text(domain.text)]
        ).first.map { row in
            Subject(
                id: row.integer(0),
                firstDay: row.optionalInteger(1).map { UTCDay(number: Int($0)) },
                lastDay: row.optionalInteger(2).map { UTCDay(number: Int($0)) },
                published: policy(row, first: 3))
        }
    }

    /// The window, and whether it had to be moved back to where there is data.
    static func window(
        days: Int, until: UTCDay?, newest: Int64?, now: Int64
    ) -> (DayRange, Bool) {
        let length = min(max(1, days), Limits.days)
        if let until { return (DayRange(last: until, days: length), false) }
        let today = UTCDay(secondsSinceEpoch: now)
        guard let newest else { return (DayRange(last: today, days: length), false) }
        let last = min(today, UTCDay(number: Int(newest)))
        // Reports come a day or two late: only a longer gap is worth a word.
        return (DayRange(last: last, days: length), today.number - last.number > 3)
    }

    static func emptyDays(_ window: DayRange) -> [DayVolume] {
        (0..<window.dayCount).map { DayVolume(day: window.first.advanced(by: $0)) }
    }

    static func policy(_ row: SQLRow, first: Int) -> ObservedPolicy? {
        guard let text = row.optionalText(first),
            let policy = try? JSONDecoder().decode(
                AggregateReport.PublishedPolicy.self, from: Data(text.utf8))
        else { return nil }
        return ObservedPolicy(
            policy: policy, reporter: row.text(first + 1),
            seen: UTCDay(secondsSinceEpoch: row.integer(first + 2)))
    }
}
