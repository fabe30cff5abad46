public import DomainAnalysis
public import Identities
public import MailReports

import SQLDatabase

extension DomainStore {
    /// How much of a domain's mail was reported in a window, by whom, and on which days.
    ///
    /// A domain without reports has a window that ends today.
    public func coverage(
        of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> ReportCoverage {
        let organisation = organisation
        return try await database.read { transaction in
            guard let subject = try Self.subject(transaction, domain, organisation) else {
                let (window, _) = Self.window(days: days, until: until, newest: nil, now: now)
                return ReportCoverage(first: window.first, last: window.last)
            }
            let (window, _) = Self.window(
                days: days, until: until, newest: subject.lastDay.map { Int64($0.number) },
                now: now)
            return try Self.coverage(transaction, subject.id, window)
        }
    }

    private static func coverage(
        _ transaction: any SQLTransaction, _ domain: Int64, _ window: DayRange
    ) throws -> ReportCoverage {
        let place: [SQLValue] = [
            .integer(domain), .integer(window.first.number), .integer(window.last.number),
        ]
        var days: Set<UTCDay> = []
        var messages: Int64 = 0
        try transaction.forEachRow(
            """
            SELECT day, SUM(\(countedMessages("messages"))) FROM reporter_day
            WHERE domain_id = ? AND day >= ? AND day <= ? GROUP BY day
            """, place
        ) { row in
            days.insert(UTCDay(number: Int(row.integer(0))))
            messages = ClassCounts.sum(messages, row.integer(1))
            return true
        }
        let reporters = try transaction.rows(
            """
            SELECT reporter, SUM(\(countedMessages("messages"))) AS counted, COUNT(DISTINCT day)
            FROM reporter_day WHERE domain_id = ? AND day >= ? AND day <= ?
            GROUP BY reporter ORDER BY counted DESC, reporter LIMIT \(WayLimits.reporters)
            """, place
        ).map {
            ReportCoverage.Reporter(
                name: $0.text(0), messages: $0.integer(1), days: Int($0.integer(2)))
        }
        let count = try transaction.rows(
            """
            SELECT COUNT(DISTINCT reporter) FROM reporter_day
            WHERE domain_id = ? AND day >= ? AND day <= ?
            """, place
        )[0].integer(0)
        return ReportCoverage(
            first: window.first, last: window.last, reporters: reporters,
            reporterCount: Int(count), messages: messages, days: days)
    }
}
