public import Identities
public import SQLDatabase

/// What is wrong with the records of an organisation's domains, as DNS told it last.
public struct RecordFaultStore: Sendable {
    /// A record that makes receivers stop with an error.
    public struct Fault: Hashable, Sendable {
        public var domain: DomainName
        /// For a person: where, and why.
        public var reason: String
        /// Seconds since 1970: when it was found first.
        public var foundAt: Int64

        public init(domain: DomainName, reason: String, foundAt: Int64) {
            self.domain = domain
            self.reason = reason
            self.foundAt = foundAt
        }
    }

    /// Bounds of what is kept.
    public enum Limits {
        /// Scalars of a reason.
        public static let reason = 600
    }

    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID) {
        self.database = database
        self.organisation = organisation
    }

    /// Keeps what was found of a domain's SPF record; nil takes away what was wrong before.
    ///
    /// - Returns: whether that is news.
    @discardableResult
    public func keep(spf reason: String?, of domain: DomainName, now: Int64) async throws -> Bool {
        let place: [SQLValue] = [
            .integer(organisation.rawValue), .text(domain.text), .text("spf"),
        ]
        return try await database.write { transaction in
            let known = try transaction.rows(
                """
                SELECT COUNT(*) FROM record_fault
                WHERE organisation_id = ? AND domain = ? AND what = ?
                """, place)[0].integer(0)
            guard let reason else {
                guard known > 0 else { return false }
                try transaction.execute(
                    """
                    DELETE FROM record_fault
                    WHERE organisation_id = ? AND domain = ? AND what = ?
                    """, place)
                return true
            }
            try transaction.execute(
                """
                INSERT INTO record_fault (organisation_id, domain, what, reason, found_at, seen_at)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organisation_id, domain, what)
                    DO UPDATE SET reason = excluded.reason, seen_at = excluded.seen_at
                """,
                place + [
                    .text(String(reason.unicodeScalars.prefix(Limits.reason).map(Character.init))),
                    .integer(now), .integer(now),
                ])
            return known == 0
        }
    }

    /// All that are wrong, by name.
    public func all() async throws -> [Fault] {
        let organisation = organisation
        return try await database.read { try Self.all($0, organisation) }
    }

    static func all(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID
    ) throws -> [Fault] {
        try transaction.rows(
            """
            SELECT domain, reason, found_at FROM record_fault WHERE organisation_id = ?
            ORDER BY domain LIMIT \(AlertLimits.open)
            """, [.integer(organisation.rawValue)]
        ).compactMap { row in
            DomainName(row.text(0)).map {
                Fault(domain: $0, reason: row.text(1), foundAt: row.integer(2))
            }
        }
    }
}
