/// Reads numbers and names from a message, never beyond its end.
struct WireReader {
    let bytes: [UInt8]
    private(set) var offset: Int
    /// Where the part that is being read ends; names may point before it, never run over it.
    private(set) var end: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
        end = bytes.count
    }

    /// A reader of the next octets alone; this one goes on behind them.
    mutating func part(_ length: Int) throws(DNSMessageError) -> WireReader {
        guard length <= remaining else { throw fault(.truncated) }
        var part = self
        part.end = offset + length
        offset += length
        return part
    }

    var remaining: Int { end - offset }
    var isAtEnd: Bool { offset == end }

    func fault(_ fault: DNSMessageError.Fault) -> DNSMessageError {
        DNSMessageError(fault: fault, offset: offset)
    }

    mutating func uint8() throws(DNSMessageError) -> UInt8 {
        guard remaining >= 1 else { throw fault(.truncated) }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func uint16() throws(DNSMessageError) -> UInt16 {
        guard remaining >= 2 else { throw fault(.truncated) }
        defer { offset += 2 }
        return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    mutating func uint32() throws(DNSMessageError) -> UInt32 {
        let high = UInt32(try uint16())
        return high << 16 | UInt32(try uint16())
    }

    mutating func octets(_ count: Int) throws(DNSMessageError) -> [UInt8] {
        guard count <= remaining else { throw fault(.truncated) }
        defer { offset += count }
        return Array(bytes[offset..<(offset + count)])
    }

    mutating func rest() -> [UInt8] {
        defer { offset = end }
        return Array(bytes[offset..<end])
    }

    /// Octets behind an octet that counts them (RFC 1035 §3.3, a character string).
    mutating func counted() throws(DNSMessageError) -> [UInt8] {
        try octets(Int(try uint8()))
    }

    /// A name, with its compression undone (RFC 1035 §4.1.4).
    mutating func name() throws(DNSMessageError) -> DNSName {
        var wire: [UInt8] = []
        var place = offset
        // Each pointer must lead before all that was read for this name, so no loop can be built.
        var barrier = offset
        var pointers = 0
        while true {
            let bound = pointers > 0 ? bytes.count : end
            guard place < bound else { throw fault(.truncated) }
            let length = Int(bytes[place])
            switch length & 0xC0 {
            case 0:
                guard place + 1 + length <= bound else { throw fault(.truncated) }
                guard wire.count + length + (length == 0 ? 1 : 2) <= Limits.nameOctets else {
                    throw fault(.longName)
                }
                wire.append(contentsOf: bytes[place...(place + length)])
                place += 1 + length
                if length == 0 {
                    if pointers == 0 { offset = place }
                    return DNSName(proven: wire)
                }
            case 0xC0:
                guard place + 1 < bound else { throw fault(.truncated) }
                let target = (length & 0x3F) << 8 | Int(bytes[place + 1])
                pointers += 1
                guard target < barrier, pointers <= Limits.compressionPointers else {
                    throw fault(.badPointer)
                }
                if pointers == 1 { offset = place + 2 }
                barrier = target
                place = target
            default:
                throw fault(.badLabel)
            }
        }
    }
}
