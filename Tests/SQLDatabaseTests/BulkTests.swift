import SQLDatabase
import TestSupport
import Testing

@Suite struct BulkTests {
    @Test(arguments: TestEngine.allCases)
    func `one hundred thousand rows go in and come out in bounded pieces`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { transaction in
                try transaction.execute(
                    "CREATE TABLE many (id {id}, word TEXT NOT NULL, half DOUBLE PRECISION)")
                var values: [SQLValue] = []
                for id in 0..<100_000 {
                    values += [.integer(id), .text("word \(id)"), .real(Double(id) / 2)]
                }
                try transaction.insert(
                    into: "many", columns: ["id", "word", "half"], values: values)
            }
            let wrong = try await database.read { transaction in
                var next: Int64 = 0
                var wrong = 0
                try transaction.forEachRow(
                    "SELECT id, word, half FROM many WHERE id >= ? ORDER BY id", [.integer(0)]
                ) { row in
                    let expected: [SQLValue] = [
                        .integer(next), .text("word \(next)"), .real(Double(next) / 2),
                    ]
                    if row.values != expected { wrong += 1 }
                    next += 1
                    return true
                }
                return next == 100_000 ? wrong : -1
            }
            #expect(wrong == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a stream of rows stops where its body says, and the body may ask again`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            let (seen, sum) = try await database.write { transaction in
                try transaction.execute("CREATE TABLE step (n BIGINT)")
                try transaction.insert(
                    into: "step", columns: ["n"], values: (0..<1_000).map { .integer($0) })
                var seen = 0
                var sum: Int64 = 0
                let sql = "SELECT n FROM step ORDER BY n"
                try transaction.forEachRow(sql, []) { row in
                    // The same statement inside itself, and another one.
                    try transaction.forEachRow(sql, []) { inner in
                        sum += inner.integer(0)
                        return inner.integer(0) < 2
                    }
                    sum += try transaction.rows("SELECT COUNT(*) FROM step")[0].integer(0)
                    seen += 1
                    return row.integer(0) < 99
                }
                return (seen, sum)
            }
            #expect(seen == 100)
            #expect(sum == 100 * (0 + 1 + 2 + 1_000))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an error thrown while streaming comes out, and the transaction is usable`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            let count = try await database.write { transaction in
                try transaction.execute("CREATE TABLE step (n BIGINT)")
                try transaction.insert(into: "step", columns: ["n"], values: [.integer(1)])
                #expect(throws: Refusal.self) {
                    try transaction.forEachRow("SELECT n FROM step", []) { _ in throw Refusal() }
                }
                try transaction.execute("INSERT INTO step VALUES (2)")
                return try transaction.rows("SELECT COUNT(*) FROM step")[0].integer(0)
            }
            #expect(count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `blobs of a megabyte pass both ways`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let blobs = (0..<5).map { number in
                [UInt8](unsafeUninitializedCapacity: 1_048_576) { buffer, count in
                    for index in buffer.indices {
                        buffer.initializeElement(
                            at: index, to: UInt8(truncatingIfNeeded: index / 7 + number))
                    }
                    count = buffer.count
                }
            }
            let text = String(repeating: "ö", count: 600_000)
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE raw (id {id}, bytes {blob}, text TEXT)")
                try transaction.insert(
                    into: "raw", columns: ["id", "bytes", "text"],
                    values: blobs.enumerated().flatMap {
                        [.integer($0.offset), .blob($0.element), .text(text)] as [SQLValue]
                    })
                try transaction.execute(
                    "INSERT INTO raw VALUES (?, ?, ?)",
                    [.integer(9), .blob(blobs[0]), .text(text)])
            }
            let found = try await database.read { transaction in
                var found: [[UInt8]] = []
                try transaction.forEachRow("SELECT bytes, text FROM raw ORDER BY id", []) { row in
                    found.append(row.blob(0))
                    return row.text(1) == text
                }
                return found
            }
            #expect(found == blobs + [blobs[0]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a row that breaks a rule undoes the whole insert`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { try $0.execute("CREATE TABLE note (id {id}, w TEXT)") }
            let error = await #expect(throws: SQLError.self) {
                try await database.write { transaction in
                    try transaction.insert(
                        into: "note", columns: ["id", "w"],
                        values: [.integer(1), .null, .integer(2), .null, .integer(1), .null])
                }
            }
            #expect(error?.code == .constraint)
            let count = try await database.write { transaction in
                try transaction.insert(into: "note", columns: ["id"], values: [])
                return try transaction.rows("SELECT COUNT(*) FROM note")[0].integer(0)
            }
            #expect(count == 0)
        }
    }

    /// Rows go in some at a time, and the rest one by one: the seams must not show.
    @Test(arguments: TestEngine.allCases)
    func `every number of rows goes in whole and in order`(_ engine: TestEngine) async throws {
        let together = Limits.rowsTogether
        for count in [1, together - 1, together, together + 1, 3 * together, 5 * together + 3] {
            try await TestDatabase.each(engine) { database in
                let found = try await database.write { transaction in
                    try transaction.execute("CREATE TABLE note (id {id}, w TEXT)")
                    // Longer in all than what is held for the texts of one statement.
                    let tail = String(repeating: "x", count: 5_000)
                    try transaction.insert(
                        into: "note", columns: ["id", "w"],
                        values: (0..<count).flatMap {
                            [.integer($0), .text("\($0) \(tail)")] as [SQLValue]
                        })
                    return try transaction.rows("SELECT id, w FROM note ORDER BY id").filter {
                        $0.text(1) == "\($0.integer(0)) \(tail)"
                    }.map { Int($0.integer(0)) }
                }
                #expect(found == Array(0..<count))
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a rule broken among many rows undoes what came before`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write {
                try $0.execute("CREATE TABLE note (id {id}, w TEXT NOT NULL)")
                try $0.execute("INSERT INTO note VALUES (1000, 'kept')")
            }
            for broken in [SQLValue.null, .text("x")] {
                let error = await #expect(throws: SQLError.self) {
                    try await database.write { transaction in
                        try transaction.insert(
                            into: "note", columns: ["id", "w"],
                            values: (0..<40).flatMap { index -> [SQLValue] in
                                // Within a statement of many: an absent word, and a known id.
                                index == 21
                                    ? [.integer(broken == .null ? 21 : 1_000), broken]
                                    : [.integer(index), .text("y")]
                            })
                    }
                }
                #expect(error?.code == .constraint)
            }
            let ids = try await database.read { transaction in
                try transaction.rows("SELECT id FROM note").map { $0.integer(0) }
            }
            #expect(ids == [1_000])
        }
    }
}
