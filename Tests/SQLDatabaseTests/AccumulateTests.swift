import SQLDatabase
import TestSupport
import Testing

@Suite struct AccumulateTests {
    static let columns = ["day", "source", "messages", "first", "last", "name", "share"]

    static func accumulate(_ transaction: any SQLTransaction, _ values: [SQLValue]) throws {
        try transaction.accumulate(
            into: "rollup", columns: columns, key: ["day", "source"],
            adding: ["messages", "share"], lowering: ["first"], raising: ["last"], values: values)
    }

    static func create(_ transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            CREATE TABLE rollup (day BIGINT, source TEXT, messages BIGINT, first BIGINT,
            last BIGINT, name TEXT, share DOUBLE PRECISION, PRIMARY KEY (day, source)) {clustered}
            """)
    }

    static func row(
        _ day: Int, _ source: String, _ messages: Int64?, _ first: Int64?, _ last: Int64?,
        _ name: String?, _ share: Double
    ) -> [SQLValue] {
        [
            .integer(day), .text(source), .optional(messages), .optional(first), .optional(last),
            .optional(name), .real(share),
        ]
    }

    static func all(_ transaction: any SQLTransaction) throws -> [[SQLValue]] {
        try transaction.rows("SELECT * FROM rollup ORDER BY day, source").map(\.values)
    }

    @Test(arguments: TestEngine.allCases)
    func `rows are added, lowered, raised and otherwise left, also within one call`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            let rows = try await database.write { transaction in
                try Self.create(transaction)
                try Self.accumulate(
                    transaction,
                    Self.row(1, "a", 2, 50, 60, "first name", 0.5)
                        + Self.row(1, "b", 1, 5, 5, "b", 1)
                        + Self.row(1, "a", 3, 40, 55, "second name", 0.25))
                try Self.accumulate(
                    transaction,
                    Self.row(1, "a", 10, 45, 70, "third name", 1)
                        + Self.row(2, "a", 1, 1, 1, nil, 0))
                return try Self.all(transaction)
            }
            #expect(
                rows == [
                    Self.row(1, "a", 15, 40, 70, "first name", 1.75),
                    Self.row(1, "b", 1, 5, 5, "b", 1), Self.row(2, "a", 1, 1, 1, nil, 0),
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a key that comes often within one call is added up each time`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            let rows = try await database.write { transaction in
                try Self.create(transaction)
                try Self.accumulate(
                    transaction,
                    (1...75).flatMap { index in
                        Self.row(index % 2, "a", 1, Int64(100 - index), Int64(index), nil, 0.5)
                    })
                return try Self.all(transaction)
            }
            #expect(rows.map { $0[2] } == [.integer(37), .integer(38)])
            #expect(rows.map { $0[3] } == [.integer(26), .integer(25)])
            #expect(rows.map { $0[4] } == [.integer(74), .integer(75)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an absent value gives way and adds nothing`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let rows = try await database.write { transaction in
                try Self.create(transaction)
                try Self.accumulate(
                    transaction,
                    Self.row(1, "a", nil, nil, 9, nil, 0) + Self.row(1, "a", 4, 7, nil, "x", 0)
                        + Self.row(2, "a", nil, nil, nil, nil, 0))
                try Self.accumulate(
                    transaction,
                    Self.row(1, "a", nil, nil, nil, nil, 0) + Self.row(2, "a", 5, 5, 5, nil, 0))
                return try Self.all(transaction)
            }
            #expect(
                rows == [Self.row(1, "a", 4, 7, 9, nil, 0), Self.row(2, "a", 5, 5, 5, nil, 0)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `sums stop at the ends of 64 bits`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let rows = try await database.write { transaction in
                try Self.create(transaction)
                for _ in 0..<2 {
                    try Self.accumulate(
                        transaction,
                        Self.row(1, "a", .max, 0, 0, nil, 0) + Self.row(1, "a", .max, 0, 0, nil, 0)
                            + Self.row(2, "a", .min, 0, 0, nil, 0)
                            + Self.row(2, "a", .min, 0, 0, nil, 0))
                }
                return try Self.all(transaction)
            }
            #expect(rows.map { $0[2] } == [.integer(Int64.max), .integer(Int64.min)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `without columns to change, rows that exist are left`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let rows = try await database.write { transaction in
                try transaction.execute("CREATE TABLE name (id {id}, word TEXT)")
                for word in ["old", "new"] {
                    try transaction.accumulate(
                        into: "name", columns: ["id", "word"], key: ["id"], adding: [],
                        lowering: [], raising: [], values: [.integer(1), .text(word)])
                }
                return try transaction.rows("SELECT word FROM name").map { $0.text(0) }
            }
            #expect(rows == ["old"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `more rows than one statement merges are merged`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let count = Limits.mergeRows * 2 + 17
            let row = try await database.write { transaction in
                try Self.create(transaction)
                var values: [SQLValue] = []
                for number in 0..<count {
                    values += Self.row(number % 100, "s", 1, Int64(number), Int64(number), nil, 0)
                }
                try Self.accumulate(transaction, values)
                return try transaction.rows(
                    "SELECT COUNT(*), SUM(messages), MIN(first), MAX(last) FROM rollup")[0]
            }
            #expect(
                row.values == [.integer(100), .integer(count), .integer(0), .integer(count - 1)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `writers that accumulate the same rows in different orders lose nothing`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.write { try Self.create($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        for _ in 0..<3 {
                            let days = Array(0..<20)
                            let order = writer.isMultiple(of: 2) ? days : days.reversed()
                            try await database.write { transaction in
                                // Two calls, so that sorting within one does not save us.
                                for half in [order.prefix(10), order.suffix(10)] {
                                    try Self.accumulate(
                                        transaction,
                                        half.flatMap { Self.row($0, "s", 1, 0, 0, nil, 0) })
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await database.read { try Self.all($0) }
            #expect(rows.map { $0[2] } == Array(repeating: .integer(18), count: 20))
        }
    }
}
