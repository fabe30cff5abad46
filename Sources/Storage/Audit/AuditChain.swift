public import SQLDatabase

/// Adds to the audit log, inside the transaction of the change that is told.
///
/// A change without its entry, or an entry without its change, cannot be committed.
public enum AuditChain {
    /// Appends one entry. Appends to one organisation's chain are lined up until the end of the
    /// transaction.
    @discardableResult
    public static func append(
        _ change: AuditChange, to organisation: OrganisationID, at now: Int64,
        in transaction: any SQLTransaction
    ) throws -> AuditEntry {
        try hold(organisation, in: transaction)
        let owner = SQLValue.integer(organisation.rawValue)
        let head = try transaction.rows(
            "SELECT sequence, digest FROM audit_chain WHERE organisation_id = ?", [owner])[0]
        let entry = AuditEntry(
            change.bounded, organisation: organisation, sequence: head.integer(0) + 1, at: now,
            previous: head.text(1))
        let told = entry.change
        try transaction.execute(
            """
            INSERT INTO audit_entry (organisation_id, sequence, made_at, actor_kind, actor_id,
                actor, act, subject, text_before, text_after, previous, digest, who, what)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                owner, .integer(entry.sequence), .integer(now), .text(told.actor.kind.rawValue),
                .optional(told.actor.id), .text(told.actor.name), .text(told.act),
                .text(told.subject), .optional(told.before), .optional(told.after),
                .text(entry.previous), .text(entry.digest), .text(told.actor.name.lowercased()),
                .text(told.searched),
            ])
        try transaction.execute(
            "UPDATE audit_chain SET sequence = ?, digest = ? WHERE organisation_id = ?",
            [.integer(entry.sequence), .text(entry.digest), owner])
        return entry
    }

    /// Keeps others from changing anything of this organisation that is told in its log, until the
    /// end of the transaction: what is then read is what is changed.
    public static func hold(
        _ organisation: OrganisationID, in transaction: any SQLTransaction
    ) throws {
        let owner = SQLValue.integer(organisation.rawValue)
        try transaction.execute(
            """
            INSERT INTO audit_chain (organisation_id, sequence, digest) VALUES (?, 0, ?)
            ON CONFLICT (organisation_id) DO NOTHING
            """, [owner, .text(AuditEntry.beginning)])
        // The row's lock (PostgreSQL); SQLite has one writer anyway.
        try transaction.execute(
            "UPDATE audit_chain SET sequence = sequence WHERE organisation_id = ?", [owner])
    }
}

extension AuditChange {
    /// Cut to its limits, and free of what one of the engines does not store.
    var bounded: AuditChange {
        AuditChange(
            by: AuditActor(
                actor.kind, id: actor.id, name: Self.cut(actor.name, AuditLimits.subject)),
            Self.cut(act, AuditLimits.act), Self.cut(subject, AuditLimits.subject),
            before: before.map { Self.cut($0, AuditLimits.text) },
            after: after.map { Self.cut($0, AuditLimits.text) })
    }

    /// What a search for "what" looks in.
    var searched: String {
        [act, subject, before ?? "", after ?? ""].joined(separator: "\n").lowercased()
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == limit {
                kept.append("…")
                break
            }
            kept.append(scalar.value == 0 ? "\u{FFFD}" : scalar)
        }
        return String(kept)
    }
}
