import DomainAnalysis
import FoundationEssentials
import Identities
import SQLDatabase

extension WayStore {
    static let select = """
        SELECT id, domain, state, record, replaces, reason, known, asked_kind, asked_id, asked_by,
            asked_at, decided_by, decided_at, change_id, remark
        FROM way_proposal
        """

    static func proposal(_ row: SQLRow) -> WayProposal? {
        guard let domain = DomainName(row.text(1)), let state = WayState(rawValue: row.text(2)),
            let known = risk(row.text(6)), let kind = AuditActor.Kind(rawValue: row.text(7))
        else { return nil }
        return WayProposal(
            id: row.integer(0),
            draft: WayDraft(
                domain: domain, record: row.text(3), replaces: row.optionalText(4),
                reason: row.text(5), known: known),
            state: state,
            askedBy: AuditActor(kind, id: row.optionalInteger(8), name: row.text(9)),
            askedAt: row.integer(10), decidedBy: row.optionalText(11),
            decidedAt: row.optionalInteger(12), change: row.optionalInteger(13),
            remark: row.text(14))
    }

    static func find(
        _ id: Int64, _ transaction: any SQLTransaction, _ owner: SQLValue
    ) throws -> WayProposal? {
        try transaction.rows(
            select + " WHERE organisation_id = ? AND id = ?", [owner, .integer(id)]
        ).first.flatMap(proposal)
    }

    static func open(
        _ domain: DomainName, _ transaction: any SQLTransaction, _ owner: SQLValue
    ) throws -> Int64? {
        try transaction.rows(
            """
            SELECT id FROM way_proposal WHERE organisation_id = ? AND domain = ?
                AND state IN ('proposed', 'approved') ORDER BY id LIMIT 1
            """, [owner, .text(domain.text)]
        ).first?.integer(0)
    }

    static func agreedBy(
        _ domain: DomainName, _ transaction: any SQLTransaction, _ owner: SQLValue
    ) throws -> AuditActor? {
        try transaction.rows(
            "SELECT agreed_id, agreed_by FROM way_rules WHERE organisation_id = ? AND domain = ?",
            [owner, .text(domain.text)]
        ).first.map { AuditActor(.person, id: $0.optionalInteger(0), name: $0.text(1)) }
    }

    /// Whether two actors are one person, as far as can be told: by their account, and by their
    /// name, since the same person may sit at a browser and at the command line.
    static func isSame(_ left: AuditActor, _ right: AuditActor) -> Bool {
        if left.kind == right.kind, let id = left.id, id == right.id { return true }
        return left.name.lowercased() == right.name.lowercased()
    }

    /// The person who acts: of a token, who made it. Tokens are revoked, and never deleted.
    static func person(
        behind actor: AuditActor, _ transaction: any SQLTransaction, _ owner: SQLValue
    ) throws -> AuditActor {
        guard actor.kind == .token else { return actor }
        let name = try actor.id.flatMap { id in
            try transaction.rows(
                "SELECT made_by FROM api_token WHERE organisation_id = ? AND id = ?",
                [owner, .integer(id)]
            ).first?.text(0)
        }
        return AuditActor(.person, name: name ?? actor.name)
    }

    static func subject(_ id: Int64, _ domain: DomainName) -> String {
        "proposal \(id) for \(domain)"
    }

    static func risk(_ text: String) -> PolicyRisk? {
        try? JSONDecoder().decode(PolicyRisk.self, from: Data(text.utf8))
    }

    /// A risk as it is kept; where names from reports make it too long, senders are left out.
    static func json(_ risk: PolicyRisk) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var risk = risk
        var text = String(decoding: try encoder.encode(risk), as: UTF8.self)
        while text.utf8.count > Limits.known, !risk.senders.isEmpty {
            risk.senders.removeLast((risk.senders.count + 1) / 2)
            text = String(decoding: try encoder.encode(risk), as: UTF8.self)
        }
        return text
    }

    /// PostgreSQL takes no text with a zero octet.
    static func cut(_ text: String, _ limit: Int = Limits.remark) -> String {
        var kept = ""
        for scalar in text.unicodeScalars.prefix(limit) where scalar.value != 0 {
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }
}
