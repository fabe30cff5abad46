public import MailReports
public import SQLDatabase

import FoundationEssentials
public import Identities

/// What the gateway saw of other domains, added up until it is reported (RFC 9990, RFC 8460).
public struct ReportObservationStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID
    let limits: ReportObservationLimits

    public init(
        database: any SQLDatabase, organisation: OrganisationID = .first,
        limits: ReportObservationLimits = ReportObservationLimits()
    ) {
        self.database = database
        self.organisation = organisation
        self.limits = limits
    }

    var owner: SQLValue { .integer(organisation.rawValue) }

    /// Adds what was seen to what is kept, all or nothing.
    @discardableResult
    public func add(
        _ batches: [ReportObservationBatch]
    ) async throws -> ReportObservationOutcome {
        let store = self
        return try await database.write { transaction in
            var outcome = ReportObservationOutcome()
            for batch in batches {
                try ReportObservationEntry(store, transaction, batch).write(&outcome)
            }
            return outcome
        }
    }

    /// What is known of a domain and time; nil when nothing was seen.
    public func summary(
        of domain: DomainName, begin: Int64
    ) async throws -> ReportObservationSummary? {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT record, method, messages, about_reports, merged, left_out
                FROM observed_domain WHERE organisation_id = ? AND begin_at = ? AND domain = ?
                """, [owner, .integer(begin), .text(domain.text)]
            ).first.map {
                ReportObservationSummary(
                    record: $0.text(0), method: $0.text(1), messages: $0.integer(2),
                    aboutReports: $0.integer(3), merged: $0.integer(4), leftOut: $0.integer(5))
            }
        }
    }

    /// The rows of a domain and time, in an order that stays the same.
    public func records(of domain: DomainName, begin: Int64) async throws -> [AggregateRecord] {
        let (owner, limit) = (owner, limits.mergedRows)
        return try await database.read { transaction in
            var records: [AggregateRecord] = []
            try transaction.forEachRow(
                """
                SELECT source, header_from, envelope_from, envelope_to, disposition, dkim, spf,
                    results, messages
                FROM observed_record WHERE organisation_id = ? AND begin_at = ? AND domain = ?
                ORDER BY digest LIMIT ?
                """, [owner, .integer(begin), .text(domain.text), .integer(limit)]
            ) { row in
                records.append(Self.record(row))
                return true
            }
            return records
        }
    }

    /// Forgets what was seen in times that began before this one, whether it was reported or not.
    public func forget(before begin: Int64) async throws {
        let owner = owner
        try await database.write { transaction in
            for table in ["observed_domain", "observed_record", "observed_session"] {
                try transaction.execute(
                    "DELETE FROM \(table) WHERE organisation_id = ? AND begin_at < ?",
                    [owner, .integer(begin)])
            }
        }
    }

    private static func record(_ row: SQLRow) -> AggregateRecord {
        var record = AggregateRecord()
        record.sourceText = row.text(0)
        record.source = IPAddress(record.sourceText)
        record.headerFrom = row.text(1)
        record.envelopeFrom = row.optionalText(2)
        record.envelopeTo = row.optionalText(3)
        record.disposition = row.text(4)
        record.dkimEvaluated = row.text(5)
        record.spfEvaluated = row.text(6)
        record.count = row.integer(8)
        let results = try? JSONDecoder().decode(
            ObservedResults.self, from: Data(row.text(7).utf8))
        record.dkim = results?.dkim ?? []
        record.spf = results?.spf ?? []
        record.reasons = results?.reasons ?? []
        return record
    }
}

/// What `observed_record.results` holds.
private struct ObservedResults: Decodable {
    var dkim: [AggregateRecord.DKIMAuthenticationResult]
    var spf: [AggregateRecord.SPFAuthenticationResult]
    var reasons: [AggregateRecord.OverrideReason]
}

extension AggregateRecord {
    /// Results and reasons as `ObservedResults` reads them.
    var observedResults: String {
        var text = JSONText()
        text.object { text in
            text.list("dkim", dkim) { text, each in
                text.object { text in
                    text.member("domain", each.domain)
                    text.member("selector", each.selector)
                    text.member("result", each.result)
                    text.member("humanResult", each.humanResult)
                }
            }
            text.list("spf", spf) { text, each in
                text.object { text in
                    text.member("domain", each.domain)
                    text.member("scope", each.scope)
                    text.member("result", each.result)
                    text.member("humanResult", each.humanResult)
                }
            }
            text.list("reasons", reasons) { text, each in
                text.object { text in
                    text.member("type", each.type)
                    text.member("comment", each.comment)
                }
            }
        }
        return text.text
    }
}
