public import Identities
public import MailReports
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
        public static let reporters = 50
        /// Longest window, in days.
        public static let days = 800
        /// Messages of one row of sums that count when days are added up by the database: so many
        /// that even the longest window ends within 64 bits.
        public static let messagesADay = Int64.max / Int64(days)
    }

    let database: any SQLDatabase
    let organisation: OrganisationID
    private let memory: PortfolioMemory

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

    /// All domains in a window of `days` that ends with `until`, or, without it, with the newest
    /// data (but never after today).
    public func portfolio(days: Int, until: UTCDay?, now: Int64) async throws -> Portfolio {
        let (organisation, memory) = (organisation, memory)
        let question = PortfolioMemory.Question(
            organisation: organisation, days: days, lastDay: until?.number,
            today: UTCDay(secondsSinceEpoch: now).number)
        return try await database.read { transaction in
            // In the same snapshot as the sums: what is kept belongs to these counters.
            let counters = try Self.counters(transaction, organisation)
            if let known = memory.portfolio(question, counters) { return known }
            let portfolio = try Self.portfolio(
                days: days, until: until, now: now, transaction, organisation)
            memory.keep(portfolio, question, counters)
            return portfolio
        }
    }

    /// What every intake, every replacement of the sums and, by its entry in the audit log, every
    /// decision moves.
    private static func counters(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID
    ) throws -> [Int64] {
        try transaction.rows(
            "SELECT next FROM id_block WHERE name IN ('report', 'domain', 'sums') ORDER BY name"
        ).map { $0.integer(0) }
            + transaction.rows(
                "SELECT MAX(sequence) FROM audit_entry WHERE organisation_id = ?",
                [.integer(organisation.rawValue)]
            ).map { $0.optionalInteger(0) ?? 0 }
    }

    private static func portfolio(
        days: Int, until: UTCDay?, now: Int64, _ transaction: any SQLTransaction,
        _ organisation: OrganisationID
    ) throws -> Portfolio {
        let rows = try transaction.rows(
            """
            SELECT id, name, first_day, last_day, policy, policy_reporter, policy_seen
            FROM domain WHERE organisation_id = ? AND last_day IS NOT NULL
            """,
            [.integer(organisation.rawValue)])
        let newest = rows.compactMap { $0.optionalInteger(3) }.max()
        let (window, stale) = Self.window(days: days, until: until, newest: newest, now: now)
        var position: [Int64: Int] = [:]
        var domains: [DomainSummary] = []
        for row in rows {
            guard let name = DomainName(row.text(1)) else { continue }
            position[row.integer(0)] = domains.count
            var summary = DomainSummary(
                domain: name, counts: ClassCounts(), days: Self.emptyDays(window))
            summary.firstDay = row.optionalInteger(2).map { UTCDay(number: Int($0)) }
            summary.lastDay = row.optionalInteger(3).map { UTCDay(number: Int($0)) }
            summary.published = Self.policy(row, first: 4)
            domains.append(summary)
        }
        var all = Self.emptyDays(window)
        try transaction.forEachRow(
            """
            SELECT day, domain_id, class, messages, estimated FROM domain_day
            WHERE organisation_id = ? AND day >= ? AND day <= ?
            """,
            [
                .integer(organisation.rawValue), .integer(window.first.number),
                .integer(window.last.number),
            ]
        ) { row in
            let day = Int(row.integer(0)) - window.first.number
            guard let index = position[row.integer(1)] else { return true }
            let sourceClass = SourceClass(code: row.integer(2))
            all[day].counts.add(row.integer(3), to: sourceClass)
            all[day].estimated = ClassCounts.sum(all[day].estimated, row.integer(4))
            domains[index].days[day].counts.add(row.integer(3), to: sourceClass)
            domains[index].days[day].estimated = ClassCounts.sum(
                domains[index].days[day].estimated, row.integer(4))
            domains[index].counts.add(row.integer(3), to: sourceClass)
            return true
        }
        try Self.forEachMoved(transaction, organisation, window) { id, day, from, to, messages in
            guard let index = position[id] else { return }
            all[day].counts.move(messages, from: from, to: to)
            domains[index].days[day].counts.move(messages, from: from, to: to)
            domains[index].counts.move(messages, from: from, to: to)
        }
        for (domain, count) in try Self.undecidedSenders(transaction, organisation, window) {
            guard let index = position[domain] else { continue }
            domains[index].undecidedSenders = count
        }
        domains.sort {
            let (left, right) = ($0.counts.total, $1.counts.total)
            return left == right ? $0.domain < $1.domain : left > right
        }
        return Portfolio(
            window: window, endsWithNewestData: stale, domains: domains, days: all)
    }

    /// How many senders of each domain need a decision.
    private static func undecidedSenders(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID, _ window: DayRange
    ) throws -> [Int64: Int] {
        var senders: [DecidedSender: ClassCounts] = [:]
        let decided = try decided(transaction, organisation)
        // CROSS JOIN keeps SQLite to this order: a domain's days lie side by side, and only
        // senders that ever had undecided mail in the window are added up.
        try transaction.forEachRow(
            """
            SELECT s.domain_id, s.sender_id, s.class, SUM(\(countedMessages("s.messages")))
            FROM domain d CROSS JOIN sender_day s CROSS JOIN domain_sender k
            WHERE d.organisation_id = ? AND s.domain_id = d.id AND s.day >= ? AND s.day <= ?
                AND k.domain_id = s.domain_id AND k.sender_id = s.sender_id
                AND k.last_undecided_day >= ?
                AND EXISTS (SELECT 1 FROM domain_sender u
                    WHERE u.domain_id = d.id AND u.last_undecided_day >= ?)
            GROUP BY s.domain_id, s.sender_id, s.class
            """,
            [
                .integer(organisation.rawValue), .integer(window.first.number),
                .integer(window.last.number), .integer(window.first.number),
                .integer(window.first.number),
            ]
        ) { row in
            let sender = DecidedSender(domain: row.integer(0), sender: row.integer(1))
            guard !decided.contains(sender) else { return true }
            senders[sender, default: ClassCounts()]
                .add(row.integer(3), to: SourceClass(code: row.integer(2)))
            return true
        }
        return senders.reduce(into: [:]) { counts, each in
            if each.value.needsDecision { counts[each.key.domain, default: 0] += 1 }
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
