import SQLDatabase
import TestSupport
import Testing

@Suite struct MigrationTests {
    static let steps = [
        Migration(1, "notes", ["CREATE TABLE note (id {id}, word TEXT NOT NULL)"]),
        Migration(
            2, "colours",
            ["ALTER TABLE note ADD COLUMN colour TEXT", "CREATE INDEX by_colour ON note (colour)"]),
    ]

    @Test(arguments: TestEngine.allCases)
    func `migrating again changes nothing, and a new step is added to what is there`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.address(engine) { address in
            let first = try await openDatabase(address)
            try await first.migrate([Self.steps[0]])
            try await first.write { try $0.execute("INSERT INTO note VALUES (1, 'kept')") }
            try await first.close()

            let second = try await openDatabase(address)
            try await second.migrate(Self.steps)
            try await second.migrate(Self.steps)
            let rows = try await second.read { try $0.rows("SELECT word, colour FROM note") }
            #expect(rows.map(\.values) == [[.text("kept"), .null]])
            let done = try await second.read {
                try $0.rows("SELECT number, name FROM schema_step ORDER BY number")
            }
            #expect(
                done.map(\.values) == [
                    [.integer(1), .text("notes")], [.integer(2), .text("colours")],
                ])
            try await second.close()
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a database of a newer program is refused`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.migrate(Self.steps)
            let error = await #expect(throws: SQLError.self) {
                try await database.migrate([Self.steps[0]])
            }
            #expect(error?.code == .version)
            #expect(error?.message.contains("newer Sealgate") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a step that fails is undone as a whole`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            let broken = Migration(3, "broken", ["CREATE TABLE half (id {id})", "CREATE NONSENSE"])
            let error = await #expect(throws: SQLError.self) {
                try await database.migrate(Self.steps + [broken])
            }
            #expect(error?.code == .statement)
            let fixed = Migration(3, "fixed", ["CREATE TABLE half (id {id}, more TEXT)"])
            try await database.migrate(Self.steps + [fixed])
            let rows = try await database.read { try $0.rows("SELECT id, more FROM half") }
            #expect(rows.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `several processes may migrate at the same time`(_ engine: TestEngine) async throws {
        try await TestDatabase.address(engine) { address in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let database = try await openDatabase(address)
                        try await database.migrate(Self.steps)
                        try await database.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
