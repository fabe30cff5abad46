import CLibpq

/// An answer of the server.
struct PostgreSQLResult: ~Copyable {
    private let pointer: OpaquePointer?

    init(_ pointer: OpaquePointer?) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }

    func type(_ column: Int) -> PostgreSQLType? {
        PostgreSQLType(rawValue: PQftype(pointer, CInt(column)))
    }

    /// A field of an error report: `C` is its SQLSTATE, `M` its sentence.
    func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(pointer, CInt(letter.value)).map { oneLine($0) }
    }

    /// A row; throws the position of a column that cannot be read.
    func row(_ row: Int) throws(Unreadable) -> SQLRow {
        var values: [SQLValue] = []
        values.reserveCapacity(columnCount)
        for column in 0..<columnCount {
            if PQgetisnull(pointer, CInt(row), CInt(column)) != 0 {
                values.append(.null)
                continue
            }
            let bytes = UnsafeRawBufferPointer(
                start: PQgetvalue(pointer, CInt(row), CInt(column)),
                count: Int(PQgetlength(pointer, CInt(row), CInt(column))))
            guard let value = type(column)?.decode(bytes) else {
                throw Unreadable(column: column, type: PQftype(pointer, CInt(column)))
            }
            values.append(value)
        }
        return SQLRow(values)
    }

    /// The bytes of a row's values.
    func size(_ row: Int) -> Int {
        (0..<columnCount).reduce(0) { $0 + Int(PQgetlength(pointer, CInt(row), CInt($1))) }
    }

    /// A column of a type that is not used here, or a whole number beyond 64 bits.
    struct Unreadable: Error {
        let column: Int
        let type: UInt32
    }
}
