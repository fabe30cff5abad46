/// Puts numbers and names into a message.
struct WireWriter {
    private(set) var bytes: [UInt8] = []
    private let isCompressing: Bool
    /// Where each name, in lower case, was written first.
    private var places: [ArraySlice<UInt8>: Int] = [:]

    init(compressing: Bool) {
        isCompressing = compressing
    }

    mutating func uint8(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func uint16(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    mutating func uint32(_ value: UInt32) {
        uint16(UInt16(truncatingIfNeeded: value >> 16))
        uint16(UInt16(truncatingIfNeeded: value))
    }

    mutating func octets(_ octets: some Sequence<UInt8>) {
        bytes.append(contentsOf: octets)
    }

    mutating func counted(_ octets: [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: min(octets.count, 255)))
        bytes.append(contentsOf: octets.prefix(255))
    }

    mutating func name(_ name: DNSName, compressing: Bool = true) {
        guard isCompressing else {
            bytes.append(contentsOf: name.wire)
            return
        }
        let folded = name.lowercased.wire
        var place = 0
        while name.wire[place] != 0 {
            let key = folded[place...]
            if let known = places[key] {
                if compressing {
                    uint16(0xC000 | UInt16(truncatingIfNeeded: known))
                    return
                }
            } else if bytes.count <= Limits.compressionReach {
                places[key] = bytes.count
            }
            let next = place + 1 + Int(name.wire[place])
            bytes.append(contentsOf: name.wire[place..<next])
            place = next
        }
        bytes.append(0)
    }

    /// Overwrites a 16-bit number that was not known when its place was passed.
    mutating func patch(_ value: UInt16, at place: Int) {
        bytes[place] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[place + 1] = UInt8(truncatingIfNeeded: value)
    }

    /// Takes back all behind a place.
    mutating func rewind(to place: Int) {
        bytes.removeSubrange(place...)
        places = places.filter { $0.value < place }
    }
}
