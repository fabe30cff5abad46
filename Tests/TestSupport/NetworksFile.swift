/// Makes MMDB files: a binary tree over the bits of addresses, a section of values, and metadata at
/// the end (MaxMind DB file format, version 2.0).
public struct NetworksFile {
    /// A value of the data section.
    public indirect enum Value {
        case text(String)
        case uint16(UInt16)
        case uint32(UInt32)
        case uint64(UInt64)
        case map([(String, Value)])
        case array([Value])
        /// Bytes placed as they are, well-formed or not.
        case raw([UInt8])
    }

    private enum Record {
        case empty
        case node(Int)
        /// Position in the data section.
        case data(Int)
    }

    private let recordBits: Int
    private let holdsIPv6: Bool
    private let type: String
    private var nodes: [(left: Record, right: Record)] = [(.empty, .empty)]
    private var data: [UInt8] = []

    /// - Parameter recordBits: 24, 28 or 32.
    public init(type: String = "Test-ASN", recordBits: Int = 28, holdsIPv6: Bool = true) {
        self.type = type
        self.recordBits = recordBits
        self.holdsIPv6 = holdsIPv6
    }

    /// Adds a network, given by the octets of its address (4 or 16) and the length of its prefix.
    public mutating func add(_ octets: [UInt8], _ length: Int, _ value: Value) {
        var bits: [Bool] = []
        for index in 0..<length {
            let bit = octets[index / 8] >> UInt8(7 - index % 8) & 1
            bits.append(bit == 1)
        }
        // IPv4 lies below ::/96.
        if octets.count == 4, holdsIPv6 {
            bits = Array(repeating: false, count: 96) + bits
        }
        let record = Record.data(data.count)
        data += Self.bytes(value)
        var node = 0
        for bit in bits.dropLast() {
            if case .node(let next) = bit ? nodes[node].right : nodes[node].left {
                node = next
                continue
            }
            nodes.append((.empty, .empty))
            set(bit, of: node, to: .node(nodes.count - 1))
            node = nodes.count - 1
        }
        if let last = bits.last { set(last, of: node, to: record) }
    }

    /// The whole file.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        for node in nodes {
            let left = number(node.left)
            let right = number(node.right)
            switch recordBits {
            case 24: result += Self.bigEndian(left, 3) + Self.bigEndian(right, 3)
            case 28:
                let middle = UInt8(left >> 24) << 4 | UInt8(right >> 24)
                result += Self.bigEndian(left, 3) + [middle] + Self.bigEndian(right, 3)
            default: result += Self.bigEndian(left, 4) + Self.bigEndian(right, 4)
            }
        }
        result += Array(repeating: 0, count: 16) + data
        result += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
        return result
            + Self.bytes(
                .map([
                    ("binary_format_major_version", .uint16(2)),
                    ("binary_format_minor_version", .uint16(0)),
                    ("build_epoch", .uint64(1_700_000_000)), ("database_type", .text(type)),
                    ("description", .map([("en", .text("made by a test"))])),
                    ("ip_version", .uint16(holdsIPv6 ? 6 : 4)),
                    ("languages", .array([.text("en")])),
                    ("node_count", .uint32(UInt32(nodes.count))),
                    ("record_size", .uint16(UInt16(recordBits))),
                ]))
    }

    private mutating func set(_ bit: Bool, of node: Int, to record: Record) {
        if bit { nodes[node].right = record } else { nodes[node].left = record }
    }

    private func number(_ record: Record) -> UInt64 {
        switch record {
        case .empty: UInt64(nodes.count)
        case .node(let index): UInt64(index)
        case .data(let position): UInt64(nodes.count + 16 + position)
        }
    }

    private static func bytes(_ value: Value) -> [UInt8] {
        switch value {
        case .text(let text): control(2, text.utf8.count) + Array(text.utf8)
        case .uint16(let number): control(5, 2) + bigEndian(UInt64(number), 2)
        case .uint32(let number): control(6, 4) + bigEndian(UInt64(number), 4)
        case .uint64(let number): control(9, 8) + bigEndian(number, 8)
        case .map(let pairs):
            control(7, pairs.count) + pairs.flatMap { bytes(.text($0.0)) + bytes($0.1) }
        case .array(let values): control(11, values.count) + values.flatMap { bytes($0) }
        case .raw(let bytes): bytes
        }
    }

    /// The byte that tells type and size, and what follows it where they do not fit.
    private static func control(_ type: UInt8, _ size: Int) -> [UInt8] {
        let first = UInt8(min(size, size < 285 ? 29 : 30))
        var result = type < 8 ? [type << 5 | first] : [first, type - 7]
        if size >= 285 {
            result += bigEndian(UInt64(size - 285), 2)
        } else if size >= 29 {
            result.append(UInt8(size - 29))
        }
        return result
    }

    private static func bigEndian(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
    }
}

extension NetworksFile.Value {
    /// An entry as GeoLite2-ASN has it.
    public static func system(_ number: UInt32, _ organisation: String) -> Self {
        .map([
            ("autonomous_system_number", .uint32(number)),
            ("autonomous_system_organization", .text(organisation)),
        ])
    }

    /// An entry as GeoLite2-Country has it.
    public static func country(_ code: String) -> Self {
        .map([("country", .map([("iso_code", .text(code))]))])
    }
}
