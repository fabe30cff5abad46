/// Bytes in the protocol's binary format: big-endian numbers, lengths before values.
struct PostgreSQLEncoder {
    var bytes: [UInt8] = []

    mutating func append<Integer: FixedWidthInteger>(_ integer: Integer) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// A value for a column of this type, with its length before it.
    mutating func append(_ value: SQLValue, as type: PostgreSQLType) throws(Mismatch) {
        switch (value, type) {
        case (.null, _):
            append(Int32(-1))
        case (.integer(let integer), .int8):
            append(Int32(8))
            append(integer)
        case (.integer(let integer), .int4):
            append(Int32(4))
            append(try Mismatch.unless(Int32(exactly: integer), value, type))
        case (.integer(let integer), .int2):
            append(Int32(2))
            append(try Mismatch.unless(Int16(exactly: integer), value, type))
        case (.integer(let integer), .bool):
            append(Int32(1))
            append(UInt8(integer == 0 ? 0 : 1))
        case (.integer(let integer), .float8):
            append(Double(integer))
        case (.integer(let integer), .text), (.integer(let integer), .varchar):
            append(String(integer))
        case (.real(let real), _) where real.isNaN:
            append(Int32(-1))
        case (.real(let real), .float8):
            append(real)
        case (.real(let real), .float4):
            append(Int32(4))
            append(Float(real).bitPattern)
        case (.real(let real), .int8):
            append(Int32(8))
            append(try Mismatch.unless(Int64(exactly: real), value, type))
        case (.text(let text), .text), (.text(let text), .varchar), (.text(let text), .name):
            append(text)
        case (.blob(let blob), .bytea):
            append(Int32(clamping: blob.count))
            bytes.append(contentsOf: blob)
        default:
            throw Mismatch(value: value, type: type)
        }
    }

    private mutating func append(_ real: Double) {
        append(Int32(8))
        append(real.bitPattern)
    }

    private mutating func append(_ text: String) {
        var text = text.withoutNUL
        text.withUTF8 { utf8 in
            append(Int32(clamping: utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// An array of one column's values, as `unnest` takes it.
    mutating func appendArray(
        _ values: some Collection<SQLValue>, of type: PostgreSQLType
    ) throws(Mismatch) {
        append(Int32(1))  // dimensions
        append(Int32(1))  // may hold NULL
        append(type.element.rawValue)
        append(Int32(clamping: values.count))
        append(Int32(1))  // lowest index
        for value in values { try append(value, as: type.element) }
    }

    /// A value was handed in for a column that cannot hold it: the schema and the code disagree.
    struct Mismatch: Error {
        let value: SQLValue
        let type: PostgreSQLType

        static func unless<Value>(
            _ converted: Value?, _ value: SQLValue, _ type: PostgreSQLType
        ) throws(Mismatch) -> Value {
            guard let converted else { throw Mismatch(value: value, type: type) }
            return converted
        }
    }
}

/// The arguments of one statement: their types, and their bytes one after the other.
struct PostgreSQLArguments {
    private(set) var types: [UInt32] = []
    private var encoder = PostgreSQLEncoder()
    /// Where each begins, and its length; nil for NULL.
    private var places: [(start: Int, count: Int)?] = []

    init(_ values: [SQLValue]) {
        for value in values {
            switch value {
            case .null: add(type: 0, isNull: true) { _ in }
            case .real(let real) where real.isNaN: add(type: 0, isNull: true) { _ in }
            case .integer(let integer): add(type: .int8) { $0.append(integer) }
            case .real(let real): add(type: .float8) { $0.append(real.bitPattern) }
            case .text(let text):
                add(type: .text) { $0.bytes.append(contentsOf: text.withoutNUL.utf8) }
            case .blob(let blob): add(type: .bytea) { $0.bytes.append(contentsOf: blob) }
            }
        }
    }

    /// One array for each column.
    init(
        arrays columns: [(type: PostgreSQLType, array: UInt32)], rows: ArraySlice<SQLValue>
    ) throws(PostgreSQLEncoder.Mismatch) {
        for (index, column) in columns.enumerated() {
            let start = encoder.bytes.count
            let indices = stride(
                from: rows.startIndex + index, to: rows.endIndex, by: columns.count)
            try encoder.appendArray(indices.map { rows[$0] }, of: column.type)
            types.append(column.array)
            places.append((start, encoder.bytes.count - start))
        }
    }

    private mutating func add(
        type: PostgreSQLType, _ append: (inout PostgreSQLEncoder) -> Void
    ) {
        add(type: type.rawValue, isNull: false, append)
    }

    private mutating func add(
        type: UInt32, isNull: Bool, _ append: (inout PostgreSQLEncoder) -> Void
    ) {
        let start = encoder.bytes.count
        append(&encoder)
        types.append(type)
        places.append(isNull ? nil : (start, encoder.bytes.count - start))
    }

    var count: Int { types.count }

    /// Hands out what libpq wants: values, lengths and formats (1: binary).
    func withPointers<Value>(
        _ body: ([UnsafePointer<CChar>?], [CInt], [CInt]) -> Value
    ) -> Value {
        // An empty value still needs an address: libpq takes a null pointer for NULL.
        (encoder.bytes + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                body(
                    places.map { place in
                        place.flatMap { characters.baseAddress?.advanced(by: $0.start) }
                    },
                    places.map { CInt(clamping: $0?.count ?? 0) },
                    [CInt](repeating: 1, count: places.count))
            }
        }
    }
}
