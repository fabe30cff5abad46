public import Identities
public import SQLDatabase

/// Judges stored rows anew and makes every sum again from them.
///
/// The new sums grow beside those that pages read, in durable steps of bounded size, and take their
/// place all at once; what is taken in meanwhile is gone through too. A rebuilding that was
/// interrupted goes on where its last step ended.
public struct RebuildingStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID
    private let memory = IngestMemory()

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    /// Begins, or goes on with what was interrupted.
    ///
    /// - Parameter basis: what judgements rest on; one that was interrupted on another basis is
    ///   begun anew.
    public func begin(basis: String, now: Int64) async throws -> Rebuilding {
        try await write(now: now) { step in
            let known = try step.transaction.rows(
                """
                SELECT basis, last_report, reports, records, changed FROM rebuilding
                WHERE organisation_id = ?
                """,
                [step.organisationValue]
            ).first
            let inAll = try step.transaction.rows(
                "SELECT COUNT(*) FROM report WHERE organisation_id = ?", [step.organisationValue])
            let reportsInAll = inAll[0].integer(0)
            if let known, known.text(0) == basis {
                return Rebuilding(
                    reports: known.integer(2), reportsInAll: reportsInAll,
                    records: known.integer(3), changed: known.integer(4), isResumed: true,
                    lastReport: known.integer(1))
            }
            try step.forget()
            try step.transaction.execute(
                """
                INSERT INTO rebuilding (organisation_id, basis, last_report, reports, records,
                    changed, started_at)
                VALUES (?, ?, 0, 0, 0, 0, ?)
                """,
                [step.organisationValue, .text(basis), .integer(now)])
            return Rebuilding(
                reports: 0, reportsInAll: reportsInAll, records: 0, changed: 0, isResumed: false,
                lastReport: 0)
        }
    }

    /// The next rows, about `rows` of them; nil when all were gone through.
    public func next(_ rebuilding: Rebuilding, rows: Int) async throws -> RebuildingPortion? {
        let organisation = organisation
        return try await database.read { transaction in
            try RebuildingPortion.read(transaction, organisation, after: rebuilding, rows: rows)
        }
    }

    /// Stores what was made of a portion, in one durable step.
    ///
    /// - Parameters:
    ///   - judgements: one for each row, in the same order.
    ///   - names: the confirmed name of each address that was asked for; nil where it has none.
    public func add(
        _ portion: RebuildingPortion, _ judgements: [IdentifiedRecord.Judgement],
        names: [IPAddress: DomainName?], to rebuilding: Rebuilding, now: Int64
    ) async throws -> Rebuilding {
        precondition(portion.rows.count == judgements.count, "each row has one judgement")
        return try await write(now: now) { step in
            var rebuilding = rebuilding
            try step.add(portion, judgements, to: &rebuilding)
            try step.keep(names)
            rebuilding.trim()
            return rebuilding
        }
    }

    /// Puts the new sums in the place of the old ones, and ends the rebuilding; false when reports
    /// were taken in that it has not gone through yet.
    public func finish(_ rebuilding: Rebuilding, now: Int64) async throws -> Bool {
        try await write(now: now) { step in
            try step.check(rebuilding)
            let newer = try step.transaction.rows(
                "SELECT id FROM report WHERE organisation_id = ? AND id > ? LIMIT 1",
                [step.organisationValue, .integer(rebuilding.lastReport)])
            guard newer.isEmpty else { return false }
            try step.replace()
            try step.forget()
            return true
        }
    }

    /// A step like those of the intake: one writes at a time.
    private func write<Value: Sendable>(
        now: Int64, _ body: @escaping @Sendable (RebuildingStep) throws -> Value
    ) async throws -> Value {
        let (organisation, memory) = (organisation, memory)
        let (value, caches) = try await database.write { transaction in
            let ingest = try IngestTransaction(
                transaction, organisation: organisation, memory: memory, now: now)
            let value = try body(RebuildingStep(ingest))
            return (value, try ingest.finish())
        }
        memory.putBack(caches)
        return value
    }
}
