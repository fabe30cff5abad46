import FoundationEssentials
import SQLDatabase
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct SQLiteTests {
    /// A folder of one's own that exists, and is gone afterwards.
    static func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = TestDatabase.temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    static func number(_ database: SQLiteDatabase, _ pragma: String) async throws -> Int64 {
        try await database.write { try $0.rows("PRAGMA \(pragma)")[0].integer(0) }
    }

    @Test func `commits are written through to the disk and memory stays small`() async throws {
        let database = try SQLiteDatabase.inMemory()
        let full: Int64 = 2
        #expect(try await Self.number(database, "synchronous") == full)
        #expect(try await Self.number(database, "foreign_keys") == 1)
        #expect(try await Self.number(database, "mmap_size") == 0)
        #expect(try await Self.number(database, "temp_store") == 1)
        #expect(try await Self.number(database, "cache_size") == -Int64(Limits.writerCacheKiB))
        #expect(try await Self.number(database, "journal_size_limit") == Int64(Limits.logBytes))
        let reading = try await database.read { try $0.rows("PRAGMA cache_size")[0].integer(0) }
        #expect(reading == -Int64(Limits.readerCacheKiB))
        let mode = try await database.read { try $0.rows("PRAGMA journal_mode")[0].text(0) }
        #expect(mode == "wal")
        try await database.close()
    }

    @Test func `missing folders are created, for the owner alone`() async throws {
        try await Self.inFolder { folder in
            let path = folder + "/a/b/test.sqlite"
            let database = try await openDatabase(path)
            #expect(database.label == "SQLite, \(path)")
            try await database.close()
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/a/b")
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test func `a full disk is said, is temporary and harms nothing stored before`() async throws {
        let database = try SQLiteDatabase.inMemory()
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE note (id {id}, bytes {blob})")
            try transaction.execute("INSERT INTO note VALUES (1, NULL)")
            _ = try transaction.rows("PRAGMA max_page_count = 20")
        }
        let values = (2..<200).flatMap {
            [.integer($0), .blob([UInt8](repeating: 7, count: 2_000))] as [SQLValue]
        }
        let error = await #expect(throws: SQLError.self) {
            try await database.write { transaction in
                try transaction.insert(into: "note", columns: ["id", "bytes"], values: values)
            }
        }
        #expect(error?.code == .full)
        #expect(error?.isTemporary == true)
        #expect(error?.message.contains("disk is full") == true)
        // Room was made: the same call succeeds.
        let count = try await database.write { transaction in
            _ = try transaction.rows("PRAGMA max_page_count = 100000")
            try transaction.insert(into: "note", columns: ["id", "bytes"], values: values)
            return try transaction.rows("SELECT COUNT(*) FROM note")[0].integer(0)
        }
        #expect(count == 199)
        try await database.close()
    }

    /// Opens a path as an account that owns nothing.
    static func openWithoutRights(_ path: String) async -> SQLError? {
        await withCheckedContinuation { continuation in
            startThread {
                giveUpFileRights()
                do throws(SQLError) {
                    _ = try SQLiteDatabase(path: path)
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
    }

    @Test func `a folder that cannot be written is named with the cure`() async throws {
        try await Self.inFolder { folder in
            chmod(folder, 0o555)
            defer { chmod(folder, 0o755) }
            let path = folder + "/test.sqlite"
            let error = await Self.openWithoutRights(path)
            #expect(error?.code == .readOnly)
            #expect(error?.message.contains(path) == true)
            #expect(error?.message.contains("write permission") == true)
        }
    }

    @Test func `a file that cannot be written is named with the cure`() async throws {
        try await Self.inFolder { folder in
            let path = folder + "/test.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await database.write { try $0.execute("CREATE TABLE note (id {id})") }
            try await database.close()
            chmod(path, 0o444)
            chmod(folder, 0o555)
            defer { chmod(folder, 0o755) }
            let error = await Self.openWithoutRights(path)
            #expect(error?.code == .readOnly)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test func `a missing or wrong place is explained`() async throws {
        try await Self.inFolder { folder in
            try Self.write([1], to: folder + "/file")
            let below = #expect(throws: SQLError.self) {
                try SQLiteDatabase(path: folder + "/file/test.sqlite")
            }
            #expect(below?.code == .cannotOpen)
            let isFolder = #expect(throws: SQLError.self) { try SQLiteDatabase(path: folder) }
            #expect(isFolder?.code == .cannotOpen)
            #expect(isFolder?.message.contains("this is a folder") == true)
        }
    }

    @Test func `a file that is no database is refused and left as it is`() async throws {
        try await Self.inFolder { folder in
            let path = folder + "/letter.txt"
            let text = [UInt8](String(repeating: "Dear Sir or Madam, ", count: 100).utf8)
            try Self.write(text, to: path)
            let error = #expect(throws: SQLError.self) { try SQLiteDatabase(path: path) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("not a SQLite database") == true)
            #expect(try SharedData.bytes(path) == text)
        }
    }

    @Test func `a damaged file is reported as damaged`() async throws {
        try await Self.inFolder { folder in
            let path = folder + "/test.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE note (id {id}, word TEXT)")
                try transaction.insert(
                    into: "note", columns: ["id", "word"],
                    values: (0..<5_000).flatMap {
                        [.integer($0), .text("a word for the page")] as [SQLValue]
                    })
            }
            try await database.close()
            var bytes = try SharedData.bytes(path)
            // All but the first page, whose length is in its header.
            let page = Int(bytes[16]) << 8 | Int(bytes[17])
            #expect(page >= 4_096)
            for index in page..<bytes.count { bytes[index] = 0x5A }
            try Self.write(bytes, to: path)
            let damaged = try SQLiteDatabase(path: path)
            let error = await #expect(throws: SQLError.self) {
                try await damaged.read { _ = try $0.rows("SELECT * FROM note") }
            }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("restore a backup") == true)
            try? await damaged.close()
        }
    }

    @Test func `another program's write is waited for, and then reported as busy`() async throws {
        try await Self.inFolder { folder in
            let path = folder + "/test.sqlite"
            let first = try SQLiteDatabase(path: path)
            let second = try SQLiteDatabase(path: path)
            try await first.write { try $0.execute("CREATE TABLE note (id {id})") }
            let error = try await first.write { transaction in
                try transaction.execute("INSERT INTO note VALUES (1)")
                return runBlocking { () async -> SQLError? in
                    do {
                        try await second.write { try $0.execute("INSERT INTO note VALUES (2)") }
                        return nil
                    } catch {
                        return error as? SQLError
                    }
                }
            }
            #expect(error?.code == .busy)
            #expect(error?.isTemporary == true)
            try await second.write { try $0.execute("INSERT INTO note VALUES (2)") }
            try await second.close()
            try await first.close()
        }
    }
}
