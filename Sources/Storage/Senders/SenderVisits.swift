public import Identities

import FoundationEssentials
import SQLDatabase

/// What a person saw of a domain's senders when they looked the last time.
public struct SenderMemory: Hashable, Sendable {
    /// When that was, in seconds since 1970; nil for a first visit.
    public var at: Int64?
    /// Each sender's group, by key.
    public var senders: [String: String]

    public init(at: Int64?, senders: [String: String]) {
        self.at = at
        self.senders = senders
    }

    /// What stands out about a sender as it is now.
    public enum Mark: Hashable, Sendable {
        case new
        /// The group it was in.
        case changed(from: String)
    }

    public func mark(_ key: String, group: String) -> Mark? {
        guard at != nil else { return nil }
        guard let before = senders[key] else { return .new }
        return before == group ? nil : .changed(from: before)
    }
}

extension SenderDecisionStore {
    /// Notes what a person sees now, and gives what they saw on their last visit. Looks within half
    /// an hour belong to one visit, so that what is new stays so while they work.
    ///
    /// - Parameter senders: each sender's group, by key.
    public func visit(
        by account: Int64, to domain: DomainName, senders: [String: String], now: Int64
    ) async throws -> SenderMemory {
        let place: [SQLValue] = [.integer(account), owner, .text(domain.text)]
        let kept = senders.sorted { $0.key < $1.key }.prefix(SenderDecisionLimits.seen)
        let seen = try Self.json(Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) }))
        return try await database.write { transaction in
            let row = try transaction.rows(
                """
                SELECT seen_at, known_at, seen, known FROM sender_visit
                WHERE account_id = ? AND organisation_id = ? AND domain = ?
                """, place
            ).first
            var memory = SenderMemory(at: nil, senders: [:])
            var before = "{}"
            if let row, now - row.integer(0) < SenderDecisionLimits.visit {
                memory.at = row.optionalInteger(1)
                before = row.text(3)
            } else if let row {
                memory.at = row.integer(0)
                before = row.text(2)
            }
            memory.senders = Self.groups(before)
            try transaction.execute(
                """
                INSERT INTO sender_visit (account_id, organisation_id, domain, seen_at, known_at,
                    seen, known) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (account_id, organisation_id, domain) DO UPDATE SET
                    seen_at = excluded.seen_at, known_at = excluded.known_at,
                    seen = excluded.seen, known = excluded.known
                """, place + [.integer(now), .optional(memory.at), .text(seen), .text(before)])
            return memory
        }
    }

    private static func groups(_ text: String) -> [String: String] {
        (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
    }

    private static func json(_ groups: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(groups), as: UTF8.self)
    }
}
