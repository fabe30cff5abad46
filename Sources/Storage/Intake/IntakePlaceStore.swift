public import SQLDatabase

/// The memory of places: what was taken out of each, so that nothing is read twice or lost, and how
/// each is.
public struct IntakePlaceStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    /// The items that are remembered, by their names. Those of another validity are forgotten
    /// first: their names mean other mails.
    public func begin(_ place: String, validity: Int64) async throws -> [String: IntakeItem] {
        let key: [SQLValue] = [.integer(organisation.rawValue), .text(place)]
        return try await database.write { transaction in
            let known = try transaction.rows(
                "SELECT validity FROM intake_place WHERE organisation_id = ? AND place = ?", key)
            if known.first?.integer(0) != validity {
                try transaction.execute(
                    "DELETE FROM intake_item WHERE organisation_id = ? AND place = ?", key)
                try Self.makeRow(transaction, key)
                try transaction.execute(
                    """
                    UPDATE intake_place SET validity = ? WHERE organisation_id = ? AND place = ?
                    """, [.integer(validity)] + key)
            }
            var items: [String: IntakeItem] = [:]
            try transaction.forEachRow(
                """
                SELECT item, state, attempts, remark FROM intake_item
                WHERE organisation_id = ? AND place = ?
                """, key
            ) { row in
                items[row.text(0)] = IntakeItem(
                    row.text(0), IntakeItem.State(rawValue: row.integer(1)) ?? .failed,
                    attempts: row.integer(2), remark: row.optionalText(3))
                return true
            }
            return items
        }
    }

    /// Remembers items as they are now, durably.
    public func remember(_ items: [IntakeItem], in place: String, now: Int64) async throws {
        guard !items.isEmpty else { return }
        let organisation = organisation
        try await database.write { transaction in
            for item in items {
                try transaction.execute(
                    """
                    INSERT INTO intake_item (organisation_id, place, item, state, attempts, remark,
                        changed_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (organisation_id, place, item) DO UPDATE SET
                        state = excluded.state, attempts = excluded.attempts,
                        remark = excluded.remark, changed_at = excluded.changed_at
                    """,
                    [
                        .integer(organisation.rawValue), .text(place), .text(item.name),
                        .integer(item.state.rawValue), .integer(item.attempts),
                        .optional(item.remark), .integer(now),
                    ])
            }
        }
    }

    /// Forgets items that are no longer in the place.
    public func forget(_ names: some Sequence<String> & Sendable, in place: String) async throws {
        let names = Array(names)
        guard !names.isEmpty else { return }
        let organisation = organisation
        try await database.write { transaction in
            for start in stride(from: 0, to: names.count, by: 400) {
                let part = names[start..<min(start + 400, names.count)]
                let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
                try transaction.execute(
                    """
                    DELETE FROM intake_item
                    WHERE organisation_id = ? AND place = ? AND item IN (\(marks))
                    """,
                    [.integer(organisation.rawValue), .text(place)] + part.map { .text($0) })
            }
        }
    }

    /// Notes that a round went well, and what it came to.
    public func note(_ round: IntakeRound, in place: String, now: Int64) async throws {
        let key: [SQLValue] = [.integer(organisation.rawValue), .text(place)]
        try await database.write { transaction in
            try Self.makeRow(transaction, key)
            try transaction.execute(
                """
                UPDATE intake_place SET succeeded_at = ?, failure = NULL, failures = 0, found = ?,
                    left_there = ?, taken = taken + ?, known = known + ?, refused = refused + ?
                WHERE organisation_id = ? AND place = ?
                """,
                [
                    .integer(now), .integer(round.found), .integer(round.left),
                    .integer(round.taken), .integer(round.known), .integer(round.refused),
                ] + key)
        }
    }

    /// Notes that a round failed, and what it came to before. Returns how many failed in a row.
    public func note(
        failure: String, after round: IntakeRound, in place: String, now: Int64
    ) async throws -> Int64 {
        let key: [SQLValue] = [.integer(organisation.rawValue), .text(place)]
        return try await database.write { transaction in
            try Self.makeRow(transaction, key)
            try transaction.execute(
                """
                UPDATE intake_place SET failed_at = ?, failure = ?, failures = failures + 1,
                    taken = taken + ?, known = known + ?, refused = refused + ?
                WHERE organisation_id = ? AND place = ?
                """,
                [
                    .integer(now), .text(failure), .integer(round.taken), .integer(round.known),
                    .integer(round.refused),
                ] + key)
            return try transaction.rows(
                "SELECT failures FROM intake_place WHERE organisation_id = ? AND place = ?", key
            ).first?.integer(0) ?? 0
        }
    }

    /// How every place is, by name.
    public func states() async throws -> [IntakePlaceState] {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT place, succeeded_at, failed_at, failure, failures, found, taken, known,
                    refused, left_there
                FROM intake_place WHERE organisation_id = ? ORDER BY place
                """, [.integer(organisation.rawValue)]
            ).map { row in
                var state = IntakePlaceState(place: row.text(0))
                state.succeededAt = row.optionalInteger(1)
                state.failedAt = row.optionalInteger(2)
                state.failure = row.optionalText(3)
                state.failures = row.integer(4)
                state.found = row.integer(5)
                state.taken = row.integer(6)
                state.known = row.integer(7)
                state.refused = row.integer(8)
                state.left = row.integer(9)
                return state
            }
        }
    }

    /// What was left where it is, with the reasons.
    public func left(in place: String, limit: Int) async throws -> [IntakeItem] {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT item, attempts, remark FROM intake_item
                WHERE organisation_id = ? AND place = ? AND state = ? ORDER BY item LIMIT ?
                """,
                [
                    .integer(organisation.rawValue), .text(place),
                    .integer(IntakeItem.State.left.rawValue), .integer(limit),
                ]
            ).map {
                IntakeItem(
                    $0.text(0), .left, attempts: $0.integer(1), remark: $0.optionalText(2))
            }
        }
    }

    private static func makeRow(_ transaction: any SQLTransaction, _ key: [SQLValue]) throws {
        try transaction.execute(
            """
            INSERT INTO intake_place (organisation_id, place, validity, failures, found, taken,
                known, refused, left_there)
            VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0)
            ON CONFLICT (organisation_id, place) DO NOTHING
            """, key)
    }
}
