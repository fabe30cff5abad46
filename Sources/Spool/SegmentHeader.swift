import Crypto

/// What stands at the start of a segment file, twice, so that one bad sector does not take it away.
struct SegmentHeader: Hashable, Sendable {
    /// Octets of a copy: within one sector, so that it is either the old or the new.
    static let count = 128
    static let copyOffsets = [0, 4_096]
    /// Where records begin.
    static let recordsStart = 8_192
    /// What a disk writes whole or not at all.
    static let sectorOctets = 512
    private static let magic: UInt64 = 0x3130_4C4F_4F50_5347  // GSPOOL01

    /// 0 for a free segment.
    var generation: UInt64
    /// Stands before each record: random, so that neither the records of an earlier use of the file
    /// nor a message's content can be taken for one of this.
    var marker: UInt64
    /// The sequence number of the first record.
    var firstSequence: UInt64
    /// The segment whose records come before; 0 for none.
    var previousGeneration: UInt64
    /// Where its records end: what stands behind was written and not made durable.
    var previousEnd: Int
    /// The oldest segment in use when this one was begun.
    var oldestGeneration: UInt64
    /// The chain's value before the first record.
    var chain: ChainValue

    static let free = SegmentHeader(
        generation: 0, marker: 0, firstSequence: 0, previousGeneration: 0, previousEnd: 0,
        oldestGeneration: 0, chain: .zero)

    var isFree: Bool { generation == 0 }

    var encoded: [UInt8] {
        var octets = [UInt8](repeating: 0, count: Self.count)
        octets.withUnsafeMutableBytes { buffer in
            for (index, value) in [
                Self.magic, generation, marker, firstSequence, previousGeneration,
                UInt64(previousEnd), oldestGeneration,
            ].enumerated() {
                buffer.storeBytes(
                    of: value.littleEndian, toByteOffset: index * 8, as: UInt64.self)
            }
            chain.store(to: buffer, at: 56)
            Self.digest(UnsafeRawBufferPointer(buffer)).store(to: buffer, at: 96)
        }
        return octets
    }

    init?(_ octets: [UInt8]) {
        guard octets.count >= Self.count else { return nil }
        let header: SegmentHeader? = octets.withUnsafeBytes { buffer in
            func value(_ index: Int) -> UInt64 {
                UInt64(
                    littleEndian: buffer.loadUnaligned(
                        fromByteOffset: index * 8, as: UInt64.self))
            }
            guard value(0) == Self.magic,
                Self.digest(buffer) == ChainValue(reading: buffer, at: 96),
                let previousEnd = Int(exactly: value(5))
            else { return nil }
            return SegmentHeader(
                generation: value(1), marker: value(2), firstSequence: value(3),
                previousGeneration: value(4), previousEnd: previousEnd, oldestGeneration: value(6),
                chain: ChainValue(reading: buffer, at: 56))
        }
        // Numbers that no spool reaches, so that none overflows when it is counted on.
        guard let header, header.generation < 1 << 62,
            header.firstSequence < SpoolLimits.sequence,
            header.isFree || header.firstSequence > 0
        else { return nil }
        self = header
    }

    private static func digest(_ buffer: UnsafeRawBufferPointer) -> ChainValue {
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<96]))
        return ChainValue(hash.finalize())
    }

    init(
        generation: UInt64, marker: UInt64, firstSequence: UInt64, previousGeneration: UInt64,
        previousEnd: Int, oldestGeneration: UInt64, chain: ChainValue
    ) {
        self.generation = generation
        self.marker = marker
        self.firstSequence = firstSequence
        self.previousGeneration = previousGeneration
        self.previousEnd = previousEnd
        self.oldestGeneration = oldestGeneration
        self.chain = chain
    }

    /// A new marker. Its first octet is one that texts do not have, so that it is found fast.
    static func newMarker(_ random: UInt64) -> UInt64 { random | 0xFF }

    /// Writes one copy; durable after the next sync.
    func write(copy: Int, to file: SegmentFile) throws(DiskError) {
        file.doubtfulCopy = copy
        try file.write(encoded, at: Self.copyOffsets[copy])
        file.doubtfulCopy = nil
    }

    /// Writes both copies, one after the other: a write that is refused in the middle must not
    /// leave both unreadable. One that cannot be trusted goes first.
    func replace(in file: SegmentFile) throws(DiskError) {
        var first = file.doubtfulCopy ?? 0
        if file.doubtfulCopy == nil {
            let place = Self.copyOffsets[1]
            let octets = try file.read(place..<(place + Self.count))
            if SegmentHeader(octets) == nil { first = 1 }
        }
        for copy in [first, 1 - first] { try replace(copy: copy, in: file) }
    }

    /// Sees to it that at least one copy surely says this, whatever was synced before.
    func secure(in file: SegmentFile) throws(DiskError) {
        let place = Self.copyOffsets[0]
        let isThere = try file.read(place..<(place + Self.count)) == encoded
        try replace(copy: isThere ? 1 : 0, in: file)
    }

    private func replace(copy: Int, in file: SegmentFile) throws(DiskError) {
        file.doubtfulCopy = copy
        try file.write(encoded, at: Self.copyOffsets[copy])
        try file.sync()
        file.doubtfulCopy = nil
    }

    /// Reads the copies. When one is free and one is not, the segment was being begun, or given
    /// free; either way the one in use is the safe reading.
    static func read(
        from file: SegmentFile, copies: Int = copyOffsets.count
    ) throws(DiskError) -> SegmentHeader? {
        var found: SegmentHeader?
        for offset in copyOffsets.prefix(copies) {
            guard let header = SegmentHeader(try file.read(offset..<(offset + count))) else {
                continue
            }
            guard let other = found else {
                found = header
                continue
            }
            if header.generation > other.generation { found = header }
        }
        return found
    }
}
