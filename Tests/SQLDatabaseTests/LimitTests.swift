import SQLDatabase
import Synchronization
import TestSupport
import Testing

@Suite struct LimitTests {
    @Test(arguments: TestEngine.allCases)
    func `more callers than connections wait for their turn`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let most = Shared((now: 0, most: 0))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Limits.connections * 5 {
                    group.addTask {
                        try await database.read { transaction in
                            most.value.withLock {
                                $0.now += 1
                                $0.most = max($0.most, $0.now)
                            }
                            defer { most.value.withLock { $0.now -= 1 } }
                            for _ in 0..<5 { _ = try transaction.rows("SELECT 1") }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let limit = engine == .sqlite ? Limits.readers : Limits.connections
            #expect(most.value.withLock { $0.most } <= limit)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `more statements than are kept prepared still run`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            // A statement of this kind takes some 2 KiB in SQLite.
            let count =
                engine == .sqlite ? Limits.statementBytes / 1_024 : Limits.preparedStatements + 10
            var sum: Int64 = 0
            for start in stride(from: 0, to: count, by: 100) {
                sum += try await database.read { transaction in
                    try (start..<min(start + 100, count)).reduce(into: Int64(0)) { sum, number in
                        sum += try transaction.rows("SELECT \(number)")[0].integer(0)
                    }
                }
            }
            #expect(sum == Int64(count * (count - 1) / 2))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a statement takes so many parameters and no more`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            @Sendable func statement(_ count: Int) -> String {
                let marks = repeatElement("?", count: count).joined(separator: ",")
                return "SELECT COUNT(*) FROM (SELECT 5 AS n) AS one WHERE n IN (\(marks))"
            }
            let most = try await database.read { transaction in
                try transaction.rows(
                    statement(Limits.parameters),
                    Array(repeating: .integer(5), count: Limits.parameters))[0].integer(0)
            }
            #expect(most == 1)
            let error = await #expect(throws: SQLError.self) {
                try await database.read { transaction in
                    _ = try transaction.rows(
                        statement(Limits.parameters + 1),
                        Array(repeating: .integer(5), count: Limits.parameters + 1))
                }
            }
            #expect(error?.code == .statement)
        }
    }
}
