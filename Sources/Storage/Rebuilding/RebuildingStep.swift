import DomainAnalysis
import Identities
import MailReports
import SQLDatabase

/// One durable step of a rebuilding; it lives inside its transaction.
struct RebuildingStep {
    private let ingest: IngestTransaction
    private let sums: SumWriter

    init(_ ingest: IngestTransaction) {
        self.ingest = ingest
        self.sums = SumWriter(
            ingest.transaction, organisation: ingest.organisation, tables: .rebuilt)
    }

    var transaction: any SQLTransaction { ingest.transaction }
    var organisationValue: SQLValue { .integer(ingest.organisation.rawValue) }

    /// Nobody else may have moved on with the same rebuilding: its sums would be added twice.
    func check(_ rebuilding: Rebuilding) throws {
        let known = try transaction.rows(
            "SELECT last_report FROM rebuilding WHERE organisation_id = ?", [organisationValue])
        guard known.first?.integer(0) == rebuilding.lastReport else {
            throw RebuildingError.overtaken
        }
    }

    /// Adds rows to the new sums, gives them their new senders, and notes how far it is.
    func add(
        _ portion: RebuildingPortion, _ judgements: [IdentifiedRecord.Judgement],
        to rebuilding: inout Rebuilding
    ) throws {
        try check(rebuilding)
        let senders = try senders(of: judgements, &rebuilding)
        var open = rebuilding.open
        rebuilding.open = nil
        var batch = BatchTally()
        var index = 0
        for (place, header) in portion.reports.enumerated() {
            var report = Rebuilding.OpenReport(id: header.id, position: -1, sums: ReportSums())
            if let begun = open, begun.id == header.id { report = begun }
            open = nil
            while index < portion.rows.count, portion.rows[index].report == header.id {
                let row = portion.rows[index]
                report.position = row.position
                report.sums.add(
                    row.record.count, from: row.record.source,
                    ReportTally.Identity(
                        set: row.set, sender: senders[index],
                        classCode: judgements[index].sourceClass.code,
                        disposition: Disposition(word: row.record.disposition).rawValue,
                        dkimAligned: row.record.dkimEvaluated == "pass",
                        spfAligned: row.record.spfEvaluated == "pass"),
                    judgements[index])
                index += 1
            }
            guard place < portion.reports.count - 1 || portion.endsReport else {
                rebuilding.open = report
                break
            }
            try end(header, report.sums, into: &batch, &rebuilding)
            if batch.size > SumWriter.mostSums {
                try sums.write(batch)
                batch = BatchTally()
            }
        }
        try sums.write(batch)
        rebuilding.changed += try update(portion.rows, judgements, senders)
        try transaction.execute(
            """
            UPDATE rebuilding SET last_report = ?, reports = ?, records = ?, changed = ?
            WHERE organisation_id = ?
            """,
            [
                .integer(rebuilding.lastReport), .integer(rebuilding.reports),
                .integer(rebuilding.records), .integer(rebuilding.changed), organisationValue,
            ])
    }

    private func end(
        _ header: RebuildingPortion.Header, _ found: ReportSums, into batch: inout BatchTally,
        _ rebuilding: inout Rebuilding
    ) throws {
        var counts = header.counts
        if let report = header.report {
            var found = found
            counts = .init(records: found.tally.records, messages: found.tally.messages)
            try sums.end(
                &found, of: report, domain: header.domain, reporter: header.reporter,
                into: &batch, &rebuilding.confidences)
            rebuilding.records += counts.records
        }
        batch.count(
            .init(
                kind: header.kind, policyDomain: header.policyDomain,
                isRepaired: header.isRepaired),
            records: counts.records, messages: counts.messages, isNoted: header.isNoted)
        if counts != header.counted {
            try transaction.execute(
                "UPDATE report SET records = ?, messages = ? WHERE id = ?",
                [.integer(counts.records), .integer(counts.messages), .integer(header.id)])
        }
        rebuilding.reports += 1
        rebuilding.lastReport = header.id
    }

    // MARK: Senders

    /// The id of each judgement's sender; one that is met for the first time gets the name that the
    /// catalogue has for it today.
    private func senders(
        of judgements: [IdentifiedRecord.Judgement], _ rebuilding: inout Rebuilding
    ) throws -> [Int64] {
        try judgements.map { judgement in
            let identification = judgement.identification
            if let id = rebuilding.senders[identification.key] { return id }
            let id = try ingest.id(ofSender: identification)
            try transaction.execute(
                "UPDATE sender SET name = ?, service_id = ? WHERE id = ?",
                [
                    .text(identification.name), .optional(identification.serviceID), .integer(id),
                ])
            rebuilding.senders[identification.key] = id
            return id
        }
    }

