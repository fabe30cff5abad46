public import Identities
public import SQLDatabase

import DomainAnalysis
import FoundationEssentials

/// What people decide about the senders of an organisation's domains.
///
/// Each act is one transaction: the new state, the event by which it can be undone, and its entry
/// in the audit log.
public struct SenderDecisionStore: Sendable {
    let database: any SQLDatabase
    public let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    var owner: SQLValue { .integer(organisation.rawValue) }

    // MARK: Acting

    /// Does something about a sender.
    ///
    /// - Returns: the event; nil when it was so already.
    @discardableResult
    public func act(
        _ act: SenderAct, on sender: String, of domain: DomainName, by actor: AuditActor,
        now: Int64
    ) async throws -> SenderEvent? {
        let act = try Self.checked(act, on: sender)
        let organisation = organisation
        return try await database.write { transaction in
            // Before anything is read: whoever comes second sees what the first did.
            try AuditChain.hold(organisation, in: transaction)
            let subject = try subject(sender, domain, transaction)
            let before = try state(of: sender, domain, transaction)
            let after = Self.state(before, after: act, by: actor, now: now)
            guard before != after else { return nil }
            let event = try record(
                act.word, sender, domain, before, after, by: actor, now, transaction)
            try AuditChain.append(
                AuditChange(
                    by: actor, "sender.\(act.word)", subject, before: before.line,
                    after: after.line), to: organisation, at: now, in: transaction)
            return event
        }
    }

