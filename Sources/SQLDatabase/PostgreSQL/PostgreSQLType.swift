/// The column types Sealgate's schema uses, with the numbers the protocol gives them.
enum PostgreSQLType: UInt32 {
    case bool = 16
    case bytea = 17
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case oid = 26
    case float4 = 700
    case float8 = 701
    case varchar = 1043
    case numeric = 1700
    case name = 19
    case unknown = 705
    case void = 2278

    /// The type of an array of these, for the types values are sent as.
    var array: UInt32? {
        switch self {
        case .bool: 1000
        case .bytea: 1001
        case .int2: 1005
        case .int4: 1007
        case .text, .varchar, .name: 1009
        case .int8: 1016
        case .float4: 1021
        case .float8: 1022
        case .oid, .numeric, .unknown, .void: nil
        }
    }

    /// The type an array's elements are sent as.
    var element: PostgreSQLType { self == .varchar || self == .name ? .text : self }

    /// Binary format to value; nil where the bytes are not of this type, or a whole number does
    /// not fit 64 bits.
    func decode(_ bytes: UnsafeRawBufferPointer) -> SQLValue? {
        func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
            guard bytes.count == MemoryLayout<Integer>.size else { return nil }
            return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
        }
        switch self {
        case .int8: return integer(Int64.self).map { .integer($0) }
        case .int4: return integer(Int32.self).map { .integer(Int64($0)) }
        case .int2: return integer(Int16.self).map { .integer(Int64($0)) }
        case .oid: return integer(UInt32.self).map { .integer(Int64($0)) }
        case .bool: return bytes.first.map { .integer($0 == 0 ? 0 : 1) }
        case .float8: return integer(UInt64.self).map { .real(Double(bitPattern: $0)) }
        case .float4: return integer(UInt32.self).map { .real(Double(Float(bitPattern: $0))) }
        case .numeric: return Self.decodeNumeric(bytes)
        case .text, .varchar, .name, .unknown:
            return .text(String(decoding: bytes, as: UTF8.self))
        case .bytea: return .blob([UInt8](bytes))
        case .void: return .null
        }
    }

    /// NUMERIC is a run of digits to the base 10,000. A sum of whole numbers carries no decimals
    /// (scale 0) and comes back whole; an average carries some.
    private static func decodeNumeric(_ bytes: UnsafeRawBufferPointer) -> SQLValue? {
        func word(_ index: Int) -> UInt16 {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        }
        guard bytes.count >= 8 else { return nil }
        let count = Int(word(0))
        let weight = Int(Int16(bitPattern: word(1)))
        let sign = word(2)
        let scale = word(3)
        guard bytes.count == 8 + 2 * count else { return nil }
        switch sign {
        case 0xC000: return .null
        case 0xD000: return .real(.infinity)
        case 0xF000: return .real(-.infinity)
        default: break
        }
        if scale == 0 {
            var sum: Int64 = 0
            for position in 0..<max(count, weight + 1) {
                let digit = position < count ? Int64(word(4 + position)) : 0
                let (shifted, tooBig) = sum.multipliedReportingOverflow(by: 10_000)
                let (next, tooFar) = shifted.subtractingReportingOverflow(digit)
                if tooBig || tooFar { return nil }
                sum = next
            }
            // Summed up below zero, where there is room for one number more.
            if sign == 0x4000 { return .integer(sum) }
            return sum == .min ? nil : .integer(-sum)
        }
        var sum = 0.0
        var unit = 1.0
        for _ in 0..<abs(weight) { unit = weight > 0 ? unit * 10_000 : unit / 10_000 }
        for position in 0..<count {
            sum += Double(word(4 + position)) * unit
            unit /= 10_000
        }
        return .real(sign == 0x4000 ? -sum : sum)
    }
}
