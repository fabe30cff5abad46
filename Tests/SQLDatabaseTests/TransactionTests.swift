import SQLDatabase
import Synchronization
import TestSupport
import Testing

struct Refusal: Error {}

@Suite struct TransactionTests {
    @Test(arguments: TestEngine.allCases)
    func `every kind of value comes back as it was stored`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let values: [SQLValue] = [
                .integer(1), .integer(Int64.max), .real(-0.125), .text("Grüße 'a' \"b\" 😀\n"),
                .blob([0, 1, 255]), .null, .text(""), .blob([]), .integer(Int64.min),
            ]
            let names = ["id", "big", "real", "text", "bytes", "absent", "empty", "none", "low"]
            try await database.write { transaction in
                try transaction.execute(
                    """
                    CREATE TABLE kind (id {id}, big BIGINT, real DOUBLE PRECISION, text TEXT,
                    bytes {blob}, absent TEXT, empty TEXT, none {blob}, low BIGINT)
                    """)
                try transaction.execute(
                    "INSERT INTO kind VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
                var second = values
                second[0] = .integer(2)
                try transaction.insert(into: "kind", columns: names, values: second)
            }
            let rows = try await database.read { transaction in
                try transaction.rows("SELECT * FROM kind ORDER BY id")
            }
            #expect(rows.count == 2)
            #expect(rows[0].values == values)
            #expect(Array(rows[1].values.dropFirst()) == Array(values.dropFirst()))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `NUL in text is stored as U+FFFD and NaN as NULL`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE odd (word TEXT, number DOUBLE PRECISION)")
                try transaction.execute(
                    "INSERT INTO odd VALUES (?, ?)", [.text("a\0b"), .real(.nan)])
                try transaction.insert(
                    into: "odd", columns: ["word", "number"], values: [.text("\0"), .real(.nan)])
            }
            let rows = try await database.read { try $0.rows("SELECT word, number FROM odd") }
            #expect(rows.map { $0.text(0) } == ["a\u{FFFD}b", "\u{FFFD}"])
            #expect(rows.allSatisfy { $0.values[1] == .null })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `sums, counts, averages and comparisons have the same types`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE number (n BIGINT)")
                try transaction.insert(
                    into: "number", columns: ["n"],
                    values: [.integer(3_000_000_000_000_000_000), .integer(5_000), .integer(-9)])
            }
            let row = try await database.read { transaction in
                try transaction.rows(
                    """
                    SELECT SUM(n), COUNT(*), MAX(n), SUM(CASE WHEN n > 0 THEN 1 ELSE 0 END),
                    MIN(n) < 0, COALESCE(SUM(CASE WHEN n = 0 THEN n END), 0) FROM number
                    """)[0]
            }
            #expect(
                row.values == [
                    .integer(3_000_000_000_000_004_991), .integer(3),
                    .integer(3_000_000_000_000_000_000), .integer(2), .integer(1), .integer(0),
                ])
            for (values, average) in [
                ([2, 2], 2.0), ([1, 2], 1.5), ([-20_000, -20_001], -20_000.5),
            ] {
                let row = try await database.write { transaction in
                    try transaction.execute("DELETE FROM number")
                    try transaction.insert(
                        into: "number", columns: ["n"], values: values.map { .integer($0) })
                    return try transaction.rows("SELECT AVG(n) FROM number")[0]
                }
                #expect(row.values == [.real(average)])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `text is sorted and matched byte by byte`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let words = ["b", "A", "a", "B", "ä", "a-b", "ab"]
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE word (word TEXT PRIMARY KEY) {clustered}")
                try transaction.insert(
                    into: "word", columns: ["word"], values: words.map { .text($0) })
            }
            let (sorted, matched) = try await database.read { transaction in
                (
                    try transaction.rows("SELECT word FROM word ORDER BY word"),
                    try transaction.rows(
                        "SELECT word FROM word WHERE word LIKE ? ORDER BY word", [.text("a%")])
                )
            }
            #expect(sorted.map { $0.text(0) } == ["A", "B", "a", "a-b", "ab", "b", "ä"])
            #expect(matched.map { $0.text(0) } == ["a", "a-b", "ab"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `question marks and braces inside quotes and comments are left alone`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            let row = try await database.read { transaction in
                try transaction.rows(
                    """
                    SELECT '?{id}''?' AS "a?b", -- what is this?
                    /* and {blob}? */ CAST(? AS BIGINT), CAST(? AS TEXT)
                    """, [.integer(7), .text("?")])[0]
            }
            #expect(row.values == [.text("?{id}'?"), .integer(7), .text("?")])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a body that throws leaves nothing behind`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { try $0.execute("CREATE TABLE note (id {id}, word TEXT)") }
            await #expect(throws: Refusal.self) {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO note VALUES (1, 'x')")
                    throw Refusal()
                }
            }
            let count = try await database.read { try $0.rows("SELECT COUNT(*) FROM note")[0] }
            #expect(count.integer(0) == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `after a failed statement nothing is committed, even when the body goes on`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { try $0.execute("CREATE TABLE note (id {id}, word TEXT)") }
            let error = await #expect(throws: SQLError.self) {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO note VALUES (1, 'x')")
                    try? transaction.execute("INSERT INTO note VALUES (1, 'again')")
                    try? transaction.execute("INSERT INTO note VALUES (2, 'y')")
                }
            }
            #expect(error?.code == .constraint)
            #expect(error?.isTemporary == false)
            let wrong = await #expect(throws: SQLError.self) {
                try await database.read { _ = try $0.rows("SELECT nothing FROM nowhere") }
            }
            #expect(wrong?.code == .statement)
            let count = try await database.read { try $0.rows("SELECT COUNT(*) FROM note")[0] }
            #expect(count.integer(0) == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `foreign keys are enforced`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let error = await #expect(throws: SQLError.self) {
                try await database.write { transaction in
                    try transaction.execute("CREATE TABLE parent (id {id})")
                    try transaction.execute(
                        "CREATE TABLE child (parent BIGINT REFERENCES parent (id))")
                    try transaction.execute("INSERT INTO child VALUES (7)")
                }
            }
            #expect(error?.code == .constraint)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a read transaction does not write`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { try $0.execute("CREATE TABLE note (id {id})") }
            let error = await #expect(throws: SQLError.self) {
                try await database.read { try $0.execute("INSERT INTO note VALUES (1)") }
            }
            #expect(error?.code == .readOnly)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `readers see one state while a writer is at work`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE pair (a BIGINT, b BIGINT)")
                try transaction.execute("INSERT INTO pair VALUES (0, 0)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<100 {
                        try await database.write { transaction in
                            try transaction.execute("UPDATE pair SET a = a + 1")
                            try transaction.execute("UPDATE pair SET b = b + 1")
                        }
                    }
                }
                for _ in 0..<6 {
                    group.addTask {
                        for _ in 0..<50 {
                            let (before, after) = try await database.read { transaction in
                                let before = try transaction.rows("SELECT a, b FROM pair")[0]
                                return (before, try transaction.rows("SELECT a, b FROM pair")[0])
                            }
                            #expect(before.integer(0) == before.integer(1))
                            #expect(before.values == after.values)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let row = try await database.read { try $0.rows("SELECT a, b FROM pair")[0] }
            #expect(row.values == [.integer(100), .integer(100)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a reader finishes while a write transaction is open`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE note (id {id})")
            }
            let (isOpen, opened) = AsyncStream<Void>.makeStream()
            let mayEnd = Shared(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await database.write { transaction in
                        try transaction.execute("INSERT INTO note VALUES (1)")
                        opened.yield()
                        while !mayEnd.value.withLock({ $0 }) {}
                    }
                }
                for await _ in isOpen { break }
                let count = try await database.read { try $0.rows("SELECT COUNT(*) FROM note")[0] }
                #expect(count.integer(0) == 0)
                mayEnd.value.withLock { $0 = true }
                try await group.waitForAll()
            }
            let count = try await database.read { try $0.rows("SELECT COUNT(*) FROM note")[0] }
            #expect(count.integer(0) == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `two writers that look for a row and add it both end well`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { try $0.execute("CREATE TABLE note (id {id}, n BIGINT)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        for id in 0..<20 {
                            try await database.write { transaction in
                                let found = try transaction.rows(
                                    "SELECT n FROM note WHERE id = ?", [.integer(id)])
                                if found.isEmpty {
                                    try transaction.execute(
                                        "INSERT INTO note VALUES (?, 1)", [.integer(id)])
                                } else {
                                    try transaction.execute(
                                        "UPDATE note SET n = n + 1 WHERE id = ?", [.integer(id)])
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let row = try await database.read {
                try $0.rows("SELECT COUNT(*), MIN(n), MAX(n) FROM note")[0]
            }
            #expect(row.values == [.integer(20), .integer(12), .integer(12)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a closed database says so`(_ engine: TestEngine) async throws {
        try await TestDatabase.address(engine) { address in
            let database = try await openDatabase(address)
            try await database.close()
            let error = await #expect(throws: SQLError.self) {
                try await database.read { _ = try $0.rows("SELECT 1") }
            }
            #expect(error?.code == .cannotOpen)
        }
    }
}
