import DomainAnalysis
import Identities
import MailReports
import SQLDatabase

/// How decisions change what pages, plans and replays count: sums stay as the reports gave them,
/// and are read as a person decided.
extension DomainStore {
    /// What people decided about a domain's senders.
    struct Decisions {
        var byID: [Int64: SenderDecision] = [:]

        func verdict(_ sender: Int64) -> SenderVerdict? { byID[sender]?.verdict }

        func sourceClass(_ code: Int64, of sender: Int64) -> SourceClass {
            SourceClass(code: code).decided(verdict(sender))
        }
    }

    static func decisions(
        _ transaction: any SQLTransaction, _ domain: DomainName, _ organisation: OrganisationID
    ) throws -> Decisions {
        var decisions = Decisions()
        try transaction.forEachRow(
            """
            SELECT s.id, c.details FROM sender_decision c
                JOIN sender s ON s.organisation_id = c.organisation_id AND s.key = c.sender
            WHERE c.organisation_id = ? AND c.domain = ?
            """, [.integer(organisation.rawValue), .text(domain.text)]
        ) { row in
            decisions.byID[row.integer(0)] = SenderDecisionStore.decision(row.text(1))
            return true
        }
        return decisions
    }

    struct DecidedSender: Hashable {
        var domain: Int64
        var sender: Int64
    }

    /// The senders that a person has decided about, of all domains.
    static func decided(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID,
        _ choice: DomainChoice = .all
    ) throws -> Set<DecidedSender> {
        var senders: Set<DecidedSender> = []
        try transaction.forEachRow(
            """
            SELECT d.id, s.id FROM sender_decision c
                JOIN domain d ON d.organisation_id = c.organisation_id AND d.name = c.domain
                JOIN sender s ON s.organisation_id = c.organisation_id AND s.key = c.sender
            WHERE c.organisation_id = ? AND c.verdict <> ''\(choice.condition("d.id"))
            """, [.integer(organisation.rawValue)] + choice.values
        ) { row in
            senders.insert(DecidedSender(domain: row.integer(0), sender: row.integer(1)))
            return true
        }
        return senders
    }

    /// Messages that a decision puts into another class, day by day.
    static func forEachMoved(
        _ transaction: any SQLTransaction, _ organisation: OrganisationID, _ window: DayRange,
        _ choice: DomainChoice,
        _ body: (_ domain: Int64, _ day: Int, _ from: SourceClass, _ to: SourceClass, Int64) -> Void
    ) throws {
        for verdict in SenderVerdict.allCases {
            let codes = SourceClass.moved(by: verdict).map { String($0.code) }
            // CROSS JOIN keeps SQLite to this order: only domains with decisions are looked at.
            try transaction.forEachRow(
                """
                SELECT y.domain_id, y.day, y.class, y.messages
                FROM sender_decision c CROSS JOIN domain d CROSS JOIN sender s
                    CROSS JOIN sender_day y
                WHERE c.organisation_id = ? AND c.verdict = ?
                    AND d.organisation_id = c.organisation_id AND d.name = c.domain
                    AND s.organisation_id = c.organisation_id AND s.key = c.sender
                    AND y.domain_id = d.id AND y.day >= ? AND y.day <= ? AND y.sender_id = s.id
                    AND y.class IN (\(codes.joined(separator: ", ")))
                    \(choice.condition("d.id"))
                """,
                [
                    .integer(organisation.rawValue), .text(verdict.rawValue),
                    .integer(window.first.number), .integer(window.last.number),
                ] + choice.values
            ) { row in
                let sourceClass = SourceClass(code: row.integer(2))
                body(
                    row.integer(0), Int(row.integer(1)) - window.first.number, sourceClass,
                    sourceClass.decided(verdict), row.integer(3))
                return true
            }
        }
    }
}

extension ClassCounts {
    /// Counts messages as another class than they were counted.
    mutating func move(_ messages: Int64, from: SourceClass, to: SourceClass) {
        let moved = min(max(0, messages), self[from])
        self[from] -= moved
        self[to] = Self.sum(self[to], moved)
    }
}
