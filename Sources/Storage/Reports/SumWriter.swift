import DomainAnalysis
import Identities
import MailReports
import SQLDatabase

/// Writes the sums that pages read, or those that are going to take their place.
struct SumWriter {
    /// Sums held in memory before they are written out: some 20 MB.
    static let mostSums = 60_000
    /// Addresses of one report beyond which they are written at its end, by themselves.
    private static let mostSources = 10_000

    private let transaction: any SQLTransaction
    private let organisation: OrganisationID
    private let tables: SumTables

    init(
        _ transaction: any SQLTransaction, organisation: OrganisationID,
        tables: SumTables = .shown
    ) {
        self.transaction = transaction
        self.organisation = organisation
        self.tables = tables
    }

    /// Ends a report: what its rows added up to falls on the days it covers.
    ///
    /// - Parameter known: confidences that are known to be stored.
    func end(
        _ sums: inout ReportSums, of report: AggregateReport, domain: Int64, reporter: String,
        into batch: inout BatchTally,
        _ known: inout [IngestCaches.DomainSender: SenderIdentification.Confidence]
    ) throws {
        let period = Apportionment(begin: report.begin, end: report.end)
        sums.tally.compact()
        if sums.tally.sources.count > Self.mostSources {
            try writeSources(of: sums.tally, domain: domain, period)
            sums.tally.forgetSources()
        }
        batch.add(
            sums.tally, domain: domain, reporter: reporter, begin: report.begin,
            end: report.end)
        batch.note(
            domain: domain, days: period, policy: report.policy.storedText,
            reporter: report.reporter, seen: report.end)
        try note(sums.senders, domain: domain, &known)
    }

    /// Adds a batch's sums to what the tables hold.
    func write(_ sums: consuming BatchTally) throws {
        sums.compact()
        try writeDomainDays(sums)
        try writeSenderDays(sums)
        try writeIdentitiesAndSources(sums)
        try writeReporters(sums)
        try writeDomainStates(sums)
    }

    private func writeDomainDays(_ sums: BatchTally) throws {
        let days = sums.domainDays
        guard !days.isEmpty else { return }
        var values: [SQLValue] = []
        for (key, count) in days {
            values += [
                .integer(organisation.rawValue), .integer(key.day), .integer(key.domain),
                .integer(key.classCode), .integer(count.messages), .integer(count.estimated),
            ]
        }
        let key = ["organisation_id", "day", "domain_id", "class"]
        let adding = ["messages", "estimated"]
        try transaction.accumulate(
            into: tables.prefix + "domain_day", columns: key + adding, key: key, adding: adding,
            lowering: [],
            raising: [], values: values)
    }

    private func writeSenderDays(_ sums: BatchTally) throws {
        guard !sums.senderDays.isEmpty else { return }
        var values: [SQLValue] = []
        for (key, count) in sums.senderDays {
            values += [
                .integer(key.domain), .integer(key.day), .integer(key.sender),
                .integer(key.classCode), .integer(count.messages), .integer(count.dkimAligned),
                .integer(count.spfAligned), .integer(count.quarantined),
                .integer(count.rejected), .integer(count.estimated),
            ]
        }
        let key = ["domain_id", "day", "sender_id", "class"]
        let adding = [
            "messages", "dkim_aligned", "spf_aligned", "quarantined", "rejected", "estimated",
        ]
        try transaction.accumulate(
            into: tables.prefix + "sender_day", columns: key + adding, key: key, adding: adding,
            lowering: [],
            raising: [], values: values)

        var days: [SQLValue] = []
        for (pair, seen) in sums.domainSenders {
            days += [
                .integer(pair.domain), .integer(pair.sender), .integer(0), .text("[]"), .text(""),
                .integer(seen.first), .integer(seen.last), .integer(seen.lastUndecided),
            ]
        }
        try transaction.accumulate(
            into: tables.prefix + "domain_sender",
            columns: [
                "domain_id", "sender_id", "confidence", "evidence", "reason", "first_day",
                "last_day", "last_undecided_day",
            ],
            key: ["domain_id", "sender_id"], adding: [], lowering: ["first_day"],
            raising: ["last_day", "last_undecided_day"], values: days)
    }

    private func writeIdentitiesAndSources(_ sums: BatchTally) throws {
        if !sums.identityDays.isEmpty {
            var values: [SQLValue] = []
            values.reserveCapacity(sums.identityDays.count * 7)
            // In the order of the table: neighbours are on one page of the database.
            for (key, messages) in sums.identityDays.entries {
                values.append(.integer(key.domain))
                values.append(.integer(key.day))
                values.append(.integer(key.set))
                values.append(.integer(key.sender))
                values.append(.integer(key.classCode))
                values.append(.integer(key.disposition))
                values.append(.integer(messages))
            }
            let key = [
                "domain_id", "day", "authentication_set_id", "sender_id", "class", "disposition",
            ]
            try transaction.accumulate(
                into: tables.prefix + "identity_day", columns: key + ["messages"], key: key,
                adding: ["messages"], lowering: [], raising: [], values: values)
        }
        var sources = SourceRows()
        for (key, count) in sums.sourceTotals.entries {
            sources.add(
                domain: key.domain, sender: key.sender, key.address, count.messages,
                first: count.first, last: count.last)
            if sources.isFull { try sources.write(to: transaction, tables) }
        }
        try sources.write(to: transaction, tables)
    }