    /// Takes the last thing back that was done about a sender.
    ///
    /// - Parameter number: of the event that the person means; nil for the last.
    @discardableResult
    public func undo(
        _ number: Int64?, on sender: String, of domain: DomainName, by actor: AuditActor,
        now: Int64
    ) async throws -> SenderEvent {
        let organisation = organisation
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            let subject = try subject(sender, domain, transaction)
            let rows = try transaction.rows(
                Self.selectEvent
                    + """
                     WHERE organisation_id = ? AND domain = ? AND sender = ? AND is_undone = 0
                        AND act <> 'undo' ORDER BY number DESC LIMIT 1
                    """, [owner, .text(domain.text), .text(sender)])
            guard let last = rows.first.flatMap(Self.event) else {
                throw SenderDecisionError.nothingToUndo
            }
            guard number == nil || number == last.number,
                try state(of: sender, domain, transaction) == last.after
            else { throw SenderDecisionError.changedSince }
            try transaction.execute(
                """
                UPDATE sender_event SET is_undone = 1
                WHERE organisation_id = ? AND domain = ? AND sender = ? AND number = ?
                """, [owner, .text(domain.text), .text(sender), .integer(last.number)])
            let event = try record(
                "undo", sender, domain, last.after, last.before, by: actor, now, transaction)
            try AuditChain.append(
                AuditChange(
                    by: actor, "sender.undo", subject, before: last.after.line,
                    after: last.before.line), to: organisation, at: now, in: transaction)
            return event
        }
    }

    private static func checked(_ act: SenderAct, on sender: String) throws -> SenderAct {
        switch act {
        case .authorise where sender == "unknown": throw SenderDecisionError.unnamed
        case .authorise, .reject: return act
        case .assign(let text, let account):
            return .assign(try plain(text, SenderDecisionLimits.owner), account: account)
        case .note(let text): return .note(try plain(text, SenderDecisionLimits.note))
        }
    }

    /// Without white space around it, and without what one of the engines does not store.
    private static func plain(_ text: String, _ limit: Int) throws -> String {
        var scalars = Substring(text).unicodeScalars
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        guard scalars.count <= limit else { throw SenderDecisionError.tooLong(limit: limit) }
        var kept = String.UnicodeScalarView()
        for scalar in scalars { kept.append(scalar.value == 0 ? "\u{FFFD}" : scalar) }
        return String(kept)
    }

    private static func state(
        _ before: SenderDecision, after act: SenderAct, by actor: AuditActor, now: Int64
    ) -> SenderDecision {
        var state = before
        switch act {
        case .authorise(let change):
            state.verdict = .authorised
            state.change = change ?? (before.verdict == .authorised ? before.change : nil)
        case .reject:
            state.verdict = .rejected
            state.change = nil
        case .assign(let name, let account):
            state.owner = name.isEmpty ? nil : name
            state.ownerAccount = name.isEmpty ? nil : account
        case .note(let text): state.note = text.isEmpty ? nil : text
        }
        if state.verdict != before.verdict || state.change != before.change {
            state.decidedBy = actor.name
            state.decidedAt = now
        }
        return state
    }

    /// How the log names the sender; refused for one that no report tells of.
    private func subject(
        _ sender: String, _ domain: DomainName, _ transaction: any SQLTransaction
    ) throws -> String {
        let rows = try transaction.rows(
            """
            SELECT s.name FROM domain d JOIN domain_sender k ON k.domain_id = d.id
                JOIN sender s ON s.id = k.sender_id
            WHERE d.organisation_id = ? AND d.name = ? AND s.organisation_id = ? AND s.key = ?
            """, [owner, .text(domain.text), owner, .text(sender)])
        guard let row = rows.first else { throw SenderDecisionError.unknownSender }
        return "\(row.text(0)) (\(sender)) for \(domain.text)"
    }

    private func record(
        _ act: String, _ sender: String, _ domain: DomainName, _ before: SenderDecision,
        _ after: SenderDecision, by actor: AuditActor, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws -> SenderEvent {
        let place: [SQLValue] = [owner, .text(domain.text), .text(sender)]
        try transaction.execute(
            """
            INSERT INTO sender_decision (organisation_id, domain, sender, verdict, details)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT (organisation_id, domain, sender)
                DO UPDATE SET verdict = excluded.verdict, details = excluded.details
            """, place + [.text(after.verdict?.rawValue ?? ""), .text(try Self.json(after))])
        try transaction.execute(
            "UPDATE domain SET version = version + 1 WHERE organisation_id = ? AND name = ?",
            [owner, .text(domain.text)])
        let number = try transaction.rows(
            """
            SELECT COALESCE(MAX(number), 0) + 1 FROM sender_event
            WHERE organisation_id = ? AND domain = ? AND sender = ?
            """, place)[0].integer(0)
        try transaction.execute(
            """
            INSERT INTO sender_event (organisation_id, domain, sender, number, happened_at, person,
                act, state_before, state_after, is_undone)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
            """,
            place + [
                .integer(number), .integer(now), .text(actor.name), .text(act),
                .text(try Self.json(before)), .text(try Self.json(after)),
            ])
        return SenderEvent(
            number: number, happenedAt: now, person: actor.name, act: act, before: before,
            after: after, isUndone: false)
    }

    // MARK: Reading

    private func state(
        of sender: String, _ domain: DomainName, _ transaction: any SQLTransaction
    ) throws -> SenderDecision {
        try transaction.rows(
            """
            SELECT details FROM sender_decision
            WHERE organisation_id = ? AND domain = ? AND sender = ?
            """, [owner, .text(domain.text), .text(sender)]
        ).first.flatMap { Self.decision($0.text(0)) } ?? SenderDecision()
    }

    /// What was done about a sender, the newest first.
    public func events(
        on sender: String, of domain: DomainName, limit: Int = SenderDecisionLimits.events
    ) async throws -> [SenderEvent] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                Self.selectEvent
                    + """
                     WHERE organisation_id = ? AND domain = ? AND sender = ?
                    ORDER BY number DESC LIMIT ?
                    """,
                [owner, .text(domain.text), .text(sender), .integer(min(max(1, limit), 500))]
            ).compactMap(Self.event)
        }
    }

    /// Of each sender of a domain, the event that an undo would take back.
    public func lastEvents(of domain: DomainName) async throws -> [String: Int64] {
        let owner = owner
        return try await database.read { transaction in
            var last: [String: Int64] = [:]
            try transaction.forEachRow(
                """
                SELECT sender, MAX(number) FROM sender_event
                WHERE organisation_id = ? AND domain = ? AND is_undone = 0 AND act <> 'undo'
                GROUP BY sender
                """, [owner, .text(domain.text)]
            ) { row in
                last[row.text(0)] = row.integer(1)
                return true
            }
            return last
        }
    }

    private static let selectEvent = """
        SELECT number, happened_at, person, act, state_before, state_after, is_undone
        FROM sender_event
        """

    private static func event(_ row: SQLRow) -> SenderEvent? {
        guard let before = decision(row.text(4)), let after = decision(row.text(5)) else {
            return nil
        }
        return SenderEvent(
            number: row.integer(0), happenedAt: row.integer(1), person: row.text(2),
            act: row.text(3), before: before, after: after, isUndone: row.integer(6) != 0)
    }

    static func decision(_ text: String) -> SenderDecision? {
        try? JSONDecoder().decode(SenderDecision.self, from: Data(text.utf8))
    }

    private static func json(_ decision: SenderDecision) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(decision), as: UTF8.self)
    }
}

extension AccountStore {
    /// What people decide about an organisation's senders.
    public func senders(of organisation: OrganisationID) -> SenderDecisionStore {
        SenderDecisionStore(database: database, organisation: organisation)
    }
}
