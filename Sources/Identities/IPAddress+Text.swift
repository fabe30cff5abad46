extension IPAddress {
    /// Reads dotted IPv4 (four decimal numbers, no leading zeros) or IPv6 (RFC 4291 §2.2) without
    /// brackets and zone; nil for all else.
    public init?(_ text: String) {
        var copy = text
        guard let address = copy.withUTF8({ IPAddress(buffer: $0) }) else { return nil }
        self = address
    }

    /// Reads an address from a part of a text without copying it first.
    public init?(_ text: Substring) {
        var copy = text
        guard let address = copy.withUTF8({ IPAddress(buffer: $0) }) else { return nil }
        self = address
    }

    /// Reads an address from any kind of text.
    public init?(_ text: some StringProtocol) {
        self.init(String(text))
    }

    /// Reads an address from ASCII octets.
    @inlinable
    public init?(utf8: some Collection<UInt8>) {
        let address =
            utf8.withContiguousStorageIfAvailable { IPAddress(buffer: $0) }
            ?? Array(utf8).withUnsafeBufferPointer { IPAddress(buffer: $0) }
        guard let address else { return nil }
        self = address
    }

    @usableFromInline
    init?(buffer: UnsafeBufferPointer<UInt8>) {
        // The longest form is eight groups with a dotted end: 45 octets.
        guard buffer.count >= 2, buffer.count <= 45 else { return nil }
        if let bits = Self.ipv4Bits(buffer, from: 0) {
            self.init(ipv4: bits)
        } else if let (high, low) = Self.ipv6Bits(buffer) {
            self.init(high: high, low: low)
        } else {
            return nil
        }
    }

    /// Four decimal numbers up to the end. A leading zero is refused: some readers take it as octal.
    private static func ipv4Bits(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt32? {
        guard buffer.count - start >= 7, buffer.count - start <= 15 else { return nil }
        var bits: UInt32 = 0
        var number: UInt32 = 0
        var digits = 0
        var dots = 0
        for index in start..<buffer.count {
            let byte = buffer[index]
            if byte == ASCII.dot {
                guard digits > 0, dots < 3 else { return nil }
                bits = bits << 8 | number
                (number, digits, dots) = (0, 0, dots + 1)
            } else {
                guard byte &- 0x30 < 10, !(digits > 0 && number == 0) else { return nil }
                number = number &* 10 &+ UInt32(byte &- 0x30)
                digits += 1
                guard number <= 255 else { return nil }
            }
        }
        return dots == 3 && digits > 0 ? bits << 8 | number : nil
    }

    private static func ipv6Bits(_ buffer: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
        var bits: (high: UInt64, low: UInt64) = (0, 0)
        var tail: (high: UInt64, low: UInt64) = (0, 0)
        var headGroups = 0
        var tailGroups = 0
        var hasGap = false

        func append(_ group: UInt64) {
            if hasGap {
                tail = (tail.high << 16 | tail.low >> 48, tail.low << 16 | group)
                tailGroups += 1
            } else {
                bits = (bits.high << 16 | bits.low >> 48, bits.low << 16 | group)
                headGroups += 1
            }
        }

        var index = 0
        let end = buffer.count
        if buffer[0] == ASCII.colon {
            guard buffer[1] == ASCII.colon else { return nil }
            hasGap = true
            index = 2
        }
        while index < end {
            guard headGroups + tailGroups < 8 else { return nil }
            let start = index
            var group: UInt64 = 0
            while index < end, let digit = ASCII.hexValue(buffer[index]) {
                group = group << 4 | UInt64(digit)
                index += 1
                guard index - start <= 4 else { return nil }
            }
            if index < end, buffer[index] == ASCII.dot {
                // The dotted end takes the room of two groups.
                guard headGroups + tailGroups <= 6, let ipv4 = ipv4Bits(buffer, from: start)
                else { return nil }
                append(UInt64(ipv4 >> 16))
                append(UInt64(ipv4 & 0xFFFF))
                index = end
                break
            }
            guard index > start else { return nil }
            append(group)
            guard index < end else { break }
            guard buffer[index] == ASCII.colon, index + 1 < end else { return nil }
            index += 1
            if buffer[index] == ASCII.colon {
                guard !hasGap else { return nil }
                hasGap = true
                index += 1
            }
        }
        return join(head: bits, headGroups, tail: tail, tailGroups, hasGap: hasGap)
    }

    private static func join(
        head: (high: UInt64, low: UInt64), _ headGroups: Int, tail: (high: UInt64, low: UInt64),
        _ tailGroups: Int, hasGap: Bool
    ) -> (UInt64, UInt64)? {
        if !hasGap { return headGroups == 8 ? (head.high, head.low) : nil }
        // "::" stands for one group of zeros at least.
        guard headGroups + tailGroups <= 7 else { return nil }
        let shift = UInt64(16 * (8 - headGroups))
        // Swift's shifts give 0 where all bits go out.
        let high =
            shift >= 64 ? head.low << (shift - 64) : head.high << shift | head.low >> (64 - shift)
        let low = shift >= 64 ? 0 : head.low << shift
        return (high | tail.high, low | tail.low)
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or the canonical form of RFC 5952.
    public var description: String {
        String(unsafeUninitializedCapacity: 40) { output in
            var writer = AddressWriter(output: output)
            if isIPv4 {
                for shift in stride(from: UInt64(24), through: 0, by: -8) {
                    writer.decimal(UInt8(truncatingIfNeeded: low >> shift))
                    if shift > 0 { writer.put(ASCII.dot) }
                }
            } else {
                writeGroups(to: &writer)
            }
            return writer.count
        }
    }

    private func group(_ index: Int) -> UInt16 {
        index < 4
            ? UInt16(truncatingIfNeeded: high >> UInt64(48 - 16 * index))
            : UInt16(truncatingIfNeeded: low >> UInt64(112 - 16 * index))
    }

    private func writeGroups(to writer: inout AddressWriter) {
        // RFC 5952 §4.2: the longest run of zero groups, the first of equals, never a single one.
        var gap = (start: 8, length: 1)
        var runStart = 0
        for index in 0...8 where index == 8 || group(index) != 0 {
            if index - runStart > gap.length { gap = (runStart, index - runStart) }
            runStart = index + 1
        }
        var index = 0
        while index < 8 {
            if index == gap.start {
                writer.put(ASCII.colon)
                writer.put(ASCII.colon)
                index += gap.length
                continue
            }
            if index > 0, index != gap.start + gap.length { writer.put(ASCII.colon) }
            writer.hexadecimal(group(index))
            index += 1
        }
    }
}

/// Puts the digits of an address into a String's own storage.
private struct AddressWriter {
    let output: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    mutating func put(_ byte: UInt8) {
        output[count] = byte
        count += 1
    }

    mutating func decimal(_ value: UInt8) {
        if value >= 100 { put(0x30 + value / 100) }
        if value >= 10 { put(0x30 + value / 10 % 10) }
        put(0x30 + value % 10)
    }

    mutating func hexadecimal(_ value: UInt16) {
        var isLeading = true
        for shift in [UInt16(12), 8, 4, 0] {
            let nibble = UInt8(truncatingIfNeeded: value >> shift & 15)
            if nibble == 0, isLeading, shift > 0 { continue }
            isLeading = false
            put(ASCII.hexDigit(nibble))
        }
    }
}
