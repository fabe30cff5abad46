import CSQLite
import FoundationEssentials
import GRDB
import GRDBSQLite

/// A database in one file of this machine: the default, with nothing to install.
///
/// One connection writes, a few read beside it (write-ahead log); a commit is on the disk before
/// `write` returns (`synchronous = FULL`).
public final class SQLiteDatabase: SQLDatabase {
    public let label: String
    private let path: String
    private let pool: DatabasePool
    private let isTemporary: Bool

    /// Opens the file, and creates it and its folder where they do not exist.
    public convenience init(path: String) throws(SQLError) {
        try self.init(path: path, isTemporary: false)
    }

    /// A database for tests: it lies in memory where the system has a memory folder, and is gone
    /// when it is closed.
    public static func inMemory() throws(SQLError) -> SQLiteDatabase {
        let isThere = FileManager.default.isWritableFile(atPath: "/dev/shm")
        let folder = isThere ? "/dev/shm" : FileManager.default.temporaryDirectory.path()
        let path = "\(folder)/sealgate-\(UUID().uuidString)/test.sqlite"
        return try SQLiteDatabase(path: path, isTemporary: true)
    }

    private init(path: String, isTemporary: Bool) throws(SQLError) {
        self.path = path
        self.isTemporary = isTemporary
        label = "SQLite, \(path)"
        do {
            try SQLiteFile.createFolder(of: path)
            Self.countsNoMemory
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            try pool.writeWithoutTransaction { connection in
                // GRDB chooses NORMAL for this mode, which may lose the last commits when the
                // power fails: what was acknowledged must stay.
                try connection.execute(sql: "PRAGMA synchronous = FULL")
            }
        } catch let error as DatabaseError {
            throw SQLiteFile.explain(opening: path, error)
        } catch let error as SQLError {
            throw error
        } catch {
            throw SQLError(.cannotOpen, "\(path) cannot be opened: \(error)")
        }
    }

    /// SQLite adds up the memory it uses under one lock for all threads; nobody reads the sum.
    /// Only before the first connection can it be told so.
    private static let countsNoMemory: Void = {
        _ = sqlite3_config_memory_statistics(0)
    }()

    deinit {
        if isTemporary { SQLiteFile.removeFolder(of: path) }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(Limits.busySeconds)
        configuration.maximumReaderCount = Limits.readers
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { connection in
            let isReader = connection.configuration.readonly
            let cache = isReader ? Limits.readerCacheKiB : Limits.writerCacheKiB
            // Of a new file only. Larger pages are half as many calls for a row of a few hundred
            // octets, and reports lie in fewer of them.
            if !isReader { try connection.execute(sql: "PRAGMA page_size = \(Limits.pageOctets)") }
            try connection.execute(sql: "PRAGMA cache_size = -\(cache)")
            try connection.execute(sql: "PRAGMA mmap_size = 0")
            try connection.execute(sql: "PRAGMA temp_store = FILE")
            try connection.execute(sql: "PRAGMA journal_size_limit = \(Limits.logBytes)")
            // PostgreSQL's LIKE tells upper from lower case; so does ours.
            try connection.execute(sql: "PRAGMA case_sensitive_like = ON")
        }
        return configuration
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.read { [label] connection in
                try SQLiteTransaction.run(body, on: connection, label: label)
            }
        } catch let error as DatabaseError {
            throw try error.asSQLError(label: label, doing: nil)
        }
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.write { [label] connection in
                try SQLiteTransaction.run(body, on: connection, label: label)
            }
        } catch let error as DatabaseError {
            throw try error.asSQLError(label: label, doing: nil)
        }
    }

    public func close() async throws {
        do {
            try pool.close()
        } catch let error as DatabaseError {
            throw try error.asSQLError(label: label, doing: "closing")
        }
        if isTemporary { SQLiteFile.removeFolder(of: path) }
    }
}
