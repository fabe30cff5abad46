import SQLDatabase

/// A notice on its way to people or their programs through one channel.
public struct AlertNotice: Hashable, Sendable, Identifiable {
    public enum Channel: String, Sendable, CaseIterable { case mail, webhook, syslog }

    /// What a notice says.
    public struct Content: Hashable, Sendable {
        public enum Kind: String, Sendable { case alert, summary, digest }
        public var kind: Kind
        public var title: String
        /// For a person: lines of plain text.
        public var text: String

        public init(_ kind: Kind, title: String, text: String) {
            self.kind = kind
            self.title = title
            self.text = text
        }
    }

    public enum State: String, Sendable { case waiting, sent, givenUp = "given-up" }

    public var id: Int64
    public var channel: Channel
    public var content: Content
    /// Seconds since 1970.
    public var madeAt: Int64
    public var attempts: Int64

    static func add(
        _ content: Content, _ channel: Channel, _ owner: SQLValue, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws {
        // The oldest give way: what is new matters more.
        try transaction.execute(
            """
            UPDATE alert_notice SET state = 'given-up', remark = 'Too many were waiting.'
            WHERE organisation_id = ? AND state = 'waiting' AND id <= (SELECT id FROM alert_notice
                WHERE organisation_id = ? AND state = 'waiting' ORDER BY id DESC
                LIMIT 1 OFFSET \(AlertLimits.waiting - 1))
            """, [owner, owner])
        try transaction.execute(
            "UPDATE id_block SET next = next + 1 WHERE name = 'alert_notice'")
        let id = try transaction.rows(
            "SELECT next - 1 FROM id_block WHERE name = 'alert_notice'")[0].integer(0)
        try transaction.execute(
            """
            INSERT INTO alert_notice (id, organisation_id, channel, kind, title, content, made_at,
                attempts, due_at, state, remark)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, 'waiting', '')
            """,
            [
                .integer(id), owner, .text(channel.rawValue), .text(content.kind.rawValue),
                .text(AlertStore.cut(content.title)), .text(AlertStore.cut(content.text)),
                .integer(now), .integer(now),
            ])
    }
}

extension AlertStore {
    /// Takes notices whose time has come: nobody else takes them for a while, and they come back
    /// by themselves should whoever took them be killed.
    public func claimNotices(now: Int64) async throws -> [AlertNotice] {
        let owner = owner
        return try await database.write { transaction in
            let rows = try transaction.rows(
                """
                UPDATE alert_notice SET due_at = ?, attempts = attempts + 1
                WHERE organisation_id = ? AND state = 'waiting' AND id IN (
                    SELECT id FROM alert_notice
                    WHERE organisation_id = ? AND state = 'waiting' AND due_at <= ?
                    ORDER BY due_at, id LIMIT \(AlertLimits.sentAtOnce))
                    AND due_at <= ?
                RETURNING id, channel, kind, title, content, made_at, attempts
                """,
                [
                    .integer(now + AlertLimits.claim), owner, owner, .integer(now), .integer(now),
                ])
            return rows.compactMap { row in
                guard let channel = AlertNotice.Channel(rawValue: row.text(1)),
                    let kind = AlertNotice.Content.Kind(rawValue: row.text(2))
                else { return nil }
                return AlertNotice(
                    id: row.integer(0), channel: channel,
                    content: AlertNotice.Content(kind, title: row.text(3), text: row.text(4)),
                    madeAt: row.integer(5), attempts: row.integer(6))
            }.sorted { $0.id < $1.id }
        }
    }

    /// Notes that a notice arrived.
    public func sent(_ notice: AlertNotice) async throws {
        try await settle(notice, .sent, remark: "", due: 0)
    }

    /// Notes that a notice did not arrive: it is sent again after a pause that doubles, until the
    /// attempts are used up.
    public func failed(_ notice: AlertNotice, remark: String, now: Int64) async throws {
        guard notice.attempts < AlertLimits.attempts else {
            return try await settle(notice, .givenUp, remark: remark, due: 0)
        }
        let doublings = min(20, max(0, notice.attempts - 1))
        let pause = min(AlertLimits.longestPause, AlertLimits.firstPause << doublings)
        try await settle(notice, .waiting, remark: remark, due: now + pause)
    }

    private func settle(
        _ notice: AlertNotice, _ state: AlertNotice.State, remark: String, due: Int64
    ) async throws {
        let owner = owner
        try await database.write { transaction in
            try transaction.execute(
                """
                UPDATE alert_notice SET state = ?, remark = ?, due_at = ?
                WHERE organisation_id = ? AND id = ? AND state = 'waiting'
                """,
                [
                    .text(state.rawValue), .text(Self.cut(remark)), .integer(due), owner,
                    .integer(notice.id),
                ])
        }
    }

    /// What did not arrive, and why: waiting for another attempt, or given up.
    public func troubled(limit: Int = 20) async throws -> [(channel: String, remark: String)] {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT channel, remark FROM alert_notice
                WHERE organisation_id = ? AND state <> 'sent' AND remark <> ''
                ORDER BY id DESC LIMIT ?
                """, [owner, .integer(limit)]
            ).map { ($0.text(0), $0.text(1)) }
        }
    }

    /// Puts a digest on its way, unless the one of this day is already.
    ///
    /// - Parameter day: the day from which the digest counts, as a number since 1970.
    public func keepDigest(
        _ content: AlertNotice.Content, day: Int64, channels: [AlertNotice.Channel], now: Int64
    ) async throws -> Bool {
        let owner = owner
        return try await database.write { transaction in
            let rows = try transaction.rows(
                """
                INSERT INTO alert_round (organisation_id, judged_at, digest_day) VALUES (?, 0, ?)
                ON CONFLICT (organisation_id) DO UPDATE SET digest_day = ?
                    WHERE alert_round.digest_day < ?
                RETURNING digest_day
                """, [owner, .integer(day), .integer(day), .integer(day)])
            guard !rows.isEmpty else { return false }
            for channel in channels {
                try AlertNotice.add(content, channel, owner, now, transaction)
            }
            return true
        }
    }
}
