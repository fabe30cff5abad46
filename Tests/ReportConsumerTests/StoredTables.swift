import SQLDatabase

/// All tables that a report fills, as text in which names stand for ids: two stores hold the same
/// when their texts are the same.
enum StoredTables {
    static func text(_ database: any SQLDatabase) async throws -> [String: [String]] {
        var texts: [String: [String]] = [:]
        for (name, sql) in statements {
            texts[name] = try await database.read { transaction in
                try transaction.rows(sql).map { row in
                    row.values.map(Self.text).joined(separator: " | ")
                }
            }.sorted()
        }
        return texts
    }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "-"
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob(let octets): octets.map { String($0, radix: 16) }.joined(separator: ".")
        }
    }

    private static let statements = [
        "sender": "SELECT key, name, service_id FROM sender",
        "record": """
        SELECT p.kind, p.reporter, p.report_id, p.policy_domain, r.position, r.source,
            r.messages, r.disposition, r.dkim, r.spf, a.digest, s.key, r.class, r.reasons
        FROM record r JOIN report p ON p.id = r.report_id
        LEFT JOIN sender s ON s.id = r.sender_id
        JOIN authentication_set a ON a.id = r.authentication_set_id
        """,
        "report": """
        SELECT kind, reporter, report_id, policy_domain, begin_at, end_at, records, messages,
            is_repaired, details, path
        FROM report
        """,
        "domain": """
        SELECT name, first_day, last_day, policy, policy_reporter, policy_seen FROM domain
        """,
        "domain_day": """
        SELECT d.name, t.day, t.class, t.messages, t.estimated
        FROM domain_day t JOIN domain d ON d.id = t.domain_id
        """,
        "domain_sender": """
        SELECT d.name, s.key, t.confidence, t.evidence, t.reason, t.first_day, t.last_day,
            t.last_undecided_day
        FROM domain_sender t JOIN domain d ON d.id = t.domain_id
        LEFT JOIN sender s ON s.id = t.sender_id
        """,
        "sender_day": """
        SELECT d.name, t.day, s.key, t.class, t.messages, t.dkim_aligned, t.spf_aligned,
            t.quarantined, t.rejected, t.estimated
        FROM sender_day t JOIN domain d ON d.id = t.domain_id
        LEFT JOIN sender s ON s.id = t.sender_id
        """,
        "identity_day": """
        SELECT d.name, t.day, a.digest, s.key, t.class, t.disposition, t.messages
        FROM identity_day t JOIN domain d ON d.id = t.domain_id
        LEFT JOIN sender s ON s.id = t.sender_id
        JOIN authentication_set a ON a.id = t.authentication_set_id
        """,
        "source_total": """
        SELECT d.name, s.key, t.source, t.messages, t.first_day, t.last_day
        FROM source_total t JOIN domain d ON d.id = t.domain_id
        LEFT JOIN sender s ON s.id = t.sender_id
        """,
        "reporter_day": """
        SELECT d.name, t.day, t.reporter, t.reports, t.messages
        FROM reporter_day t JOIN domain d ON d.id = t.domain_id
        """,
        "intake_total": """
        SELECT kind, policy_domain, is_repaired, reports, records, messages, noted
        FROM intake_total
        """,
        "source_name": "SELECT source, name FROM source_name",
        "left behind": """
        SELECT (SELECT COUNT(*) FROM rebuilding), (SELECT COUNT(*) FROM rebuilt_domain),
            (SELECT COUNT(*) FROM rebuilt_domain_day),
            (SELECT COUNT(*) FROM rebuilt_domain_sender),
            (SELECT COUNT(*) FROM rebuilt_sender_day),
            (SELECT COUNT(*) FROM rebuilt_identity_day),
            (SELECT COUNT(*) FROM rebuilt_source_total),
            (SELECT COUNT(*) FROM rebuilt_reporter_day),
            (SELECT COUNT(*) FROM rebuilt_intake_total)
        """,
    ]
}

/// A database with a say before each transaction that writes: it may fail, or do something else
/// first.
struct HookedDatabase: SQLDatabase {
    let database: any SQLDatabase
    let beforeWrite: @Sendable () async throws -> Void

    var label: String { database.label }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await database.read(body) }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await beforeWrite()
        // Each body runs twice, as after a lost race: the first must leave nothing.
        do {
            try await database.write { transaction in
                _ = try body(transaction)
                throw Lost()
            }
        } catch is Lost {}
        return try await database.write(body)
    }

    func close() async throws { try await database.close() }

    private struct Lost: Error {}
}
