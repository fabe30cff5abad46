/// Writes a record's octets: numbers as LEB128, texts with their length before them, each cut to
/// its limit.
struct RecordOctetWriter {
    private(set) var octets: [UInt8] = []

    init(capacity: Int) {
        octets.reserveCapacity(capacity)
    }

    mutating func write(_ octet: UInt8) {
        octets.append(octet)
    }

    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        octets.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func write(_ count: Int) {
        write(UInt64(max(0, count)))
    }

    /// Text of at most `limit` octets, cut between two characters' octets.
    mutating func write(_ text: String, limit: Int = Limits.recordTextOctets) {
        var text = text
        text.withUTF8 { buffer in
            var count = min(buffer.count, limit)
            if count < buffer.count {
                while count > 0, buffer[count] & 0xC0 == 0x80 { count -= 1 }
            }
            write(count)
            octets.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// A text that may be absent: 1 before it, or 0.
    mutating func write(_ text: String?, limit: Int = Limits.recordTextOctets) {
        guard let text else { return write(UInt8(0)) }
        write(UInt8(1))
        write(text, limit: limit)
    }
}

/// Reads what `RecordOctetWriter` wrote, and anything else without harm: nil at the first octet
/// that makes no sense.
struct RecordOctetReader {
    private let octets: [UInt8]
    private var position = 0

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    var isAtEnd: Bool { position == octets.count }

    mutating func octet() -> UInt8? {
        guard position < octets.count else { return nil }
        defer { position += 1 }
        return octets[position]
    }

    /// The next octet, which stays to be read; nil at the end.
    func peek() -> UInt8? {
        position < octets.count ? octets[position] : nil
    }

    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let octet = octet() else { return nil }
            guard shift < 63 || octet < 2 else { return nil }
            number |= UInt64(octet & 0x7F) << shift
            if octet < 0x80 { return number }
        }
        return nil
    }

    mutating func count() -> Int? {
        number().flatMap { Int(exactly: $0) }
    }

    /// A count of things that are each one octet long at least: no more than are left.
    mutating func count(limit: Int) -> Int? {
        guard let count = count(), count <= limit, count <= octets.count - position else {
            return nil
        }
        return count
    }

    mutating func slice(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= octets.count - position else { return nil }
        defer { position += count }
        return octets[position..<position + count]
    }

    mutating func text() -> String? {
        guard let count = count(), let octets = slice(count) else { return nil }
        return String(decoding: octets, as: UTF8.self)
    }

    /// The outer optional is nil where the octets make no sense.
    mutating func optionalText() -> String?? {
        switch octet() {
        case 0: .some(nil)
        case 1: text().map { .some($0) }
        default: nil
        }
    }
}
