public import SQLDatabase

/// What was changed in one organisation, by whom and when.
public struct AuditStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID
    private let lookedAt: Int64

    /// - Parameter lookedAt: entries that are looked at for one page of a search.
    public init(
        database: any SQLDatabase, organisation: OrganisationID,
        lookedAt: Int64 = AuditLimits.lookedAt
    ) {
        self.database = database
        self.organisation = organisation
        self.lookedAt = lookedAt
    }

    /// What a person looks for; the newest entries first.
    public struct Search: Hashable, Sendable {
        /// A part of the name of who did it.
        public var who: String?
        /// A part of what was done, or of what it was done to.
        public var what: String?
        /// Seconds since 1970; the first that counts.
        public var from: Int64?
        /// The first that counts no more.
        public var until: Int64?

        public init(
            who: String? = nil, what: String? = nil, from: Int64? = nil, until: Int64? = nil
        ) {
            self.who = who
            self.what = what
            self.from = from
            self.until = until
        }

        public var isEmpty: Bool { self == Search() }
    }

    /// One page of entries.
    public struct Page: Hashable, Sendable {
        public var entries: [AuditEntry]
        /// Where the next page begins; nil at the end.
        public var next: Int64?
    }

    /// Appends an entry whose change is kept elsewhere than in this database.
    @discardableResult
    public func append(_ change: AuditChange, at now: Int64) async throws -> AuditEntry {
        let organisation = organisation
        return try await database.write { transaction in
            try AuditChain.append(change, to: organisation, at: now, in: transaction)
        }
    }

    public func head() async throws -> AuditHead {
        let owner = SQLValue.integer(organisation.rawValue)
        return try await database.read { transaction in
            try transaction.rows(
                "SELECT sequence, digest FROM audit_chain WHERE organisation_id = ?", [owner]
            ).first.map { AuditHead(sequence: $0.integer(0), digest: $0.text(1)) }
                ?? AuditHead(sequence: 0, digest: AuditEntry.beginning)
        }
    }

    public func entry(_ sequence: Int64) async throws -> AuditEntry? {
        let organisation = organisation
        return try await database.read { transaction in
            try Self.entry(sequence, organisation, transaction)
        }
    }

    /// Entries from before `place`, or the newest; at most `AuditLimits.page`.
    public func search(_ search: Search, before place: Int64? = nil) async throws -> Page {
        let organisation = organisation
        let owner = SQLValue.integer(organisation.rawValue)
        let lookedAt = lookedAt
        return try await database.read { transaction in
            let newest = try transaction.rows(
                "SELECT MAX(sequence) FROM audit_entry WHERE organisation_id = ?", [owner])[0]
                .integer(0)
            let start = min(newest &+ 1, max(1, place ?? .max))
            let end = search.isEmpty ? 0 : max(0, start - 1 - lookedAt)
            var (sql, arguments) = (
                Self.select + " WHERE organisation_id = ? AND sequence < ? AND sequence > ?",
                [owner, .integer(start), .integer(end)]
            )
            func ask(_ condition: String, _ value: SQLValue?) {
                guard let value else { return }
                sql += " AND " + condition
                arguments.append(value)
            }
            ask("who LIKE ? ESCAPE '!'", search.who.map(Self.pattern))
            ask("what LIKE ? ESCAPE '!'", search.what.map(Self.pattern))
            ask("made_at >= ?", search.from.map { .integer($0) })
            ask("made_at < ?", search.until.map { .integer($0) })
            sql += " ORDER BY sequence DESC LIMIT ?"
            arguments.append(.integer(AuditLimits.page))
            let entries = try transaction.rows(sql, arguments).map {
                Self.entry($0, organisation)
            }
            let isFull = entries.count == AuditLimits.page
            let last = isFull ? entries[entries.count - 1].sequence : end + 1
            return Page(entries: entries, next: last > 1 ? last : nil)
        }
    }

    /// Entries in their order, after the one with this number; at most `AuditLimits.exported`.
    public func entries(after sequence: Int64) async throws -> [AuditEntry] {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                Self.select
                    + " WHERE organisation_id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                [
                    .integer(organisation.rawValue), .integer(sequence),
                    .integer(AuditLimits.exported),
                ]
            ).map { Self.entry($0, organisation) }
        }
    }

    // MARK: Rows

    static func entry(
        _ sequence: Int64, _ organisation: OrganisationID, _ transaction: any SQLTransaction
    ) throws -> AuditEntry? {
        try transaction.rows(
            select + " WHERE organisation_id = ? AND sequence = ?",
            [.integer(organisation.rawValue), .integer(sequence)]
        ).first.map { entry($0, organisation) }
    }

    static let select = """
        SELECT sequence, made_at, actor_kind, actor_id, actor, act, subject, text_before,
            text_after, previous, digest FROM audit_entry
        """

    static func entry(_ row: SQLRow, _ organisation: OrganisationID) -> AuditEntry {
        // A kind that is not ours was written by somebody else: the digest will tell.
        let kind = AuditActor.Kind(rawValue: row.text(2)) ?? .rule
        return AuditEntry(
            AuditChange(
                by: AuditActor(kind, id: row.optionalInteger(3), name: row.text(4)), row.text(5),
                row.text(6), before: row.optionalText(7), after: row.optionalText(8)),
            organisation: organisation, sequence: row.integer(0), at: row.integer(1),
            previous: row.text(9), digest: row.text(10))
    }

    /// A part of a text, for LIKE: what has a meaning there is taken literally.
    private static func pattern(_ part: String) -> SQLValue {
        var escaped = ""
        for character in part.lowercased() where character != "\u{0}" {
            if character == "%" || character == "_" || character == "!" { escaped.append("!") }
            escaped.append(character)
        }
        return .text("%\(escaped)%")
    }
}
