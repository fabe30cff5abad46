import DomainAnalysis
import FoundationEssentials
import Identities
import MailReports
public import SQLDatabase

/// Reads what an evidence pack is made of: sums and the log, never rows of reports.
public struct EvidenceStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    /// Everything in one transaction: figures and log tell of the same moment.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Throws: `EvidenceError` for a question that has no answer.
    public func facts(_ question: EvidenceQuestion, now: Int64) async throws -> EvidenceFacts {
        let organisation = organisation
        return try await database.read { transaction in
            var reading = try Reading(question, of: organisation, at: now, transaction)
            try reading.readDomains()
            try reading.readLog()
            return reading.facts
        }
    }

    private struct Subject {
        var id: Int64
        var name: DomainName
    }

    /// One reading under way.
    private struct Reading {
        let transaction: any SQLTransaction
        let subjects: [Subject]
        let isWhole: Bool
        let until: Int64
        var facts: EvidenceFacts
        private var senders: [EvidenceFacts.OpenSender] = []
        private var reporters: (before: Set<String>, now: Set<String>) = ([], [])

        init(
            _ question: EvidenceQuestion, of organisation: OrganisationID, at now: Int64,
            _ transaction: any SQLTransaction
        ) throws {
            guard question.domains.count <= EvidenceLimits.domains else {
                throw EvidenceError.tooManyDomains
            }
            let owner = SQLValue.integer(organisation.rawValue)
            guard
                let found = try transaction.rows(
                    "SELECT id, name, created_at FROM organisation WHERE id = ?", [owner]
                ).first.map(OrganisationStore.organisation)
            else { throw EvidenceError.unknownOrganisation }
            let wanted = Set(question.domains)
            var days: [UTCDay] = []
            var subjects: [Subject] = []
            for row in try transaction.rows(
                """
                SELECT id, name, first_day, last_day FROM domain WHERE organisation_id = ?
                ORDER BY name
                """, [owner])
            {
                guard let name = DomainName(row.text(1)), wanted.isEmpty || wanted.contains(name)
                else { continue }
                subjects.append(Subject(id: row.integer(0), name: name))
                days += [row.optionalInteger(2), row.optionalInteger(3)].compactMap {
                    $0.map { UTCDay(number: Int($0)) }
                }
            }
            if let missing = wanted.subtracting(subjects.map(\.name)).min() {
                throw EvidenceError.unknownDomain(missing)
            }
            let periods = try question.periods(
                oldest: days.min(), newest: days.max(), today: UTCDay(secondsSinceEpoch: now))
            self.transaction = transaction
            self.subjects = subjects
            isWhole = wanted.isEmpty
            until = now
            facts = EvidenceFacts(
                organisation: found, before: periods.before, now: periods.now, domains: [],
                steps: Self.steps(periods.whole), reportedBefore: .init(), reportedNow: .init(),
                openSenders: [], otherOpenSenders: 0, changes: [], otherChanges: 0,
                head: AuditHead(sequence: 0, digest: AuditEntry.beginning))
        }

        private static func steps(_ whole: DayRange) -> [EvidenceFacts.Step] {
            let length =
                switch whole.dayCount {
                case ...EvidenceLimits.daily: 1
                case ...EvidenceLimits.weeks: 7
                default: 28
                }
            return stride(from: 0, to: whole.dayCount, by: length).map { start in
                let first = whole.first.advanced(by: start)
                return EvidenceFacts.Step(
                    days: DayRange(
                        first: first, last: min(whole.last, first.advanced(by: length - 1))))
            }
        }

        // MARK: Sums

        mutating func readDomains() throws {
            for subject in subjects {
                var domain = EvidenceFacts.DomainFacts(domain: subject.name)
                try readDays(subject, into: &domain)
                if let before = facts.before {
                    domain.policyBefore = try policy(subject, at: before.last)
                    try readReporters(subject, before, \.reportedBefore, \.before)
                }
                domain.policyNow = try policy(subject, at: facts.now.last)
                try readReporters(subject, facts.now, \.reportedNow, \.now)
                try readSenders(subject)
                facts.domains.append(domain)
            }
            facts.reportedBefore.reporters = reporters.before.count
            facts.reportedNow.reporters = reporters.now.count
            facts.openSenders = senders.sorted {
                let (left, right) = ($0.counts[.undecided], $1.counts[.undecided])
                return left == right
                    ? ($0.domain, $0.key) < ($1.domain, $1.key) : left > right
            }
            facts.otherOpenSenders = max(0, senders.count - EvidenceLimits.exceptions)
            facts.openSenders.removeLast(facts.otherOpenSenders)
        }

        private mutating func readDays(
            _ subject: Subject, into domain: inout EvidenceFacts.DomainFacts
        ) throws {
            let whole = DayRange(
                first: facts.before?.first ?? facts.now.first, last: facts.now.last)
            let length = facts.steps.first?.days.dayCount ?? 1
            func column(_ name: String) -> String { "SUM(\(DomainStore.countedMessages(name)))" }
            try transaction.forEachRow(
                """
                SELECT day, class, \(column("messages")), \(column("rejected")),
                    \(column("quarantined"))
                FROM sender_day WHERE domain_id = ? AND day >= ? AND day <= ?
                GROUP BY day, class
                """,
                [
                    .integer(subject.id), .integer(whole.first.number),
                    .integer(whole.last.number),
                ]
            ) { row in
                let day = UTCDay(number: Int(row.integer(0)))
                var counts = EvidenceCounts()
                counts.add(
                    row.integer(2), rejected: row.integer(3), quarantined: row.integer(4),
                    to: SourceClass(code: row.integer(1)))
                facts.steps[(day.number - whole.first.number) / length].counts += counts
                if day >= facts.now.first { domain.now += counts }
                if let before = facts.before, day <= before.last { domain.before += counts }
                return true
            }
        }

        /// The policy that the newest report of a day or before saw.
        private func policy(_ subject: Subject, at day: UTCDay) throws -> ObservedPolicy? {
            struct Details: Decodable { var policy: AggregateReport.PublishedPolicy }
            let row = try transaction.rows(
                """
                SELECT details, reporter, end_at FROM report
                WHERE domain_id = ? AND kind = 'aggregate' AND begin_at < ?
                ORDER BY begin_at DESC LIMIT 1
                """, [.integer(subject.id), .integer(day.advanced(by: 1).firstSecond)]
            ).first
            guard let row,
                let details = try? JSONDecoder().decode(
                    Details.self, from: Data(row.text(0).utf8))
            else { return nil }
            return ObservedPolicy(
                policy: details.policy, reporter: row.text(1),
                seen: min(day, UTCDay(secondsSinceEpoch: row.integer(2))))
        }

        private mutating func readReporters(
            _ subject: Subject, _ days: DayRange,
            _ sums: WritableKeyPath<EvidenceFacts, EvidenceFacts.Reported>,
            _ names: WritableKeyPath<(before: Set<String>, now: Set<String>), Set<String>>
        ) throws {
            let rows = try transaction.rows(
                """
                SELECT reporter, SUM(reports) FROM reporter_day
                WHERE domain_id = ? AND day >= ? AND day <= ? GROUP BY reporter
                LIMIT \(EvidenceLimits.reporters)
                """,
                [.integer(subject.id), .integer(days.first.number), .integer(days.last.number)])
            for row in rows {
                facts[keyPath: sums].reports = ClassCounts.sum(
                    facts[keyPath: sums].reports, row.integer(1))
                if reporters[keyPath: names].count < EvidenceLimits.reporters {
                    reporters[keyPath: names].insert(row.text(0))
                }
            }
        }

        private mutating func readSenders(_ subject: Subject) throws {
            var found: [Int64: EvidenceFacts.OpenSender] = [:]
            try transaction.forEachRow(
                """
                SELECT s.id, s.key, s.name, k.first_day, k.reason, d.class,
                    SUM(\(DomainStore.countedMessages("d.messages")))
                FROM domain_sender k JOIN sender s ON s.id = k.sender_id
                    JOIN sender_day d ON d.domain_id = k.domain_id AND d.sender_id = k.sender_id
                WHERE k.domain_id = ? AND k.last_undecided_day >= ? AND d.day >= ? AND d.day <= ?
                GROUP BY s.id, s.key, s.name, k.first_day, k.reason, d.class
                """,
                [
                    .integer(subject.id), .integer(facts.now.first.number),
                    .integer(facts.now.first.number), .integer(facts.now.last.number),
                ]
            ) { row in
                var sender =
                    found[row.integer(0)]
                    ?? EvidenceFacts.OpenSender(
                        domain: subject.name, key: row.text(1), name: row.text(2),
                        firstDay: UTCDay(number: Int(row.integer(3))), counts: ClassCounts(),
                        reason: row.text(4))
                sender.counts.add(row.integer(6), to: SourceClass(code: row.integer(5)))
                found[row.integer(0)] = sender
                return true
            }
            senders += found.values.filter(\.counts.needsDecision)
        }

        // MARK: The log

        mutating func readLog() throws {
            let owner = SQLValue.integer(facts.organisation.id.rawValue)
            if let row = try transaction.rows(
                "SELECT sequence, digest FROM audit_chain WHERE organisation_id = ?", [owner]
            ).first {
                facts.head = AuditHead(sequence: row.integer(0), digest: row.text(1))
            }
            let acts = EvidenceLimits.acts.map { _ in "act LIKE ?" }.joined(separator: " OR ")
            let first = (facts.before ?? facts.now).first
            var kept: [AuditEntry] = []
            var count: Int64 = 0
            let names = isWhole ? nil : Set(subjects.map(\.name.text))
            try transaction.forEachRow(
                AuditStore.select
                    + """
                     WHERE organisation_id = ? AND made_at >= ? AND made_at <= ? AND (\(acts))
                    ORDER BY sequence DESC
                    """,
                [owner, .integer(first.firstSecond), .integer(until)]
                    + EvidenceLimits.acts.map { .text($0 + "%") }
            ) { row in
                let entry = AuditStore.entry(row, facts.organisation.id)
                guard names.map({ Self.mentions($0, entry.change) }) ?? true else { return true }
                count += 1
                if kept.count < EvidenceLimits.changes { kept.append(entry) }
                return true
            }
            facts.changes = kept.reversed()
            facts.otherChanges = count - Int64(kept.count)
        }

        private static func mentions(_ names: Set<String>, _ change: AuditChange) -> Bool {
            let text = [change.subject, change.before ?? "", change.after ?? ""]
                .joined(separator: " ").lowercased()
            return text.split(whereSeparator: { " ,;:()\"'".contains($0) }).contains {
                names.contains(String($0))
            }
        }
    }
}
