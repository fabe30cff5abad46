public import Identities
public import SQLDatabase

import MailReports

/// The programme of an organisation: its domains, and how far each has come.
public struct ProgrammeStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    var owner: SQLValue { .integer(organisation.rawValue) }

    // MARK: Domains

    /// All domains, by name.
    public func domains() async throws -> [ProgrammeDomain] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.select + " WHERE organisation_id = ? ORDER BY domain", [owner]
            ).compactMap(Self.domain)
        }
    }

    /// Takes domains in and changes those that are there, all or none; each that becomes another
    /// is an entry of the audit log.
    ///
    /// - Parameter versions: what each domain is to be at before it, as whoever changes it saw it;
    ///   empty for one that is not there yet.
    /// - Returns: how many became others.
    /// - Throws: `ProgrammeError`; `changedMeanwhile` where one is at another version.
    @discardableResult
    public func set(
        _ changes: [ProgrammeChange], at versions: [DomainName: String] = [:],
        source: ProgrammeDomain.Source, by actor: AuditActor, now: Int64
    ) async throws -> Int {
        for change in changes { try Self.check(change) }
        let organisation = organisation
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            var known: [DomainName: ProgrammeDomain] = [:]
            for each in try transaction.rows(Self.select + " WHERE organisation_id = ?", [owner])
                .compactMap(Self.domain)
            {
                known[each.domain] = each
            }
            var changed = 0
            for change in changes {
                let before = known[change.domain]
                if let version = versions[change.domain], version != before?.version ?? "" {
                    throw ProgrammeError.changedMeanwhile(change.domain)
                }
                let start =
                    before
                    ?? ProgrammeDomain(domain: change.domain, source: source, addedAt: now)
                let after = change.applied(to: start)
                guard after != before else { continue }
                guard before != nil || known.count < ProgrammeLimits.domains else {
                    throw ProgrammeError.full
                }
                known[change.domain] = after
                try write(after, transaction)
                try AuditChain.append(
                    AuditChange(
                        by: actor, before == nil ? "programme.add" : "programme.set",
                        after.domain.text, before: before?.line, after: after.line),
                    to: organisation, at: now, in: transaction)
                changed += 1
            }
            return changed
        }
    }

    /// Takes a domain out; its reports stay.
    ///
    /// - Parameter version: what it is to be at; nil for any.
    public func remove(
        _ domain: DomainName, at version: String? = nil, by actor: AuditActor, now: Int64
    ) async throws {
        let organisation = organisation
        try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            let rows = try transaction.rows(
                Self.select + " WHERE organisation_id = ? AND domain = ?",
                [owner, .text(domain.text)])
            guard let before = rows.first.flatMap(Self.domain) else {
                throw ProgrammeError.unknown(domain)
            }
            if let version, version != before.version {
                throw ProgrammeError.changedMeanwhile(domain)
            }
            for table in ["programme_domain", "programme_plan", "programme_stage"] {
                try transaction.execute(
                    "DELETE FROM \(table) WHERE organisation_id = ? AND domain = ?",
                    [owner, .text(domain.text)])
            }
            try AuditChain.append(
                AuditChange(by: actor, "programme.remove", domain.text, before: before.line),
                to: organisation, at: now, in: transaction)
        }
    }

    /// Names of ours that are not in the programme yet: domains of reports, From domains below
    /// domains of ours, and names that changes of our DNS are about. Nothing is changed.
    public func found() async throws -> [ProgrammeDomain] {
        let owner = owner
        return try await database.read { transaction in
            var known: Set<DomainName> = []
            for row in try transaction.rows(
                "SELECT domain FROM programme_domain WHERE organisation_id = ?", [owner])
            {
                if let name = DomainName(row.text(0)) { known.insert(name) }
            }
            var found: [ProgrammeDomain] = []
            func look(
                _ sql: String, _ source: ProgrammeDomain.Source, if isOurs: (DomainName) -> Bool
            ) throws {
                try transaction.forEachRow(sql, [owner]) { row in
                    guard let name = DomainName(row.text(0)), name.labelCount > 1, isOurs(name),
                        known.insert(name).inserted
                    else { return true }
                    found.append(ProgrammeDomain(domain: name, source: source))
                    return found.count < ProgrammeLimits.found
                }
            }
            try look(
                """
                SELECT name FROM domain WHERE organisation_id = ? AND last_day IS NOT NULL
                ORDER BY name
                """, .reports
            ) { _ in true }
            try look(
                "SELECT DISTINCT domain FROM zone_change WHERE organisation_id = ?", .zones
            ) { _ in true }
            // Only below what is ours: a From domain is whatever a stranger wrote.
            let ours = known
            try look(
                """
                SELECT DISTINCT header_from FROM authentication_set WHERE organisation_id = ?
                LIMIT \(ProgrammeLimits.found * 20)
                """, .traffic
            ) { name in
                var above = name.parent
                while let parent = above {
                    if ours.contains(parent) { return true }
                    above = parent.parent
                }
                return false
            }
            return found
        }
    }

    private static func check(_ change: ProgrammeChange) throws {
        for case .value(let text)? in [change.owner, change.tranche]
        where text.count > ProgrammeLimits.field
            || text.unicodeScalars.contains(where: {
                $0.value < 0x20
            })
        {
            throw ProgrammeError.field
        }
    }

    private func write(_ domain: ProgrammeDomain, _ transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO programme_domain (organisation_id, domain, owner, purpose, tranche,
                target_day, source, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (organisation_id, domain) DO UPDATE SET owner = excluded.owner,
                purpose = excluded.purpose, tranche = excluded.tranche,
                target_day = excluded.target_day
            """,
            [
                owner, .text(domain.domain.text), .text(domain.owner),
                .text(domain.purpose?.rawValue ?? ""), .text(domain.tranche),
                .optional(domain.target.map { Int64($0.number) }), .text(domain.source.rawValue),
                .integer(domain.addedAt),
            ])
    }

    private static let select = """
        SELECT domain, owner, purpose, tranche, target_day, source, added_at
        FROM programme_domain
        """

    private static func domain(_ row: SQLRow) -> ProgrammeDomain? {
        guard let name = DomainName(row.text(0)) else { return nil }
        return ProgrammeDomain(
            domain: name, owner: row.text(1), purpose: DomainPurpose(rawValue: row.text(2)),
            tranche: row.text(3),
            target: row.optionalInteger(4).map { UTCDay(number: Int($0)) },
            source: ProgrammeDomain.Source(rawValue: row.text(5)) ?? .hand,
            addedAt: row.integer(6))
    }
}

/// Why something was not done in the programme.
public enum ProgrammeError: Error, Hashable, Sendable, CustomStringConvertible {
    case full
    case field
    case unknown(DomainName)
    /// Somebody else changed it, or took it in or out.
    case changedMeanwhile(DomainName)

    public var description: String {
        switch self {
        case .full: "A programme has at most \(ProgrammeLimits.domains) domains."
        case .field:
            "An owner and a tranche have at most \(ProgrammeLimits.field) characters, all of them "
                + "visible."
        case .unknown(let domain): "\(domain) is not in the programme."
        case .changedMeanwhile(let domain):
            "Somebody else has changed \(domain) in the programme meanwhile. Look at it again."
        }
    }
}

extension AccountStore {
    /// The programme of an organisation's domains.
    public func programme(of organisation: OrganisationID) -> ProgrammeStore {
        ProgrammeStore(database: database, organisation: organisation)
    }
}
