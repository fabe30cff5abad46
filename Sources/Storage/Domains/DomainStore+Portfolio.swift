public import MailReports

import DomainAnalysis
import Identities
import SQLDatabase

/// All domains at a glance: read from sums, and of those only what changed since the last look.
extension DomainStore {
    /// All domains in a window of `days` that ends with `until`, or, without it, with the newest
    /// data (but never after today).
    public func portfolio(days: Int, until: UTCDay?, now: Int64) async throws -> Portfolio {
        let (organisation, memory) = (organisation, memory)
        return try await database.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT id, version, name, first_day, last_day, policy, policy_reporter, policy_seen
                FROM domain WHERE organisation_id = ? AND last_day IS NOT NULL
                """, [.integer(organisation.rawValue)])
            let newest = rows.compactMap { $0.optionalInteger(4) }.max()
            let (window, stale) = Self.window(days: days, until: until, newest: newest, now: now)
            let question = PortfolioMemory.Question(organisation: organisation, window: window)
            let known = memory.answer(question) ?? PortfolioMemory.Answer()
            // In the same snapshot as the sums: what is kept belongs to these versions.
            var versions: [Int64: Int64] = [:]
            versions.reserveCapacity(rows.count)
            for row in rows { versions[row.integer(0)] = row.integer(1) }
            if known.versions == versions, var portfolio = known.portfolio {
                portfolio.endsWithNewestData = stale
                return portfolio
            }
            var answer = PortfolioMemory.Answer(versions: versions)
            answer.domains = known.domains.filter { versions[$0.key] == known.versions[$0.key] }
            let changed = rows.filter { answer.domains[$0.integer(0)] == nil }
            try Self.add(changed, of: rows.count, to: &answer, window, transaction, organisation)
            let portfolio = Self.together(answer.domains.values, window, stale)
            answer.portfolio = portfolio
            memory.keep(answer, question)
            return portfolio
        }
    }

    private static func together(
        _ summaries: some Collection<DomainSummary>, _ window: DayRange, _ stale: Bool
    ) -> Portfolio {
        var days = emptyDays(window)
        for summary in summaries {
            for (index, day) in summary.days.enumerated() where day.counts.total > 0 {
                days[index].counts += day.counts
                days[index].estimated = ClassCounts.sum(days[index].estimated, day.estimated)
            }
        }
        let domains = summaries.sorted {
            let (left, right) = ($0.counts.total, $1.counts.total)
            return left == right ? $0.domain < $1.domain : left > right
        }
        return Portfolio(window: window, endsWithNewestData: stale, domains: domains, days: days)
    }

    /// Adds up the domains of these rows.
    private static func add(
        _ rows: [SQLRow], of count: Int, to answer: inout PortfolioMemory.Answer,
        _ window: DayRange, _ transaction: any SQLTransaction, _ organisation: OrganisationID
    ) throws {
        var position: [Int64: Int] = [:]
        var found: [(id: Int64, summary: DomainSummary)] = []
        let empty = emptyDays(window)
        for row in rows {
            guard let name = DomainName(row.text(2)) else { continue }
            position[row.integer(0)] = found.count
            var summary = DomainSummary(domain: name, counts: ClassCounts(), days: empty)
            summary.firstDay = row.optionalInteger(3).map { UTCDay(number: Int($0)) }
            summary.lastDay = row.optionalInteger(4).map { UTCDay(number: Int($0)) }
            summary.published = policy(row, first: 5)
            found.append((row.integer(0), summary))
        }
        guard !found.isEmpty else { return }
        let choice = DomainChoice(found.map(\.id), of: count)
        try forEachDay(transaction, organisation, window, choice) { row in
            guard let index = position[row.integer(1)] else { return }
            let day = Int(row.integer(0)) - window.first.number
            let sourceClass = SourceClass(code: row.integer(2))
            found[index].summary.days[day].counts.add(row.integer(3), to: sourceClass)
            found[index].summary.days[day].estimated = ClassCounts.sum(
                found[index].summary.days[day].estimated, row.integer(4))
            found[index].summary.counts.add(row.integer(3), to: sourceClass)
        }
        try forEachMoved(transaction, organisation, window, choice) { id, day, from, to, count in
            guard let index = position[id] else { return }
            found[index].summary.days[day].counts.move(count, from: from, to: to)
            found[index].summary.counts.move(count, from: from, to: to)
        }
        for (id, count) in try undecidedSenders(transaction, organisation, window, choice) {
            guard let index = position[id] else { continue }
            found[index].summary.undecidedSenders = count
        }
        for each in found { answer.domains[each.id] = each.summary }
    }

    private static func forEachDay(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID, _ window: DayRange,
        _ choice: DomainChoice, _ body: (SQLRow) -> Void
    ) throws {
        func read(_ days: String, _ values: [SQLValue]) throws {
            try transaction.forEachRow(
                """
                SELECT day, domain_id, class, messages, estimated FROM domain_day
                WHERE organisation_id = ? AND \(days)\(choice.condition("domain_id"))
                """, [.integer(organisation.rawValue)] + values + choice.values
            ) { row in
                body(row)
                return true
            }
        }
        guard !choice.isAll else {
            return try read(
                "day >= ? AND day <= ?",
                [.integer(window.first.number), .integer(window.last.number)])
        }
        // The table is in the order of days: each is looked up by itself, that the other domains
        // of all days need not be passed.
        for offset in 0..<window.dayCount {
            try read("day = ?", [.integer(window.first.number + offset)])
        }
    }

    /// How many senders of each domain need a decision.
    private static func undecidedSenders(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID, _ window: DayRange,
        _ choice: DomainChoice
    ) throws -> [Int64: Int] {
        var senders: [DecidedSender: ClassCounts] = [:]
        let decided = try decided(transaction, organisation, choice)
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
                \(choice.condition("d.id"))
            GROUP BY s.domain_id, s.sender_id, s.class
            """,
            [
                .integer(organisation.rawValue), .integer(window.first.number),
                .integer(window.last.number), .integer(window.first.number),
                .integer(window.first.number),
            ] + choice.values
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
}

/// Which domains of an organisation a question is about: all, or some by their ids.
struct DomainChoice {
    static let all = DomainChoice([], of: 0)
    /// So many by their ids; for more, all are read.
    static let mostByID = 256

    let values: [SQLValue]
    var isAll: Bool { values.isEmpty }

    /// - Parameter count: how many there are: most of them are found fastest as all.
    init(_ ids: [Int64], of count: Int) {
        guard !ids.isEmpty, ids.count <= Self.mostByID, ids.count * 4 <= count else {
            values = []
            return
        }
        // Few lengths of the list mean few statements to prepare: the rest is filled up.
        let length = [1, 4, 16, 64].first { $0 >= ids.count } ?? Self.mostByID
        let padding = Array(repeating: ids[0], count: length - ids.count)
        values = (ids + padding).map { .integer($0) }
    }

    /// What a `WHERE` goes on with.
    func condition(_ column: String) -> String {
        guard !isAll else { return "" }
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        return " AND \(column) IN (\(marks))"
    }
}
