import GRDB
import GRDBSQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tells SQLite to copy what is bound before the call returns.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// A prepared statement of SQLite, bound and read without values in between.
struct PreparedStatement: ~Copyable {
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
    }

    /// Lets the statement be used again; it must not hold on to a snapshot or to bound memory.
    func finish() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func bind(_ arguments: [SQLValue], doing sql: String) throws {
        let expected = Int(sqlite3_bind_parameter_count(handle))
        precondition(
            arguments.count == expected, "\(expected) arguments expected by: \(sql)")
        // Debian's SQLite takes more than PostgreSQL does; what passes here must pass there.
        guard expected <= Limits.parameters else {
            throw DatabaseError(resultCode: .SQLITE_RANGE, message: "too many parameters")
        }
        for (index, value) in arguments.enumerated() {
            try check(bindCopy(value, to: CInt(index + 1)))
        }
    }

    /// The next row; false after the last.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let code: throw failure(code)
        }
    }

    func row() -> SQLRow {
        let count = Int(sqlite3_column_count(handle))
        return SQLRow(
            [SQLValue](unsafeUninitializedCapacity: count) { buffer, initialized in
                for column in 0..<count {
                    buffer.initializeElement(at: column, to: value(CInt(column)))
                }
                initialized = count
            })
    }

    /// Binds a few rows of many and runs the statement: the inner loop of every import.
    @inline(__always)
    func insert(
        _ values: UnsafeBufferPointer<SQLValue>, from first: Int, count: Int,
        scratch: BindingScratch
    ) throws {
        scratch.clear()
        for column in 0..<count {
            let code = bind(values[first + column], to: CInt(column + 1), scratch: scratch)
            if code != SQLITE_OK { throw failure(code) }
        }
        let code = sqlite3_step(handle)
        if code != SQLITE_DONE { throw failure(code) }
        sqlite3_reset(handle)
    }

    @inline(__always)
    private func bind(_ value: SQLValue, to index: CInt, scratch: BindingScratch) -> CInt {
        switch value {
        case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
        case .null: sqlite3_bind_null(handle, index)
        case .real(let real): sqlite3_bind_double(handle, index, real)
        case .text(let text):
            if let kept = scratch.keep(text) {
                sqlite3_bind_text(
                    handle, index, kept.baseAddress?.assumingMemoryBound(to: CChar.self),
                    CInt(kept.count), nil)
            } else {
                bindCopy(value, to: index)
            }
        case .blob: bindCopy(value, to: index)
        }
    }

    private func bindCopy(_ value: SQLValue, to index: CInt) -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let integer): return sqlite3_bind_int64(handle, index, integer)
        case .real(let real): return sqlite3_bind_double(handle, index, real)
        case .text(let text):
            var text = text.withoutNUL
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(handle, index, "", 0, nil)
                    }
                    return sqlite3_bind_text64(
                        handle, index, start, UInt64(characters.count), copied,
                        UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes { bytes in
                sqlite3_bind_blob64(
                    handle, index, bytes.baseAddress, UInt64(bytes.count), copied)
            }
        }
    }

    private func value(_ column: CInt) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            let bytes = UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            return .blob(
                [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)))
        default: return .null
        }
    }

    private func check(_ code: CInt) throws {
        if code != SQLITE_OK { throw failure(code) }
    }

    private func failure(_ code: CInt) -> DatabaseError {
        let connection = sqlite3_db_handle(handle)
        let extended = sqlite3_extended_errcode(connection)
        return DatabaseError(
            resultCode: ResultCode(rawValue: extended & 0xFF == code & 0xFF ? extended : code),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}

/// Memory for the texts of a few rows while SQLite reads them, so that binding allocates nothing.
final class BindingScratch {
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    private var used = 0

    deinit { memory.deallocate() }

    @inline(__always)
    func clear() { used = 0 }

    /// A copy of the text that stays until `clear`; nil when there is no room, or when the text
    /// must be changed first.
    @inline(__always)
    func keep(_ text: String) -> UnsafeRawBufferPointer? {
        text.utf8.withContiguousStorageIfAvailable { bytes -> UnsafeRawBufferPointer? in
            guard bytes.count <= memory.count - used else { return nil }
            let place = UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + bytes.count])
            if let from = bytes.baseAddress, let to = place.baseAddress {
                if memchr(from, 0, bytes.count) != nil { return nil }
                memcpy(to, from, bytes.count)
            }
            used += bytes.count
            return UnsafeRawBufferPointer(place)
        } ?? nil
    }
}
