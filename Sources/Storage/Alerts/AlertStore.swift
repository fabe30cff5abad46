import MailReports
public import SQLDatabase

/// The alerts of one organisation, and the notices about them that are on their way.
public struct AlertStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    var owner: SQLValue { .integer(organisation.rawValue) }

    /// What a round of judging found.
    public struct Round: Sendable {
        /// Everything that is so now, new or not.
        public var findings: [AlertFinding]
        /// Open situations that are over.
        public var over: [AlertFinding.Key]
        /// Channels that new alerts are sent through.
        public var channels: [AlertNotice.Channel]

        public init(
            findings: [AlertFinding], over: [AlertFinding.Key], channels: [AlertNotice.Channel]
        ) {
            self.findings = findings
            self.over = over
            self.channels = channels
        }
    }

    /// Keeps what a round found, in one step with the notices about what is new: a situation that
    /// is open already is only seen again.
    ///
    /// - Parameter notice: what to send about some alerts of a day, and how many more there are.
    /// - Returns: what was raised.
    @discardableResult
    public func keep(
        _ round: Round, now: Int64,
        notice: @escaping @Sendable (_ alert: Alert?, _ more: Int) -> AlertNotice.Content
    ) async throws -> [Alert] {
        let (owner, organisation) = (owner, organisation)
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            let open = try Self.select(
                "organisation_id = ? AND over_at IS NULL", [owner], transaction)
            let known = Dictionary(
                open.map { ($0.finding.key, $0) }, uniquingKeysWith: { first, _ in first })
            let over = round.over.compactMap { known[$0] }
            for alert in over {
                try transaction.execute(
                    "UPDATE alert SET over_at = ? WHERE id = ?",
                    [.integer(now), .integer(alert.id)])
            }
            var raised: [Alert] = []
            let room = AlertLimits.open - open.count
            for finding in round.findings {
                if let alert = known[finding.key] {
                    try transaction.execute(
                        "UPDATE alert SET seen_at = ?, evidence = ? WHERE id = ?",
                        [.integer(now), .text(Self.cut(finding.evidence)), .integer(alert.id)])
                } else if raised.count < room {
                    raised.append(try Self.add(finding, owner, now, transaction))
                }
            }
            try Self.record(over, .over, owner, now, transaction)
            try Self.record(raised, .raised, owner, now, transaction)
            try Self.notify(of: raised, round.channels, owner, now, notice, transaction)
            try transaction.execute(
                """
                INSERT INTO alert_round (organisation_id, judged_at, digest_day) VALUES (?, ?, 0)
                ON CONFLICT (organisation_id) DO UPDATE SET judged_at = ?
                """, [owner, .integer(now), .integer(now)])
            return raised
        }
    }

    private static func add(
        _ finding: AlertFinding, _ owner: SQLValue, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws -> Alert {
        try transaction.execute("UPDATE id_block SET next = next + 1 WHERE name = 'alert'")
        let id = try transaction.rows(
            "SELECT next - 1 FROM id_block WHERE name = 'alert'")[0].integer(0)
        try transaction.execute(
            """
            INSERT INTO alert (id, organisation_id, kind, domain, place, what, evidence, advice,
                since_day, raised_at, seen_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), owner, .text(finding.key.kind.rawValue), .text(finding.key.domain),
                .text(finding.key.place), .text(cut(finding.what)), .text(cut(finding.evidence)),
                .text(cut(finding.advice)), .integer(finding.since.number), .integer(now),
                .integer(now),
            ])
        return Alert(id: id, finding: finding, raisedAt: now, seenAt: now)
    }

    private static func record(
        _ alerts: [Alert], _ kind: RecordedAlert.Kind, _ owner: SQLValue, _ now: Int64,
        _ transaction: any SQLTransaction
    ) throws {
        guard !alerts.isEmpty else { return }
        let first = try Recording.next(.alert, count: alerts.count, owner, transaction)
        for (index, alert) in alerts.enumerated() {
            try transaction.execute(
                """
                INSERT INTO alert_event (organisation_id, sequence, alert_id, kind, happened_at)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    owner, .integer(first + Int64(index)), .integer(alert.id),
                    .text(kind.rawValue), .integer(now),
                ])
        }
    }

    private static func notify(
        of raised: [Alert], _ channels: [AlertNotice.Channel], _ owner: SQLValue, _ now: Int64,
        _ notice: (Alert?, Int) -> AlertNotice.Content, _ transaction: any SQLTransaction
    ) throws {
        guard !raised.isEmpty, !channels.isEmpty else { return }
        let before =
            try transaction.rows(
                "SELECT COUNT(*) FROM alert WHERE organisation_id = ? AND raised_at >= ?",
                [owner, .integer(now - now % 86_400)])[0].integer(0) - Int64(raised.count)
        let room = max(0, Int64(AlertLimits.noticesADay) - before)
        var contents = raised.prefix(Int(room)).map { notice($0, 0) }
        let rest = raised.count - contents.count
        // Once a day, when the first does not fit any more.
        if rest > 0, before <= Int64(AlertLimits.noticesADay) { contents.append(notice(nil, rest)) }
        for content in contents {
            for channel in channels {
                try AlertNotice.add(content, channel, owner, now, transaction)
            }
        }
    }

    // MARK: Reading

    /// Open alerts, the newest first; with `all`, those that are over as well.
    public func list(
        all: Bool = false, before: Int64? = nil, limit: Int = AlertLimits.listed
    ) async throws -> [Alert] {
        let owner = owner
        return try await database.read { transaction in
            try Self.select(
                "organisation_id = ? AND id < ?" + (all ? "" : " AND over_at IS NULL"),
                [owner, .integer(before ?? .max)], transaction, limit: limit)
        }
    }

    public func alert(_ id: Int64) async throws -> Alert? {
        let owner = owner
        return try await database.read { transaction in
            try Self.select("organisation_id = ? AND id = ?", [owner, .integer(id)], transaction)
                .first
        }
    }

    /// Alerts that were raised or ended since, for a digest.
    public func since(_ start: Int64) async throws -> [Alert] {
        let owner = owner
        return try await database.read { transaction in
            try Self.select(
                "organisation_id = ? AND (raised_at >= ? OR over_at >= ?)",
                [owner, .integer(start), .integer(start)], transaction)
        }
    }

    /// When alerts were judged last; nil for never.
    public func judgedAt() async throws -> Int64? {
        let owner = owner
        return try await database.read { transaction in
            try transaction.rows(
                "SELECT judged_at FROM alert_round WHERE organisation_id = ?", [owner]
            ).first?.integer(0)
        }
    }

    // MARK: Acknowledging

    /// Notes that a person knows of an alert, in the audit log as well.
    ///
    /// - Returns: the alert as it is then; nil when there is none of this number.
    @discardableResult
    public func acknowledge(
        _ id: Int64, by actor: AuditActor, now: Int64
    ) async throws -> Alert? {
        let (owner, organisation) = (owner, organisation)
        return try await database.write { transaction in
            try AuditChain.hold(organisation, in: transaction)
            guard
                var alert = try Self.select(
                    "organisation_id = ? AND id = ?", [owner, .integer(id)], transaction
                ).first
            else { return nil }
            guard alert.acknowledgedAt == nil else { return alert }
            try transaction.execute(
                "UPDATE alert SET acknowledged_at = ?, acknowledged_by = ? WHERE id = ?",
                [.integer(now), .text(actor.name), .integer(id)])
            let key = alert.finding.key
            try AuditChain.append(
                AuditChange(
                    by: actor, "alert.acknowledge",
                    "alert \(id)" + (key.domain.isEmpty ? "" : " of \(key.domain)"),
                    after: Self.cut(alert.finding.what)), to: organisation, at: now,
                in: transaction)
            alert.acknowledgedAt = now
            alert.acknowledgedBy = actor.name
            return alert
        }
    }

    // MARK: Rows

    private static func select(
        _ condition: String, _ arguments: [SQLValue], _ transaction: any SQLTransaction,
        limit: Int = AlertLimits.open
    ) throws -> [Alert] {
        try transaction.rows(
            """
            SELECT id, kind, domain, place, what, evidence, advice, since_day, raised_at, seen_at,
                over_at, acknowledged_at, acknowledged_by
            FROM alert WHERE \(condition) ORDER BY id DESC LIMIT ?
            """, arguments + [.integer(min(max(1, limit), AlertLimits.open))]
        ).compactMap(alert)
    }

    static func alert(_ row: SQLRow) -> Alert? {
        guard let kind = Alert.Kind(rawValue: row.text(1)) else { return nil }
        return Alert(
            id: row.integer(0),
            finding: AlertFinding(
                AlertFinding.Key(kind, domain: row.text(2), place: row.text(3)),
                since: UTCDay(number: Int(row.integer(7))), what: row.text(4),
                evidence: row.text(5), advice: row.text(6)),
            raisedAt: row.integer(8), seenAt: row.integer(9), overAt: row.optionalInteger(10),
            acknowledgedAt: row.optionalInteger(11), acknowledgedBy: row.optionalText(12))
    }

    /// PostgreSQL takes no text with a zero octet.
    static func cut(_ text: String) -> String {
        var kept = ""
        for scalar in text.unicodeScalars.prefix(AlertLimits.text) where scalar.value != 0 {
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }
}
