/// One numbered step of the schema; a step that has been released is never edited.
public struct Migration: Sendable {
    public let number: Int
    public let name: String
    public let statements: [String]

    public init(_ number: Int, _ name: String, _ statements: [String]) {
        self.number = number
        self.name = name
        self.statements = statements
    }
}

extension SQLDatabase {
    /// Brings the schema to the newest step. Each step is one transaction, so that a kill leaves
    /// whole steps only.
    ///
    /// - Throws: `SQLError` `.version` when the database was written by a newer Sealgate.
    public func migrate(_ migrations: [Migration]) async throws {
        try await write { transaction in
            try transaction.execute(
                "CREATE TABLE IF NOT EXISTS schema_step (number BIGINT PRIMARY KEY, name TEXT NOT NULL)"
            )
        }
        for migration in migrations {
            try await write { transaction in
                let done = try transaction.rows(
                    "SELECT COUNT(*) FROM schema_step WHERE number = ?",
                    [.integer(migration.number)])
                guard done[0].integer(0) == 0 else { return }
                for statement in migration.statements { try transaction.execute(statement) }
                try transaction.execute(
                    "INSERT INTO schema_step (number, name) VALUES (?, ?)",
                    [.integer(migration.number), .text(migration.name)])
            }
        }
        let newest = migrations.map(\.number).max() ?? 0
        let found = try await read { transaction in
            try transaction.rows("SELECT MAX(number) FROM schema_step")[0].integer(0)
        }
        guard found <= Int64(newest) else {
            throw SQLError(
                .version,
                "\(label) was written by a newer Sealgate (schema step \(found), this program "
                    + "knows \(newest)). Start that newer program, or restore a backup.")
        }
    }
}
