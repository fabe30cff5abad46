/// The list of types in NSEC, NSEC3 and CSYNC (RFC 4034 §4.1.2).
enum TypeBitmap {
    /// The types in rising order; nil when the octets are no bitmap.
    static func types(in octets: [UInt8]) -> [RecordType]? {
        var types: [RecordType] = []
        var previous = -1
        var place = 0
        while place < octets.count {
            guard place + 2 <= octets.count else { return nil }
            let window = Int(octets[place])
            let length = Int(octets[place + 1])
            guard window > previous, (1...32).contains(length), place + 2 + length <= octets.count
            else { return nil }
            for index in 0..<length {
                for bit in 0..<8 where octets[place + 2 + index] & (0x80 >> UInt8(bit)) != 0 {
                    types.append(RecordType(rawValue: UInt16(window << 8 | index << 3 | bit)))
                }
            }
            previous = window
            place += 2 + length
        }
        return types
    }

    static func octets(of types: [RecordType]) -> [UInt8] {
        var octets: [UInt8] = []
        let sorted = types.map(\.rawValue).sorted()
        var index = 0
        while index < sorted.count {
            let window = sorted[index] >> 8
            var bits: [UInt8] = []
            while index < sorted.count, sorted[index] >> 8 == window {
                let low = Int(sorted[index] & 0xFF)
                while bits.count <= low >> 3 { bits.append(0) }
                bits[low >> 3] |= 0x80 >> UInt8(low & 7)
                index += 1
            }
            octets += [UInt8(window), UInt8(bits.count)] + bits
        }
        return octets
    }
}
