import DomainAnalysis
import Identities
public import MailReports
import SQLDatabase

extension AlertStore {
    /// The sums of the last days, read at one moment.
    public func facts(today: UTCDay) async throws -> AlertFacts {
        let (owner, organisation) = (owner, organisation)
        let days = DayRange(last: today, days: AlertLimits.days)
        return try await database.read { transaction in
            var facts = AlertFacts(days: days)
            let subjects = try transaction.rows(
                """
                SELECT id, name, first_day FROM domain
                WHERE organisation_id = ? AND last_day IS NOT NULL ORDER BY name
                """, [owner])
            var reporters: [String: [Int64]] = [:]
            for row in subjects {
                guard let name = DomainName(row.text(1)) else { continue }
                var series = AlertFacts.DomainSeries(
                    name, firstDay: row.optionalInteger(2).map { UTCDay(number: Int($0)) },
                    days: days.dayCount)
                try Self.readSenders(row.integer(0), days, into: &series, transaction)
                try Self.readReports(
                    row.integer(0), days, into: &series, &reporters, transaction)
                facts.domains.append(series)
            }
            facts.reporters = reporters.map {
                AlertFacts.ReporterSeries(reporter: $0.key, reports: $0.value)
            }.sorted { $0.reporter < $1.reporter }
            facts.altered = try transaction.rows(
                """
                SELECT c.id, c.domain, c.remark,
                    (SELECT MAX(e.happened_at) FROM zone_change_event e
                        WHERE e.change_id = c.id AND e.state = ?)
                FROM zone_change c WHERE c.organisation_id = ? AND c.state = ? ORDER BY c.id
                LIMIT \(AlertLimits.open)
                """,
                [
                    .text(ChangeState.changedOutside.rawValue), owner,
                    .text(ChangeState.changedOutside.rawValue),
                ]
            ).map {
                AlertFacts.AlteredChange(
                    id: $0.integer(0), domain: $0.text(1), remark: $0.text(2),
                    seenAt: $0.integer(3))
            }
            facts.faults = try RecordFaultStore.all(transaction, organisation)
            return facts
        }
    }

    private static func readSenders(
        _ domain: Int64, _ days: DayRange, into series: inout AlertFacts.DomainSeries,
        _ transaction: any SQLTransaction
    ) throws {
        var senders: [Int64: AlertFacts.SenderSeries] = [:]
        var forged = series.forged
        try transaction.forEachRow(
            """
            SELECT d.day, d.sender_id, d.class, d.messages, s.key, s.name, k.first_day
            FROM sender_day d JOIN sender s ON s.id = d.sender_id
                JOIN domain_sender k ON k.domain_id = d.domain_id AND k.sender_id = d.sender_id
            WHERE d.domain_id = ? AND d.day >= ? AND d.day <= ?
            """,
            [.integer(domain), .integer(days.first.number), .integer(days.last.number)]
        ) { row in
            let index = Int(row.integer(0)) - days.first.number
            let fate = SourceClass(code: row.integer(2)).fate
            if fate == .forged { forged[index] = ClassCounts.sum(forged[index], row.integer(3)) }
            guard fate == .proved || fate == .undecided else { return true }
            var sender =
                senders[row.integer(1)]
                ?? AlertFacts.SenderSeries(
                    key: row.text(4), name: row.text(5),
                    firstDay: UTCDay(number: Int(row.integer(6))), days: days.dayCount)
            if fate == .proved {
                sender.proved[index] = ClassCounts.sum(sender.proved[index], row.integer(3))
            } else {
                sender.unproved[index] = ClassCounts.sum(sender.unproved[index], row.integer(3))
            }
            senders[row.integer(1)] = sender
            return true
        }
        series.forged = forged
        series.senders = Array(
            senders.values.sorted { largerFirst($0, $1) }.prefix(AlertLimits.senders))
    }

    private static func largerFirst(
        _ left: AlertFacts.SenderSeries, _ right: AlertFacts.SenderSeries
    ) -> Bool {
        let (one, other) = (left.messages, right.messages)
        return one == other ? left.key < right.key : one > other
    }

    private static func readReports(
        _ domain: Int64, _ days: DayRange, into series: inout AlertFacts.DomainSeries,
        _ reporters: inout [String: [Int64]], _ transaction: any SQLTransaction
    ) throws {
        for row in try transaction.rows(
            """
            SELECT day, reporter, reports FROM reporter_day
            WHERE domain_id = ? AND day >= ? AND day <= ?
            """,
            [.integer(domain), .integer(days.first.number), .integer(days.last.number)])
        {
            let index = Int(row.integer(0)) - days.first.number
            series.reports[index] = ClassCounts.sum(series.reports[index], row.integer(2))
            let name = row.text(1)
            guard reporters[name] != nil || reporters.count < AlertLimits.reporters else {
                continue
            }
            var sums = reporters[name] ?? Array(repeating: 0, count: days.dayCount)
            sums[index] = ClassCounts.sum(sums[index], row.integer(2))
            reporters[name] = sums
        }
    }
}