    /// Writes a long report's sources straight from its own sums: a second copy of them is what
    /// memory would be lost to.
    private func writeSources(
        of tally: ReportTally, domain: Int64, _ period: Apportionment
    ) throws {
        let days = period.days.map(\.day.number)
        var sources = SourceRows()
        for (key, messages, _) in tally.sources {
            sources.add(
                domain: domain, sender: key.sender, key.address, messages,
                first: days.min() ?? 0, last: days.max() ?? 0)
            if sources.isFull { try sources.write(to: transaction, tables) }
        }
        try sources.write(to: transaction, tables)
    }

    /// Rows of `source_total`, written some thousands at a time.
    private struct SourceRows {
        static let rowsTogether = 4_000
        private var values: [SQLValue] = []

        var isFull: Bool { values.count >= Self.rowsTogether * 6 }

        mutating func add(
            domain: Int64, sender: Int64, _ address: IPAddress, _ messages: Int64, first: Int,
            last: Int
        ) {
            values.append(.integer(domain))
            values.append(.integer(sender))
            values.append(.text(address.description))
            values.append(.integer(messages))
            values.append(.integer(first))
            values.append(.integer(last))
        }

        mutating func write(
            to transaction: any SQLTransaction, _ tables: SumTables
        ) throws {
            guard !values.isEmpty else { return }
            let key = ["domain_id", "sender_id", "source"]
            try transaction.accumulate(
                into: tables.prefix + "source_total",
                columns: key + ["messages", "first_day", "last_day"],
                key: key, adding: ["messages"], lowering: ["first_day"], raising: ["last_day"],
                values: values)
            values.removeAll(keepingCapacity: true)
        }
    }

    private func writeReporters(_ sums: BatchTally) throws {
        if !sums.reporterDays.isEmpty {
            var values: [SQLValue] = []
            for (key, count) in sums.reporterDays {
                values += [
                    .integer(key.domain), .integer(key.day), .text(key.reporter),
                    .integer(count.reports), .integer(count.messages),
                ]
            }
            let key = ["domain_id", "day", "reporter"]
            try transaction.accumulate(
                into: tables.prefix + "reporter_day", columns: key + ["reports", "messages"],
                key: key,
                adding: ["reports", "messages"], lowering: [], raising: [], values: values)
        }
        if !sums.intakeTotals.isEmpty {
            var values: [SQLValue] = []
            for (key, count) in sums.intakeTotals {
                values += [
                    .integer(organisation.rawValue), .text(key.kind), .text(key.policyDomain),
                    .flag(key.isRepaired), .integer(count.reports), .integer(count.records),
                    .integer(count.messages), .integer(count.noted),
                ]
            }
            let key = ["organisation_id", "kind", "policy_domain", "is_repaired"]
            let adding = ["reports", "records", "messages", "noted"]
            try transaction.accumulate(
                into: tables.prefix + "intake_total", columns: key + adding, key: key,
                adding: adding,
                lowering: [], raising: [], values: values)
        }
    }

    private func writeDomainStates(_ sums: BatchTally) throws {
        let table = tables.prefix + "domain"
        for (domain, state) in sums.domainStates {
            if tables == .rebuilt {
                try transaction.execute(
                    "INSERT INTO \(table) (id) VALUES (?) ON CONFLICT (id) DO NOTHING",
                    [.integer(domain)])
            }
            // What was added up of the domain before is void with this.
            let version = tables == .shown ? "version = version + 1," : ""
            try transaction.execute(
                """
                UPDATE \(table) SET \(version)
                    first_day = CASE WHEN first_day < ? THEN first_day ELSE ? END,
                    last_day = CASE WHEN last_day > ? THEN last_day ELSE ? END
                WHERE id = ?
                """,
                [
                    .integer(state.firstDay), .integer(state.firstDay), .integer(state.lastDay),
                    .integer(state.lastDay), .integer(domain),
                ])
            try transaction.execute(
                """
                UPDATE \(table) SET policy = ?, policy_reporter = ?, policy_seen = ?
                WHERE id = ? AND (policy_seen IS NULL OR policy_seen <= ?)
                """,
                [
                    .optional(state.policy), .text(state.policyReporter),
                    .integer(state.policySeen), .integer(domain), .integer(state.policySeen),
                ])
        }
    }

    /// Keeps, for each sender of the domain, the best identification so far and its reason.
    private func note(
        _ notes: [Int64: ReportSums.SenderNote], domain: Int64,
        _ known: inout [IngestCaches.DomainSender: SenderIdentification.Confidence]
    ) throws {
        let table = tables.prefix + "domain_sender"
        for (sender, note) in notes {
            let pair = IngestCaches.DomainSender(domain: domain, sender: sender)
            let confidence = note.judgement.confidence
            if let best = known[pair], best >= confidence { continue }
            try transaction.execute(
                """
                INSERT INTO \(table) (domain_id, sender_id, confidence, evidence, reason,
                    first_day, last_day, last_undecided_day)
                VALUES (?, ?, ?, ?, ?, ?, ?, -1)
                ON CONFLICT (domain_id, sender_id) DO UPDATE SET
                    confidence = excluded.confidence, evidence = excluded.evidence,
                    reason = excluded.reason
                WHERE \(table).confidence < excluded.confidence
                """,
                [
                    .integer(domain), .integer(sender),
                    .integer(confidence.rawValue),
                    .text(SenderIdentification.Evidence.storedText(note.judgement.evidence())),
                    .text(note.reason), .integer(Int64(Int32.max)), .integer(-1),
                ])
            known[pair] = confidence
        }
    }
}
