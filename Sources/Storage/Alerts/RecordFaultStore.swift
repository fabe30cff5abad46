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

    /// What a fault is of.
    enum Kind: String {
        case spf
        /// The domain's plan, which could not be made.
        case plan
    }

    /// Keeps what was found of a domain's SPF record; nil takes away what was wrong before.
    ///
    /// - Returns: whether that is news.
    @discardableResult
    public func keep(spf reason: String?, of domain: DomainName, now: Int64) async throws -> Bool {
        let organisation = organisation
        return try await database.write {
            try Self.keep(reason, of: .spf, domain, organisation, now: now, $0)
        }
    }

    @discardableResult
    static func keep(
        _ reason: String?, of kind: Kind, _ domain: DomainName, _ organisation: OrganisationID,
        now: Int64, _ transaction: any SQLTransaction
    ) throws -> Bool {
        let place: [SQLValue] = [
            .integer(organisation.rawValue), .text(domain.text), .text(kind.rawValue),
        ]
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
        // PostgreSQL takes no text with a zero octet.
        let kept = reason.unicodeScalars.lazy.filter { $0.value != 0 }.prefix(Limits.reason)
        try transaction.execute(
            """
            INSERT INTO record_fault (organisation_id, domain, what, reason, found_at, seen_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organisation_id, domain, what)
                DO UPDATE SET reason = excluded.reason, seen_at = excluded.seen_at
            """,
            place + [
                .text(String(kept.map(Character.init))), .integer(now), .integer(now),
            ])
        return known == 0
    }

    /// All SPF records that are wrong, by name.
    public func all() async throws -> [Fault] {
        let organisation = organisation
        return try await database.read { try Self.all($0, organisation) }
    }

    static func all(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID
    ) throws -> [Fault] {
        try transaction.rows(
            """
            SELECT domain, reason, found_at FROM record_fault
            WHERE organisation_id = ? AND what = 'spf' ORDER BY domain LIMIT \(AlertLimits.open)
            """, [.integer(organisation.rawValue)]
        ).compactMap { row in
            DomainName(row.text(0)).map {
                Fault(domain: $0, reason: row.text(1), foundAt: row.integer(2))
            }
        }
    }
}
