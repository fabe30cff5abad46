public import DomainAnalysis
public import Identities

import FoundationEssentials
import SQLDatabase

extension WayStore {
    /// Lets a domain go on by rules from now on; rules agreed before are over.
    ///
    /// - Parameters:
    ///   - position: where the domain's record stands now.
    ///   - before: what is known of that.
    ///   - version: of the rules that these take the place of, as whoever agrees saw them; empty
    ///     for none, nil for whatever they are.
    /// - Throws: `WayError.otherRules` where they are others by now.
    public func agree(
        _ rules: WayRules, for domain: DomainName, at position: WayPosition, before: PolicyRisk,
        replacing version: String? = nil, by actor: AuditActor, now: Int64
    ) async throws {
        let (owner, organisation) = (owner, organisation)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(rules), as: UTF8.self)
        let known = try Self.json(before)
        try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            let old = try Self.rules(of: domain, transaction, owner)
            if let version, version != old?.version ?? "" { throw WayError.otherRules(domain) }
            // Rules are a person's, also where a program of that person agreed on them.
            let person = try Self.person(behind: actor, transaction, owner)
            try transaction.execute(
                """
                INSERT INTO way_rules (organisation_id, domain, rules, agreed_by, agreed_id,
                    agreed_at, stopped_at, step, step_since, before_known, remark, checked_at)
                VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, '', NULL)
                ON CONFLICT (organisation_id, domain) DO UPDATE SET rules = excluded.rules,
                    agreed_by = excluded.agreed_by, agreed_id = excluded.agreed_id,
                    agreed_at = excluded.agreed_at, stopped_at = NULL, step = excluded.step,
                    step_since = excluded.step_since, before_known = excluded.before_known,
                    remark = '', checked_at = NULL
                """,
                [
                    owner, .text(domain.text), .text(text), .text(Self.cut(person.name)),
                    .optional(person.id), .integer(now), .text(position.rawValue), .integer(now),
                    .text(known),
                ])
            try AuditChain.append(
                AuditChange(
                    by: actor, "way.agree", "rules for \(domain)",
                    before: old.flatMap { $0.stoppedAt == nil ? $0.rules.sentence : nil },
                    after: rules.sentence), to: organisation, at: now, in: transaction)
        }
    }

    /// Ends a domain's rules; false when none act.
    public func stop(
        _ domain: DomainName, because reason: String, by actor: AuditActor, now: Int64
    ) async throws -> Bool {
        let (owner, organisation) = (owner, organisation)
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard let rules = try Self.rules(of: domain, transaction, owner),
                rules.stoppedAt == nil
            else { return false }
            try transaction.execute(
                """
                UPDATE way_rules SET stopped_at = ?, remark = ?
                WHERE organisation_id = ? AND domain = ?
                """, [.integer(now), .text(Self.cut(reason)), owner, .text(domain.text)])
            try AuditChain.append(
                AuditChange(
                    by: actor, "way.stop", "rules for \(domain)", before: rules.rules.sentence,
                    after: reason), to: organisation, at: now, in: transaction)
            return true
        }
    }

    /// Notes that a domain's record stands somewhere else now, since when, and what is known of it.
    public func entered(
        _ position: WayPosition, _ domain: DomainName, before: PolicyRisk, now: Int64
    ) async throws {
        let owner = owner
        let known = try Self.json(before)
        try await database.write { transaction in
            try transaction.execute(
                """
                UPDATE way_rules SET step = ?, step_since = ?, before_known = ?
                WHERE organisation_id = ? AND domain = ?
                """,
                [
                    .text(position.rawValue), .integer(now), .text(known), owner,
                    .text(domain.text),
                ])
        }
    }

    /// Notes what a look came to.
    public func checked(_ domain: DomainName, remark: String, now: Int64) async throws {
        let owner = owner
        try await database.write { transaction in
            try transaction.execute(
                """
                UPDATE way_rules SET remark = ?, checked_at = ?
                WHERE organisation_id = ? AND domain = ?
                """, [.text(Self.cut(remark)), .integer(now), owner, .text(domain.text)])
        }
    }

    /// The rules of a domain, also those that have ended.
    public func rules(of domain: DomainName) async throws -> StoredWayRules? {
        let owner = owner
        return try await database.read { try Self.rules(of: domain, $0, owner) }
    }

    /// Domains whose rules act, those that were looked at longest ago first.
    public func domainsWithRules(limit: Int) async throws -> [DomainName] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT domain FROM way_rules WHERE organisation_id = ? AND stopped_at IS NULL
                ORDER BY COALESCE(checked_at, 0), domain LIMIT ?
                """, [owner, .integer(Int64(max(0, limit)))]
            ).compactMap { DomainName($0.text(0)) }
        }
    }

    static func rules(
        of domain: DomainName, _ transaction: any SQLTransaction, _ owner: SQLValue
    ) throws -> StoredWayRules? {
        try transaction.rows(
            """
            SELECT rules, agreed_by, agreed_at, stopped_at, step, step_since, before_known, remark,
                checked_at
            FROM way_rules WHERE organisation_id = ? AND domain = ?
            """, [owner, .text(domain.text)]
        ).first.flatMap { row in
            guard
                let rules = try? JSONDecoder().decode(
                    WayRules.self, from: Data(row.text(0).utf8)),
                let position = WayPosition(rawValue: row.text(4)), let before = risk(row.text(6))
            else { return nil }
            return StoredWayRules(
                domain: domain, rules: rules, agreedBy: row.text(1), agreedAt: row.integer(2),
                stoppedAt: row.optionalInteger(3), position: position, stepSince: row.integer(5),
                before: before, remark: row.text(7), checkedAt: row.optionalInteger(8))
        }
    }
}