    private struct Change: Hashable {
        var report: Int64
        var sender: Int64
        var classCode: Int64
    }

    /// Writes what changed to the rows; returns how many changed.
    private func update(
        _ rows: [RebuildingPortion.Row], _ judgements: [IdentifiedRecord.Judgement],
        _ senders: [Int64]
    ) throws -> Int64 {
        var changes: [Change: [SQLValue]] = [:]
        for (index, row) in rows.enumerated() {
            let code = judgements[index].sourceClass.code
            guard row.sender != senders[index] || row.classCode != code else { continue }
            changes[
                Change(report: row.report, sender: senders[index], classCode: code), default: []
            ].append(.integer(row.position))
        }
        for (change, positions) in changes {
            try inParts(positions) { part, marks in
                try transaction.execute(
                    """
                    UPDATE record SET sender_id = ?, class = ?
                    WHERE report_id = ? AND position IN (\(marks))
                    """,
                    [
                        .integer(change.sender), .integer(change.classCode),
                        .integer(change.report),
                    ] + part)
            }
        }
        return changes.values.reduce(0) { $0 + Int64($1.count) }
    }

    /// Keeps the names that addresses have today, and forgets those that they have no more.
    func keep(_ names: [IPAddress: DomainName?]) throws {
        try ingest.keep(names: names.compactMapValues { $0 })
        let nameless = names.filter { $0.value == nil }
        try inParts(nameless.map { .text($0.key.description) }) { part, marks in
            try transaction.execute(
                "DELETE FROM source_name WHERE organisation_id = ? AND source IN (\(marks))",
                [organisationValue] + part)
        }
    }

    /// Few lengths of a list mean few statements to prepare: the rest is filled up.
    private func inParts(
        _ values: [SQLValue], _ body: ([SQLValue], String) throws -> Void
    ) throws {
        for start in stride(from: 0, to: values.count, by: 256) {
            var part = Array(values[start..<min(start + 256, values.count)])
            let length = [1, 4, 16, 64].first { $0 >= part.count } ?? 256
            part += Array(repeating: part[0], count: length - part.count)
            try body(part, Array(repeating: "?", count: length).joined(separator: ", "))
        }
    }

    // MARK: The end

    /// Puts the new sums in the place of the old ones.
    func replace() throws {
        for table in SumTables.all {
            let columns = table.columns.joined(separator: ", ")
            try transaction.execute(
                "DELETE FROM \(table.name) WHERE \(table.ofOrganisation)", [organisationValue])
            try transaction.execute(
                """
                INSERT INTO \(table.name) (\(columns))
                SELECT \(columns) FROM \(SumTables.rebuilt.prefix)\(table.name)
                WHERE \(table.ofOrganisation)
                """,
                [organisationValue])
        }
        let states = ["first_day", "last_day", "policy", "policy_reporter", "policy_seen"].map {
            "\($0) = (SELECT r.\($0) FROM rebuilt_domain r WHERE r.id = domain.id)"
        }
        try transaction.execute(
            """
            UPDATE domain SET version = version + 1, \(states.joined(separator: ", "))
            WHERE organisation_id = ?
            """, [organisationValue])
        try transaction.execute(
            """
            DELETE FROM sender WHERE organisation_id = ?
                AND id NOT IN (SELECT sender_id FROM domain_sender)
            """,
            [organisationValue])
        // Whoever takes reports in remembers senders and sums: it has to ask again.
        try transaction.execute("UPDATE id_block SET next = next + 1 WHERE name = 'sums'")
        ingest.forgetCaches()
    }

    /// Removes what a rebuilding left beside the sums that pages read.
    func forget() throws {
        for table in SumTables.all {
            try transaction.execute(
                """
                DELETE FROM \(SumTables.rebuilt.prefix)\(table.name)
                WHERE \(table.ofOrganisation)
                """,
                [organisationValue])
        }
        try transaction.execute(
            """
            DELETE FROM rebuilt_domain
            WHERE id IN (SELECT id FROM domain WHERE organisation_id = ?)
            """,
            [organisationValue])
        try transaction.execute(
            "DELETE FROM rebuilding WHERE organisation_id = ?", [organisationValue])
    }
}
