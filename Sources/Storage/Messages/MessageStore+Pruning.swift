import SQLDatabase

extension MessageStore {
    /// Forgets messages that came before an instant (milliseconds since 1970), with their history
    /// and their places in the index. What still waits or is held stays.
    ///
    /// - Returns: how many were forgotten. Each step is a transaction of its own, so that mail is
    ///   never kept waiting long.
    @discardableResult
    public func prune(before instant: Int64) async throws -> Int {
        var forgotten = 0
        // Where the next step begins: what stays is not looked at twice.
        var place = MessagePage.Place(day: .min, id: .min)
        while let (count, last) = try await pruneMessages(before: instant, from: place) {
            try Task.checkCancellation()
            forgotten += count
            place = last
        }
        while let day = try await oldestIndexedDay(), day < Self.day(of: instant) {
            for part in 0..<Limits.prunedParts {
                try Task.checkCancellation()
                try await pruneTerms(of: day, part: part)
            }
        }
        return forgotten
    }

    /// Forgets who wrote to whom before an instant.
    public func pruneRelationships(before instant: Int64) async throws {
        try await forget("relationship", before: instant)
    }

    /// Forgets the sums of days before an instant.
    public func pruneCounts(before instant: Int64) async throws {
        try await forget("message_day", before: instant)
    }

    private func forget(_ table: String, before instant: Int64) async throws {
        let organisation = organisation
        try await database.write { transaction in
            try transaction.execute(
                "DELETE FROM \(table) WHERE organisation_id = ? AND day < ?",
                [.integer(organisation.rawValue), .integer(Self.day(of: instant))])
        }
    }

    private func pruneMessages(
        before instant: Int64, from place: MessagePage.Place
    ) async throws -> (count: Int, last: MessagePage.Place)? {
        let organisation = organisation
        return try await database.write { transaction in
            let found = try transaction.rows(
                """
                SELECT received_at, id, \(Self.state) FROM message
                WHERE organisation_id = ? AND received_at < ? AND (received_at, id) > (?, ?)
                ORDER BY received_at, id LIMIT ?
                """,
                [
                    .integer(organisation.rawValue), .integer(instant), .integer(place.day),
                    .integer(place.id), .integer(Limits.prunedMessages),
                ])
            guard let last = found.last else { return nil }
            let ids = found.filter {
                MessageState(rawValue: $0.integer(2))?.isSettled ?? true
            }.map { $0.values[1] }
            if !ids.isEmpty {
                let marks = Array(repeating: "?", count: ids.count).joined(separator: ", ")
                for (table, key) in [
                    ("message_recipient", "message_id"), ("message_event", "message_id"),
                    ("message_recorded", "message_id"), ("message", "id"),
                ] {
                    try transaction.execute(
                        "DELETE FROM \(table) WHERE \(key) IN (\(marks))", ids)
                }
            }
            return (
                ids.count, MessagePage.Place(day: last.integer(0), id: last.integer(1))
            )
        }
    }

    private func oldestIndexedDay() async throws -> Int64? {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT day FROM message_term WHERE organisation_id = ?
                ORDER BY organisation_id, day LIMIT 1
                """, [.integer(organisation.rawValue)]
            ).first?.integer(0)
        }
    }

    /// One part of a day's index: terms are spread evenly over all numbers.
    private func pruneTerms(of day: Int64, part: Int) async throws {
        let organisation = organisation
        let size = Int64(bitPattern: UInt64.max / UInt64(Limits.prunedParts))
        let first = Int64.min &+ size &* Int64(part)
        let isLast = part == Limits.prunedParts - 1
        let last = isLast ? .max : first &+ size - 1
        try await database.write { transaction in
            try transaction.execute(
                """
                DELETE FROM message_term
                WHERE organisation_id = ? AND day = ? AND term >= ? AND term <= ?
                """,
                [
                    .integer(organisation.rawValue), .integer(day), .integer(first),
                    .integer(last),
                ])
        }
    }
}
