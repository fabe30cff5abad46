import GRDB
import GRDBSQLite

/// A transaction on one of SQLite's connections.
///
/// Statements are prepared once per connection and bound through SQLite's own interface, because
/// the values of a big import must not pass through a second representation.
final class SQLiteTransaction: SQLTransaction {
    private let connection: Database
    private let label: String
    /// The first failure: as on PostgreSQL, nothing runs after it and nothing is committed.
    private var failure: (any Error)?
    private var isOver = false
    private let scratch = BindingScratch()

    private init(connection: Database, label: String) {
        self.connection = connection
        self.label = label
    }

    /// Runs the body; GRDB has begun the transaction, and ends it by what this returns or throws.
    static func run<Value>(
        _ body: (any SQLTransaction) throws -> Value, on connection: Database, label: String
    ) throws -> Value {
        let transaction = SQLiteTransaction(connection: connection, label: label)
        defer {
            transaction.isOver = true
            forgetStatements(on: connection)
        }
        let value = try body(transaction)
        if let failure = transaction.failure { throw failure }
        return value
    }

    /// GRDB keeps every statement it prepared; statements with lists of arguments could fill memory.
    private static func forgetStatements(on connection: Database) {
        var used: CInt = 0
        var most: CInt = 0
        sqlite3_db_status(
            connection.sqliteConnection, SQLITE_DBSTATUS_STMT_USED, &used, &most, 0)
        if used > Limits.statementBytes { connection.clearSchemaCache() }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws {
        try step(sql) { statement in
            try statement.bind(arguments, doing: sql)
            while try statement.step() {}
        }
    }

    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        try step(sql) { statement in
            try statement.bind(arguments, doing: sql)
            var rows: [SQLRow] = []
            while try statement.step() { rows.append(statement.row()) }
            return rows
        }
    }

    func forEachRow(
        _ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Bool
    ) throws {
        var thrown: (any Error)?
        try step(sql) { statement in
            try statement.bind(arguments, doing: sql)
            while try statement.step() {
                do {
                    guard try body(statement.row()) else { return }
                } catch {
                    // The caller's own error is no failure of the transaction's statements.
                    thrown = error
                    return
                }
            }
        }
        if let thrown { throw thrown }
    }

    func insert(into table: String, columns: [String], values: [SQLValue]) throws {
        try fill(table, columns, values)
    }

    func accumulate(
        into table: String, columns: [String], key: [String], adding: [String],
        lowering: [String], raising: [String], values: [SQLValue]
    ) throws {
        // Sums stop at the ends of 64 bits; without this SQLite turns them into fractions.
        let sets =
            adding.map {
                "\($0) = COALESCE(MAX(MIN(\(table).\($0) + excluded.\($0), "
                    + "9223372036854775807), -9223372036854775808), \(table).\($0), excluded.\($0))"
            }
            + lowering.map { Self.extreme("MIN", table, $0) }
            + raising.map { Self.extreme("MAX", table, $0) }
        let action = sets.isEmpty ? "NOTHING" : "UPDATE SET " + sets.joined(separator: ", ")
        try fill(
            table, columns, values,
            ending: " ON CONFLICT (\(key.joined(separator: ", "))) DO \(action)")
    }

    /// A statement that inserts so many rows. What fails ends the transaction: SQLite need not be
    /// able to take back the rows before it, for which it would copy every page it changes.
    private static func insertStatement(
        _ table: String, _ columns: [String], rows: Int
    ) -> String {
        let marks = repeatElement("?", count: columns.count).joined(separator: ", ")
        return "INSERT OR FAIL INTO \(table) (\(columns.joined(separator: ", "))) VALUES "
            + repeatElement("(\(marks))", count: rows).joined(separator: ", ")
    }

    /// MIN and MAX of two values are NULL when either is; here an absent value gives way.
    private static func extreme(_ function: String, _ table: String, _ column: String) -> String {
        "\(column) = COALESCE(\(function)(\(table).\(column), excluded.\(column)), "
            + "\(table).\(column), excluded.\(column))"
    }

    /// Inserts rows: most of them many at a time, which for SQLite is a third less work.
    private func fill(
        _ table: String, _ columns: [String], _ values: [SQLValue], ending: String = ""
    ) throws {
        let width = columns.count
        precondition(width > 0 && values.count.isMultiple(of: width), "rows are incomplete")
        let together = Limits.rowsTogether * width
        let whole = values.count - values.count % together
        for (range, rows) in [(0..<whole, Limits.rowsTogether), (whole..<values.count, 1)]
        where !range.isEmpty {
            try step(Self.insertStatement(table, columns, rows: rows) + ending) { statement in
                try values.withUnsafeBufferPointer { values in
                    for first in stride(
                        from: range.lowerBound, to: range.upperBound, by: rows * width)
                    {
                        try statement.insert(
                            values, from: first, count: rows * width, scratch: scratch)
                    }
                }
            }
        }
    }

    /// Runs a statement of ours and leaves it ready for its next use, whatever happens.
    private func step<Value>(
        _ sql: String, _ body: (borrowing PreparedStatement) throws -> Value
    ) throws -> Value {
        precondition(!isOver, "a transaction was used after its end")
        if let failure { throw failure }
        do {
            let statement = try prepare(sql)
            defer { statement.finish() }
            return try body(statement)
        } catch let error as DatabaseError {
            let named: any Error
            do {
                named = try error.asSQLError(label: label, doing: excerpt(sql))
            } catch {
                named = error
            }
            failure = named
            throw named
        }
    }

    private func prepare(_ sql: String) throws -> PreparedStatement {
        let translated = SQLDialect.sqlite.translate(sql)
        if changesSchema(translated) {
            return PreparedStatement(try connection.makeStatement(sql: translated))
        }
        let statement = try connection.cachedStatement(sql: translated)
        // The same text is running further up (a body of forEachRow asks again): a second copy.
        if sqlite3_stmt_busy(statement.sqliteStatement) != 0 {
            return PreparedStatement(try connection.makeStatement(sql: translated))
        }
        return PreparedStatement(statement)
    }
}

/// The beginning of a statement, enough to recognise it in an error.
func excerpt(_ sql: String) -> String {
    let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 80 ? line.prefix(80) + "…" : line
}
