/// Builds the octets of records: integers in little endian, texts with their length before them.
struct OctetWriter {
    var octets: [UInt8] = []

    init(capacity: Int = 128) { octets.reserveCapacity(capacity) }

    mutating func put(_ value: some FixedWidthInteger) {
        var rest = UInt64(truncatingIfNeeded: value)
        for _ in 0..<(value.bitWidth / 8) {
            octets.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func put(_ value: Bool) { octets.append(value ? 1 : 0) }

    mutating func put(_ bytes: [UInt8]) {
        put(UInt32(truncatingIfNeeded: bytes.count))
        octets.append(contentsOf: bytes)
    }

    /// Cut at a character's end to what a record may hold.
    mutating func put(_ text: String, limit: Int = SpoolLimits.textOctets) {
        var bytes = Array(text.utf8.prefix(limit))
        if bytes.count < text.utf8.count {
            while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
            if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        }
        put(bytes)
    }

    mutating func put(_ text: String?) {
        put(text != nil)
        if let text { put(text) }
    }

    mutating func put(_ positions: [Int]) {
        put(UInt32(truncatingIfNeeded: positions.count))
        for position in positions { put(UInt32(truncatingIfNeeded: position)) }
    }
}

/// Reads what `OctetWriter` built; every read may find that there is no more.
struct OctetReader {
    private let octets: [UInt8]
    private var position = 0

    init(_ octets: [UInt8]) { self.octets = octets }

    var isAtEnd: Bool { position == octets.count }
    var remaining: Int { octets.count - position }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
        word(MemoryLayout<T>.size).map { T(truncatingIfNeeded: $0) }
    }

    private mutating func word(_ size: Int) -> UInt64? {
        guard remaining >= size else { return nil }
        var value: UInt64 = 0
        var index = size
        while index > 0 {
            index -= 1
            value = value << 8 | UInt64(octets[position + index])
        }
        position += size
        return value
    }

    mutating func flag() -> Bool? {
        switch integer(UInt8.self) {
        case 0: false
        case 1: true
        default: nil
        }
    }

    mutating func raw(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, remaining >= count else { return nil }
        defer { position += count }
        return octets[position..<(position + count)]
    }

    mutating func bytes() -> [UInt8]? {
        guard let count = integer(UInt32.self), let slice = raw(Int(count)) else { return nil }
        return Array(slice)
    }

    mutating func text() -> String? {
        guard let count = integer(UInt32.self), let slice = raw(Int(count)) else { return nil }
        return String(decoding: slice, as: UTF8.self)
    }

    /// Outer nil when there is no more; inner nil when there is no text.
    mutating func optionalText() -> String?? {
        guard let isThere = flag() else { return nil }
        if !isThere { return .some(nil) }
        guard let text = text() else { return nil }
        return text
    }

    mutating func positions() -> [Int]? {
        guard let count = integer(UInt32.self), remaining / 4 >= Int(count) else { return nil }
        var positions: [Int] = []
        positions.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let position = integer(UInt32.self) else { return nil }
            positions.append(Int(position))
        }
        return positions
    }
}
