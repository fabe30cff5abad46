/// The one door to SQL: the same statements run on SQLite and on PostgreSQL.
///
/// A statement is written in the dialect both engines take, with `?` for its arguments. Three
/// words in braces stand for what they spell differently: `{id}` (a 64-bit primary key column),
/// `{blob}` (a column of bytes) and `{clustered}` (behind a table's closing parenthesis: keep the
/// rows in primary-key order where the engine can).
public protocol SQLDatabase: Sendable {
    /// Runs a body in a read-only transaction: it sees one state of the database.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value

    /// Runs a body in a transaction that is committed, durably, before this returns, and rolled
    /// back when the body throws.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value

    /// What a person would call this database (`SQLite, ./sealgate-data/sealgate.sqlite`); never
    /// a password.
    var label: String { get }

    func close() async throws
}

/// A transaction in progress; it lives on the engine's own thread and must not leave it.
public protocol SQLTransaction {
    func execute(_ sql: String, _ arguments: [SQLValue]) throws
    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow]
    /// The rows one by one, in bounded memory; `body` returns false to stop.
    func forEachRow(
        _ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Bool) throws
    /// Adds many rows: a reused statement on SQLite, COPY on PostgreSQL.
    /// `values` holds the rows one after the other: `columns.count` values each.
    func insert(into table: String, columns: [String], values: [SQLValue]) throws
    /// Adds rows, or where `key` exists adds the columns named in `adding` to what is there, keeps
    /// the smaller (`lowering`) or larger (`raising`) value, and leaves the rest.
    func accumulate(
        into table: String, columns: [String], key: [String], adding: [String],
        lowering: [String], raising: [String], values: [SQLValue]) throws
}

extension SQLTransaction {
    public func execute(_ sql: String) throws { try execute(sql, []) }
    public func rows(_ sql: String) throws -> [SQLRow] { try rows(sql, []) }
}

/// A value as both engines store it.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue {
    public static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    public static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    public static func optional(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    public static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}

/// One row of a result, its columns by position.
public struct SQLRow: Sendable {
    public let values: [SQLValue]

    public init(_ values: [SQLValue]) { self.values = values }

    /// The column as an integer; 0 for NULL (a sum over no rows). Traps on other types: the
    /// statement, which is ours, is wrong.
    public func integer(_ column: Int) -> Int64 {
        switch values[column] {
        case .integer(let value): value
        case .null: 0
        case .real(let value):
            Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
        case .text, .blob: preconditionFailure("column \(column) is not an integer")
        }
    }

    public func optionalInteger(_ column: Int) -> Int64? {
        values[column] == .null ? nil : integer(column)
    }

    /// The column as text; empty for NULL.
    public func text(_ column: Int) -> String { optionalText(column) ?? "" }

    public func optionalText(_ column: Int) -> String? {
        switch values[column] {
        case .text(let value): value
        case .null: nil
        case .integer, .real, .blob: preconditionFailure("column \(column) is not text")
        }
    }

    /// The column as bytes; empty for NULL.
    public func blob(_ column: Int) -> [UInt8] {
        switch values[column] {
        case .blob(let value): value
        case .null: []
        case .integer, .real, .text: preconditionFailure("column \(column) is not bytes")
        }
    }

    public func flag(_ column: Int) -> Bool { integer(column) != 0 }
}
