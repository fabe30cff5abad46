import Synchronization

/// A database on a PostgreSQL server, for several nodes that share the work.
public final class PostgreSQLDatabase: SQLDatabase {
    public let label: String
    private let pool: Mutex<Pool>

    private struct Pool {
        /// Last in, first out: connections beyond what is needed are never made.
        var idle: [PostgreSQLConnection]
        var waiting: [CheckedContinuation<PostgreSQLConnection, any Error>] = []
        var inUse = 0
        var isClosed = false
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    /// Reads the address (`postgres://user:password@host:5432/database?sslmode=verify-full`, all
    /// of libpq's options); connections are made when they are needed.
    ///
    /// - Throws: `SQLError` `.cannotOpen` when it is not a PostgreSQL address.
    public init(url: String) throws(SQLError) {
        let address = try PostgreSQLAddress(url: url)
        label = address.label
        pool = Mutex(
            Pool(
                idle: (1...Limits.connections).reversed().map {
                    PostgreSQLConnection(address: address, number: $0)
                }))
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await transaction(isReading: true, body)
    }

    /// The body runs again when another transaction came in between (serialization failure,
    /// deadlock, a row both wanted to add): it must have no effect but on the transaction.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try await transaction(isReading: false, body)
    }

    /// Waits for what is running, then closes every connection.
    public func close() async throws {
        await withCheckedContinuation { continuation in
            let isDone = pool.withLock { pool in
                pool.isClosed = true
                pool.idle = []
                if pool.inUse == 0 { return true }
                pool.closing.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func transaction<Value: Sendable>(
        isReading: Bool, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        let connection = try await acquire()
        defer { release(connection) }
        return try await connection.run { connection in
            try connection.transaction(isReading: isReading, body)
        }
    }

    private func acquire() async throws -> PostgreSQLConnection {
        try await withCheckedThrowingContinuation { continuation in
            let found: Result<PostgreSQLConnection, any Error>? = pool.withLock { pool in
                if pool.isClosed {
                    return .failure(SQLError(.cannotOpen, "\(label): the database was closed."))
                }
                pool.inUse += 1
                if let connection = pool.idle.popLast() { return .success(connection) }
                pool.waiting.append(continuation)
                return nil
            }
            if let found { continuation.resume(with: found) }
        }
    }

    private func release(_ connection: PostgreSQLConnection) {
        let next: CheckedContinuation<PostgreSQLConnection, any Error>? = pool.withLock { pool in
            pool.inUse -= 1
            if !pool.waiting.isEmpty { return pool.waiting.removeFirst() }
            if !pool.isClosed { pool.idle.append(connection) }
            return nil
        }
        next?.resume(returning: connection)
        let closing: [CheckedContinuation<Void, Never>] = pool.withLock { pool in
            guard pool.inUse == 0 else { return [] }
            defer { pool.closing = [] }
            return pool.closing
        }
        for waiter in closing { waiter.resume() }
    }
}
