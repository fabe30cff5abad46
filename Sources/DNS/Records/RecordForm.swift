/// How the data of a type is put together: the same list of fields reads it from the wire and from
/// a zone file, and writes it to both.
enum RecordForm {
    enum Field {
        case uint8, uint16, uint32
        /// 32 bits of seconds, `1h30m` in a zone file.
        case period
        /// 32 bits of seconds since 1970, fourteen digits in a zone file.
        case time
        case name
        case ipv4, ipv6
        /// One string of at most 255 octets behind its length.
        case string
        /// Strings up to the end, one at least.
        case strings
        /// Octets up to the end, one string in a zone file.
        case text
        case hex, base64
        /// Octets behind their length: hexadecimal with `-` for none, or base 32.
        case salt, hash
        /// A type by its name, and the bitmap of types of NSEC.
        case type, types
        /// That many octets written `00-11-22`.
        case hyphenated(Int)
        /// 64 bits written `0014:4fff:ff20:ee64`.
        case locator
        /// Keys and values up to the end, `key=value` in a zone file.
        case parameters
        /// A number with names (RFC 4034 A.1, RFC 4398 §2.1).
        case algorithm, certificate
    }

    /// The fields of a type; nil when its data is only known as octets.
    static func fields(of type: RecordType) -> [Field]? {
        forms[type.rawValue]
    }

    private static let forms: [UInt16: [Field]] = [
        1: [.ipv4], 2: [.name], 5: [.name], 7: [.name], 8: [.name], 9: [.name], 12: [.name],
        6: [.name, .name, .uint32, .period, .period, .period, .period],
        13: [.string, .string], 14: [.name, .name], 15: [.uint16, .name], 16: [.strings],
        17: [.name, .name], 18: [.uint16, .name], 21: [.uint16, .name], 19: [.string],
        20: [.strings],
        24: [
            .type, .algorithm, .uint8, .period, .time, .time, .uint16, .name, .base64,
        ],
        25: [.uint16, .uint8, .algorithm, .base64], 26: [.uint16, .name, .name], 28: [.ipv6],
        33: [.uint16, .uint16, .uint16, .name],
        35: [.uint16, .uint16, .string, .string, .string, .name], 36: [.uint16, .name],
        37: [.certificate, .uint16, .algorithm, .base64], 39: [.name],
        43: [.uint16, .algorithm, .uint8, .hex], 44: [.uint8, .uint8, .hex],
        46: [
            .type, .algorithm, .uint8, .period, .time, .time, .uint16, .name, .base64,
        ],
        47: [.name, .types], 48: [.uint16, .uint8, .algorithm, .base64], 49: [.base64],
        50: [.uint8, .uint8, .uint16, .salt, .hash, .types],
        51: [.uint8, .uint8, .uint16, .salt], 52: [.uint8, .uint8, .uint8, .hex],
        53: [.uint8, .uint8, .uint8, .hex], 59: [.uint16, .algorithm, .uint8, .hex],
        60: [.uint16, .uint8, .algorithm, .base64], 61: [.base64],
        62: [.uint32, .uint16, .types], 63: [.uint32, .uint8, .uint8, .hex],
        64: [.uint16, .name, .parameters], 65: [.uint16, .name, .parameters],
        66: [.type, .uint8, .uint16, .name], 99: [.strings], 104: [.uint16, .locator],
        105: [.uint16, .ipv4], 106: [.uint16, .locator], 107: [.uint16, .name],
        108: [.hyphenated(6)], 109: [.hyphenated(8)], 256: [.uint16, .uint16, .text],
        257: [.uint8, .string, .text], 258: [.strings], 261: [.strings], 262: [.strings],
        65_401: [.name],
    ]

    /// Types whose names may be written compressed: those of RFC 1035 and no later ones
    /// (RFC 3597 §4).
    static func mayCompress(_ type: RecordType) -> Bool {
        switch type.rawValue {
        case 2, 5, 6, 7, 8, 9, 12, 14, 15: true
        default: false
        }
    }

    /// The octets of a record's data with all names uncompressed; the reader holds exactly the
    /// data, and all of it must belong to the form.
    static func uncompressed(
        _ type: RecordType, _ reader: inout WireReader
    ) throws(DNSMessageError) -> [UInt8] {
        guard let fields = fields(of: type) else { return reader.rest() }
        var wire: [UInt8] = []
        for field in fields {
            switch field {
            case .uint8, .algorithm: wire += try reader.octets(1)
            case .uint16, .type, .certificate: wire += try reader.octets(2)
            case .uint32, .period, .time, .ipv4: wire += try reader.octets(4)
            case .ipv6: wire += try reader.octets(16)
            case .locator: wire += try reader.octets(8)
            case .hyphenated(let count): wire += try reader.octets(count)
            case .name: wire += try reader.name().wire
            case .string, .salt, .hash:
                let octets = try reader.counted()
                wire.append(UInt8(octets.count))
                wire += octets
            case .strings:
                repeat {
                    let octets = try reader.counted()
                    wire.append(UInt8(octets.count))
                    wire += octets
                } while !reader.isAtEnd
            case .text: wire += reader.rest()
            case .hex, .base64:
                guard !reader.isAtEnd else { throw reader.fault(.truncated) }
                wire += reader.rest()
            case .parameters:
                let octets = reader.rest()
                guard ServiceParameters.pairs(in: octets) != nil else {
                    throw reader.fault(.badRecordData)
                }
                wire += octets
            case .types:
                let octets = reader.rest()
                guard TypeBitmap.types(in: octets) != nil else {
                    throw reader.fault(.badRecordData)
                }
                wire += octets
            }
        }
        guard reader.isAtEnd else { throw reader.fault(.badRecordData) }
        return wire
    }
}
