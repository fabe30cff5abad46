import DomainAnalysis
public import Identities
public import SQLDatabase

import FoundationEssentials

/// Proposed policies of an organisation's domains, and who decided on them.
///
/// Every act is told in the audit log within its own transaction. Acts are lined up by the log's
/// head, so that of two people who decide at once one does.
public struct WayStore: Sendable {
    /// Bounds of what is kept and listed.
    public enum Limits {
        public static let remark = 1_000
        public static let listed = 200
        /// Characters of a risk in JSON: what a long list of hostile names may need.
        public static let known = 200_000
    }

    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    var owner: SQLValue { .integer(organisation.rawValue) }

    // MARK: Two people

    /// Whether a policy needs the approval of somebody else than who proposed it.
    public func wantsTwoPeople() async throws -> Bool {
        let owner = owner
        return try await database.read { try Self.wantsTwoPeople($0, owner) }
    }

    /// - Parameter actor: an owner; the caller has made sure of that.
    public func wantTwoPeople(_ wanted: Bool, by actor: AuditActor, now: Int64) async throws {
        let (owner, organisation) = (owner, organisation)
        try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            let before = try Self.wantsTwoPeople(transaction, owner)
            guard before != wanted else { return }
            try transaction.execute(
                """
                INSERT INTO way_setting (organisation_id, two_people) VALUES (?, ?)
                ON CONFLICT (organisation_id) DO UPDATE SET two_people = excluded.two_people
                """, [owner, .integer(wanted ? 1 : 0)])
            func words(_ wanted: Bool) -> String { wanted ? "two people" : "one person" }
            try AuditChain.append(
                AuditChange(
                    by: actor, "way.two-people", "approval of policies", before: words(before),
                    after: words(wanted)), to: organisation, at: now, in: transaction)
        }
    }

    private static func wantsTwoPeople(
        _ transaction: any SQLTransaction, _ owner: SQLValue
    ) throws -> Bool {
        try transaction.rows(
            "SELECT two_people FROM way_setting WHERE organisation_id = ?", [owner]
        ).first?.integer(0) == 1
    }

    // MARK: Proposals

    /// Keeps a proposal; gives its number.
    ///
    /// - Throws: `WayError.openAlready`.
    public func propose(
        _ draft: WayDraft, by actor: AuditActor, now: Int64
    ) async throws -> Int64 {
        let (owner, organisation) = (owner, organisation)
        let known = try Self.json(draft.known)
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            if let open = try Self.open(draft.domain, transaction, owner) {
                throw WayError.openAlready(open)
            }
            try transaction.execute(
                "UPDATE id_block SET next = next + 1 WHERE name = 'way_proposal'")
            let id = try transaction.rows(
                "SELECT next - 1 FROM id_block WHERE name = 'way_proposal'")[0].integer(0)
            try transaction.execute(
                """
                INSERT INTO way_proposal (id, organisation_id, domain, state, record, replaces,
                    reason, known, asked_kind, asked_id, asked_by, asked_at, remark)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')
                """,
                [
                    .integer(id), owner, .text(draft.domain.text),
                    .text(WayState.proposed.rawValue),
                    .text(Self.cut(draft.record, WayLimits.record)),
                    .optional(draft.replaces.map { Self.cut($0, WayLimits.record) }),
                    .text(Self.cut(draft.reason)), .text(known), .text(actor.kind.rawValue),
                    .optional(actor.id), .text(Self.cut(actor.name)), .integer(now),
                ])
            try AuditChain.append(
                AuditChange(
                    by: actor, "way.propose", Self.subject(id, draft.domain),
                    before: draft.replaces,
                    after: "\(draft.record) – \(draft.reason) \(draft.known.sentence)"),
                to: organisation, at: now, in: transaction)
            return id
        }
    }

    /// Approves a proposal.
    ///
    /// - Parameter isAgreed: whether rules that a person agreed say yes, which is no second person
    ///   and needs none.
    public func approve(
        _ id: Int64, by actor: AuditActor, isAgreed: Bool = false, now: Int64
    ) async throws -> WayProposal {
        try await decide(id, .approved, by: actor, now: now) { proposal, transaction, owner in
            guard !isAgreed, try Self.wantsTwoPeople(transaction, owner) else { return }
            let actor = try Self.person(behind: actor, transaction, owner)
            let asker = try Self.person(behind: proposal.askedBy, transaction, owner)
            if Self.isSame(asker, actor) { throw WayError.ownProposal(id) }
            // Rules are no second person: who agreed them has asked through them.
            if proposal.askedBy.kind == .rule,
                try Self.agreedBy(proposal.domain, transaction, owner).map({
                    Self.isSame($0, actor)
                }) == true
            {
                throw WayError.ownProposal(id)
            }
        }
    }

    /// Declines a proposal; whoever may decide may do that, also the one who asked.
    public func decline(
        _ id: Int64, by actor: AuditActor, because remark: String, now: Int64
    ) async throws -> WayProposal {
        try await decide(id, .declined, by: actor, remark: remark, now: now) { _, _, _ in }
    }

    private func decide(
        _ id: Int64, _ state: WayState, by actor: AuditActor, remark: String = "", now: Int64,
        _ check: @escaping @Sendable (WayProposal, any SQLTransaction, SQLValue) throws -> Void
    ) async throws -> WayProposal {
        let (owner, organisation) = (owner, organisation)
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard let proposal = try Self.find(id, transaction, owner) else {
                throw WayError.unknown(id)
            }
            guard proposal.state == .proposed else { throw WayError.decided(id, proposal.state) }
            try check(proposal, transaction, owner)
            try transaction.execute(
                """
                UPDATE way_proposal SET state = ?, decided_by = ?, decided_at = ?, remark = ?
                WHERE organisation_id = ? AND id = ?
                """,
                [
                    .text(state.rawValue), .text(Self.cut(actor.name)), .integer(now),
                    .text(Self.cut(remark)), owner, .integer(id),
                ])
            try AuditChain.append(
                AuditChange(
                    by: actor, state == .approved ? "way.approve" : "way.decline",
                    Self.subject(id, proposal.domain), before: proposal.draft.replaces,
                    after: state == .approved
                        ? "\(proposal.draft.record) – \(proposal.draft.known.sentence)"
                        : (remark.isEmpty ? nil : remark)),
                to: organisation, at: now, in: transaction)
            guard let decided = try Self.find(id, transaction, owner) else {
                throw WayError.unknown(id)
            }
            return decided
        }
    }

    /// Notes the DNS change of an approved proposal.
    public func made(
        _ id: Int64, change: Int64, by actor: AuditActor, now: Int64
    ) async throws -> Bool {
        try await follow(id, .made, change: change, remark: "", by: actor, "way.change", now)
    }

    /// Opens an approved proposal again, whose change could not be worked out.
    public func reopen(
        _ id: Int64, because remark: String, by actor: AuditActor, now: Int64
    ) async throws -> Bool {
        try await follow(id, .proposed, change: nil, remark: remark, by: actor, "way.stuck", now)
    }

    private func follow(
        _ id: Int64, _ state: WayState, change: Int64?, remark: String, by actor: AuditActor,
        _ act: String, _ now: Int64
    ) async throws -> Bool {
        let (owner, organisation) = (owner, organisation)
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard let proposal = try Self.find(id, transaction, owner),
                proposal.state == .approved
            else { return false }
            try transaction.execute(
                """
                UPDATE way_proposal SET state = ?, change_id = ?, remark = ?,
                    decided_by = ?, decided_at = ?
                WHERE organisation_id = ? AND id = ?
                """,
                [
                    .text(state.rawValue), .optional(change), .text(Self.cut(remark)),
                    .optional(state == .proposed ? nil : proposal.decidedBy),
                    .optional(state == .proposed ? nil : proposal.decidedAt), owner, .integer(id),
                ])
            try AuditChain.append(
                AuditChange(
                    by: actor, act, Self.subject(id, proposal.domain),
                    after: change.map { "DNS change \($0)" } ?? remark),
                to: organisation, at: now, in: transaction)
            return true
        }
    }

    // MARK: Reading

    public func proposal(_ id: Int64) async throws -> WayProposal? {
        let owner = owner
        return try await database.read { try Self.find(id, $0, owner) }
    }

    /// The newest first.
    public func proposals(
        of domain: DomainName? = nil, limit: Int = 20
    ) async throws -> [WayProposal] {
        let owner = owner
        let part = domain == nil ? "" : " AND domain = ?"
        return try await database.read { transaction in
            try transaction.rows(
                Self.select + " WHERE organisation_id = ?\(part) ORDER BY id DESC LIMIT ?",
                [owner] + (domain.map { [.text($0.text)] } ?? [])
                    + [.integer(Int64(min(max(1, limit), Limits.listed)))]
            ).compactMap(Self.proposal)
        }
    }
}
