/// A transaction on one of PostgreSQL's connections.
final class PostgreSQLTransaction: SQLTransaction {
    private let connection: PostgreSQLConnection
    /// The first failure: the server refuses every statement after it, and so does this.
    private(set) var failure: PostgreSQLFailure?
    private var isOver = false
    private var cursorsMade = 0

    init(connection: PostgreSQLConnection) { self.connection = connection }

    func end() { isOver = true }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws {
        try step { () throws(PostgreSQLFailure) in
            let isSchema = changesSchema(sql)
            if isSchema { connection.forgetTypes() }
            _ = try connection.run(sql, PostgreSQLArguments(arguments), isKept: !isSchema)
        }
    }

    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        try step { () throws(PostgreSQLFailure) in
            let result = try connection.run(sql, PostgreSQLArguments(arguments), isKept: true)
            var rows: [SQLRow] = []
            rows.reserveCapacity(result.rowCount)
            for row in 0..<result.rowCount { rows.append(try read(result, row, of: sql)) }
            return rows
        }
    }

    func forEachRow(
        _ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Bool
    ) throws {
        cursorsMade += 1
        let cursor = "cursor_\(cursorsMade)"
        try step { () throws(PostgreSQLFailure) in
            _ = try connection.run(
                "DECLARE \(cursor) NO SCROLL CURSOR FOR \(sql)", PostgreSQLArguments(arguments),
                isKept: false)
        }
        // The rows of one fetch are in memory: few at first, then as many as their size allows.
        var wanted = 64
        var isWanted = true
        while isWanted {
            let (rows, bytes) = try fetch(wanted, from: cursor, of: sql)
            for row in rows {
                isWanted = try body(row)
                if !isWanted { break }
            }
            if rows.count < wanted { break }
            wanted = min(max(Limits.fetchBytes * rows.count / max(bytes, 1), 1), Limits.fetchRows)
        }
        try step { () throws(PostgreSQLFailure) in try connection.command("CLOSE \(cursor)") }
    }

    private func fetch(
        _ count: Int, from cursor: String, of sql: String
    ) throws -> (rows: [SQLRow], bytes: Int) {
        try step { () throws(PostgreSQLFailure) in
            let result = try connection.run(
                "FETCH \(count) FROM \(cursor)", PostgreSQLArguments([]), isKept: false)
            var rows: [SQLRow] = []
            var bytes = 0
            for row in 0..<result.rowCount {
                rows.append(try read(result, row, of: sql))
                bytes += result.size(row)
            }
            return (rows, bytes)
        }
    }

    func insert(into table: String, columns: [String], values: [SQLValue]) throws {
        let width = columns.count
        precondition(width > 0 && values.count.isMultiple(of: width), "rows are incomplete")
        if values.isEmpty { return }
        try step { () throws(PostgreSQLFailure) in
            let types = try connection.types(of: columns, in: table)
            let names = columns.joined(separator: ", ")
            var first = -1
            try connection.copy("COPY \(table) (\(names)) FROM STDIN (FORMAT binary)") {
                (encoder) throws(PostgreSQLEncoder.Mismatch) in
                if first < 0 {
                    encoder.bytes.append(contentsOf: Self.copyHeader)
                    first = 0
                }
                guard first < values.count else {
                    encoder.append(Int16(-1))
                    return false
                }
                encoder.append(Int16(width))
                for column in 0..<width {
                    try encoder.append(values[first + column], as: types[column])
                }
                first += width
                return true
            }
        }
    }

    /// COPY's signature, no flags, no header extension.
    private static let copyHeader: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    func accumulate(
        into table: String, columns: [String], key: [String], adding: [String],
        lowering: [String], raising: [String], values: [SQLValue]
    ) throws {
        precondition(
            !columns.isEmpty && values.count.isMultiple(of: columns.count), "rows are incomplete")
        if values.isEmpty { return }
        try step { () throws(PostgreSQLFailure) in
            let types = try connection.types(of: columns, in: table)
            let merge = PostgreSQLMerge(
                table: table, columns: Array(zip(columns, types)), key: key, adding: adding,
                lowering: lowering, raising: raising)
            let chunk = Limits.mergeRows * columns.count
            for start in stride(from: 0, to: values.count, by: chunk) {
                let rows = values[start..<min(start + chunk, values.count)]
                let arguments = try Self.arrays(merge, rows, label: connection.label)
                _ = try connection.run(merge.sql, arguments, isKept: true)
            }
        }
    }

    private static func arrays(
        _ merge: PostgreSQLMerge, _ rows: ArraySlice<SQLValue>, label: String
    ) throws(PostgreSQLFailure) -> PostgreSQLArguments {
        do {
            return try PostgreSQLArguments(arrays: merge.arrays, rows: rows)
        } catch {
            throw PostgreSQLFailure(
                SQLError(
                    .statement,
                    "\(label), \(excerpt(merge.sql)): a column of type \(error.type) cannot hold "
                        + "this value"))
        }
    }

    private func read(
        _ result: borrowing PostgreSQLResult, _ row: Int, of sql: String
    ) throws(PostgreSQLFailure) -> SQLRow {
        do {
            return try result.row(row)
        } catch {
            throw PostgreSQLFailure(
                SQLError(
                    .statement,
                    "\(connection.label), \(excerpt(sql)): column \(error.column) (type "
                        + "\(error.type)) cannot be read, or its number is too big"))
        }
    }

    private func step<Value>(_ body: () throws(PostgreSQLFailure) -> Value) throws -> Value {
        precondition(!isOver, "a transaction was used after its end")
        if let failure { throw failure.error }
        do {
            return try body()
        } catch {
            failure = error
            throw error.error
        }
    }
}
