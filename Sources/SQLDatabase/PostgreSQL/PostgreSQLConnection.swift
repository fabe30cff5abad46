import CLibpq
import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One connection to a PostgreSQL server, with a thread of its own: libpq's calls block.
///
/// Unchecked: everything mutable here is touched only on `queue`, which runs one job at a time.
final class PostgreSQLConnection: @unchecked Sendable {
    private let address: PostgreSQLAddress
    private let queue: DispatchQueue
    private var handle: OpaquePointer?
    private var prepared: [StatementKey: String] = [:]
    private var columnTypes: [String: [PostgreSQLType]] = [:]
    private var statementsMade = 0
    private var wasConnected = false

    /// One text may be prepared several times, since NULL has no type of its own.
    private struct StatementKey: Hashable {
        let sql: String
        let types: [UInt32]
    }

    /// "sealgate" in bytes: a number no other program on this database is likely to lock.
    private static let writersLock: Int64 = 0x7365_616C_6761_7465

    init(address: PostgreSQLAddress, number: Int) {
        self.address = address
        queue = DispatchQueue(label: "sealgate.postgresql.\(number)")
    }

    deinit { PQfinish(handle) }

    var label: String { address.label }

    /// Runs a job on this connection's thread.
    func run<Value: Sendable>(
        _ job: @escaping @Sendable (PostgreSQLConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try job(self) }) }
        }
    }

    // MARK: Connecting

    private func connect() throws(PostgreSQLFailure) -> OpaquePointer {
        if let handle { return handle }
        let fresh = address.connect()
        guard let fresh, PQstatus(fresh) == CONNECTION_OK else {
            let said = oneLine(PQerrorMessage(fresh))
            PQfinish(fresh)
            throw PostgreSQLFailure(unreachable(said))
        }
        // Notices ("already exists, skipping") would go to standard error.
        _ = PQsetNoticeProcessor(fresh, { _, _ in }, nil)
        let encoding = PQparameterStatus(fresh, "server_encoding").map { String(cString: $0) }
        guard encoding == "UTF8" else {
            PQfinish(fresh)
            throw PostgreSQLFailure(
                SQLError(
                    .cannotOpen,
                    "\(label): the database's encoding is \(encoding ?? "unknown"); Sealgate needs "
                        + "UTF8. Create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
                ))
        }
        handle = fresh
        wasConnected = true
        // A commit that is acknowledged must be on the disk; cursors are read to their end.
        try check(
            PQexec(
                fresh,
                """
                SELECT set_config('cursor_tuple_fraction', '1', false),
                CASE WHEN current_setting('synchronous_commit') = 'off'
                THEN set_config('synchronous_commit', 'on', false) END
                """), doing: "connecting")
        return fresh
    }

    private func unreachable(_ said: String) -> SQLError {
        if wasConnected { return .connectionLost(label, said) }
        return SQLError(
            .cannotOpen,
            "\(label): the database server cannot be used (\(said)). Check the address, the "
                + "user and the password, and that the server is running.", isTemporary: true)
    }

    func disconnect() {
        PQfinish(handle)
        handle = nil
        prepared = [:]
        columnTypes = [:]
    }

    // MARK: Transactions

    /// Runs the body in a transaction, and again where another transaction came in between.
    func transaction<Value>(
        isReading: Bool, _ body: (any SQLTransaction) throws -> Value
    ) throws -> Value {
        var attempt = 1
        while true {
            do { try begin(isReading: isReading, isAlone: attempt > 1) } catch { throw error.error }
            let transaction = PostgreSQLTransaction(connection: self)
            do {
                let value = try body(transaction)
                transaction.end()
                if let failure = transaction.failure { throw failure }
                try commit()
                return value
            } catch {
                transaction.end()
                rollBack()
                let failure = transaction.failure ?? error as? PostgreSQLFailure
                guard let failure, failure.isRace(attempt: attempt), attempt < Limits.attempts
                else { throw (error as? PostgreSQLFailure)?.error ?? error }
                // Two that collide shall not do so again in step.
                usleep(UInt32.random(in: 0..<UInt32(2_000 << attempt)))
                attempt += 1
            }
        }
    }

    /// Writers hold one advisory lock together; who has lost a race holds it alone, so that nobody
    /// loses for ever.
    private func begin(isReading: Bool, isAlone: Bool) throws(PostgreSQLFailure) {
        let sql =
            isReading
            ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
                + "SELECT pg_advisory_xact_lock\(isAlone ? "" : "_shared")(\(Self.writersLock))"
        let isFresh = handle == nil
        do {
            try command(sql)
        } catch {
            // The server was restarted while the connection was idle; nothing has begun yet.
            guard error.isLost, !isFresh else { throw error }
            try command(sql)
        }
    }

    private func commit() throws(PostgreSQLFailure) { try command("COMMIT") }

    private func rollBack() {
        columnTypes = [:]
        guard let handle, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
        do { try command("ROLLBACK") } catch { disconnect() }
    }

    // MARK: Statements

    /// A statement without arguments and rows.
    func command(_ sql: String) throws(PostgreSQLFailure) {
        _ = try check(PQexec(try connect(), sql), doing: sql)
    }

    /// Runs a statement; with `isKept` it stays prepared for its next use.
    func run(
        _ sql: String, _ arguments: PostgreSQLArguments, isKept: Bool
    ) throws(PostgreSQLFailure) -> PostgreSQLResult {
        let handle = try connect()
        guard arguments.count <= Limits.parameters else {
            throw PostgreSQLFailure(
                SQLError(.statement, "\(label), \(excerpt(sql)): too many parameters"))
        }
        let name = isKept ? try prepare(sql, types: arguments.types, on: handle) : nil
        let count = CInt(arguments.count)
        let result = arguments.withPointers { values, lengths, formats in
            if let name { return PQexecPrepared(handle, name, count, values, lengths, formats, 1) }
            return PQexecParams(
                handle, SQLDialect.postgresql.translate(sql), count, arguments.types, values,
                lengths, formats, 1)
        }
        return try check(result, doing: sql)
    }

    private func prepare(
        _ sql: String, types: [UInt32], on handle: OpaquePointer
    ) throws(PostgreSQLFailure) -> String {
        let key = StatementKey(sql: sql, types: types)
        if let name = prepared[key] { return name }
        if prepared.count >= Limits.preparedStatements {
            try command("DEALLOCATE ALL")
            prepared = [:]
        }
        statementsMade += 1
        let name = "s\(statementsMade)"
        try check(
            PQprepare(
                handle, name, SQLDialect.postgresql.translate(sql), CInt(types.count), types),
            doing: sql)
        prepared[key] = name
        return name
    }

    /// The types of a table's columns, asked once.
    func types(
        of columns: [String], in table: String
    ) throws(PostgreSQLFailure) -> [PostgreSQLType] {
        let sql = "SELECT \(columns.joined(separator: ", ")) FROM \(table) LIMIT 0"
        if let known = columnTypes[sql] { return known }
        let result = try run(sql, PostgreSQLArguments([]), isKept: false)
        var types: [PostgreSQLType] = []
        for column in 0..<result.columnCount {
            guard let type = result.type(column) else {
                throw PostgreSQLFailure(
                    SQLError(
                        .statement,
                        "\(label), \(table): column \(columns[column]) has a type that is not used here"
                    ))
            }
            types.append(type)
        }
        columnTypes[sql] = types
        return types
    }

    /// The schema changed on this connection.
    func forgetTypes() { columnTypes = [:] }

    // MARK: COPY

    /// Sends rows in COPY's binary format; `fill` appends to the buffer until it returns false.
    func copy(
        _ sql: String,
        _ fill: (inout PostgreSQLEncoder) throws(PostgreSQLEncoder.Mismatch) -> Bool
    ) throws(PostgreSQLFailure) {
        let handle = try connect()
        try check(PQexec(handle, sql), doing: sql)
        var encoder = PostgreSQLEncoder()
        encoder.bytes.reserveCapacity(Limits.copyBytes + 4_096)
        var mismatch: PostgreSQLEncoder.Mismatch?
        var isOpen = true
        do {
            while isOpen, try fill(&encoder) {
                if encoder.bytes.count >= Limits.copyBytes {
                    isOpen = send(&encoder.bytes, on: handle)
                }
            }
            isOpen = isOpen && send(&encoder.bytes, on: handle)
        } catch {
            mismatch = error
        }
        // With a message the server forgets what it was sent.
        PQputCopyEnd(handle, mismatch == nil ? nil : "a value does not fit its column")
        var outcome: PostgreSQLFailure?
        while let result = PQgetResult(handle) {
            do throws(PostgreSQLFailure) {
                _ = try check(result, doing: sql)
            } catch {
                outcome = outcome ?? error
            }
            // After a lost connection the handle is gone.
            if self.handle == nil { break }
        }
        if let mismatch {
            throw PostgreSQLFailure(
                SQLError(
                    .statement,
                    "\(label), \(excerpt(sql)): a column of type \(mismatch.type) cannot hold this value"
                ))
        }
        if let outcome { throw outcome }
        if !isOpen { throw failure(state: nil, said: nil, doing: sql) }
    }

    private func send(_ bytes: inout [UInt8], on handle: OpaquePointer) -> Bool {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                PQputCopyData(handle, $0.baseAddress, CInt($0.count)) == 1
            }
        }
    }

    // MARK: Results

    @discardableResult
    private func check(
        _ pointer: OpaquePointer?, doing sql: String
    ) throws(PostgreSQLFailure) -> PostgreSQLResult {
        let result = PostgreSQLResult(pointer)
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN, PGRES_EMPTY_QUERY: return result
        default:
            throw failure(state: result.field("C"), said: result.field("M"), doing: sql)
        }
    }

    private func failure(
        state: String?, said: String?, doing sql: String
    ) -> PostgreSQLFailure {
        let said = said ?? oneLine(PQerrorMessage(handle))
        var failure = PostgreSQLFailure(
            state: state ?? "", said: said, label: label, doing: excerpt(sql))
        if handle == nil || PQstatus(handle) == CONNECTION_BAD {
            failure = PostgreSQLFailure(.connectionLost(label, said))
        }
        if failure.isLost { disconnect() }
        return failure
    }
}
