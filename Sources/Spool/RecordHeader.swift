import Crypto

/// What a record is about.
enum RecordKind: UInt8, Sendable {
    case accepted = 1
    /// A live message with the states of its recipients, copied from an old segment.
    case carried = 2
    case changed = 3
    /// What the start after a crash found missing.
    case recovered = 4
    /// The program closed the spool.
    case closed = 5
}

/// The 96 octets before each record's body, integers in little endian: marker of the segment (8),
/// sequence number (8), milliseconds since 1970 (8), octets of body (4) and content (4), kind (1),
/// zeros (3), place in the write (4), records of the write (4), the chain's value before (32; from
/// octet 48), seal (16).
///
/// The chain's value of a record is SHA-256 over octets 8 to 79 and the body; its first half is the
/// seal. The marker is outside, so that a record keeps its value in the journal.
struct RecordHeader: Sendable {
    static let count = 96
    /// Records begin at multiples of this.
    static let alignment = 8

    var sequence: UInt64
    var time: Int64
    var bodyCount: Int
    var contentCount: Int
    var kind: RecordKind
    /// The position among the records that were written at once.
    var batchIndex: UInt32
    var batchCount: UInt32
    var previous: ChainValue

    /// Octets with body and content, and up to where the next record may begin.
    var octets: Int { Self.octets(body: bodyCount, content: contentCount) }

    /// The sequence number of the first record of the write.
    var batchFirst: UInt64 { sequence - UInt64(batchIndex) }

    static func octets(body: Int, content: Int) -> Int {
        (count + body + content + alignment - 1) & ~(alignment - 1)
    }

    init(
        sequence: UInt64, time: Int64, bodyCount: Int, contentCount: Int, kind: RecordKind,
        batchIndex: UInt32, batchCount: UInt32, previous: ChainValue
    ) {
        self.sequence = sequence
        self.time = time
        self.bodyCount = bodyCount
        self.contentCount = contentCount
        self.kind = kind
        self.batchIndex = batchIndex
        self.batchCount = batchCount
        self.previous = previous
    }

    /// Reads 96 octets, which the buffer must have; nil when they are no header of this segment.
    init?(reading buffer: UnsafeRawBufferPointer, at offset: Int, marker: UInt64) {
        func word(_ place: Int) -> UInt64 {
            UInt64(
                littleEndian: buffer.loadUnaligned(
                    fromByteOffset: offset + place, as: UInt64.self))
        }
        let kindAndIndex = word(32)
        guard word(0) == marker,
            let kind = RecordKind(rawValue: UInt8(truncatingIfNeeded: kindAndIndex))
        else { return nil }
        sequence = word(8)
        time = Int64(bitPattern: word(16))
        let counts = word(24)
        bodyCount = Int(counts & 0xFFFF_FFFF)
        contentCount = Int(counts >> 32)
        self.kind = kind
        batchIndex = UInt32(kindAndIndex >> 32)
        batchCount = UInt32(truncatingIfNeeded: word(40))
        previous = ChainValue(reading: buffer, at: offset + 48)
        guard bodyCount <= SpoolLimits.bodyOctets, sequence > UInt64(batchIndex),
            sequence < SpoolLimits.sequence, batchIndex < batchCount
        else { return nil }
    }

    /// Writes header and body at the start of the buffer; gives the chain's value of the record.
    func write(
        to buffer: UnsafeMutableRawBufferPointer, marker: UInt64, body: [UInt8]
    ) -> ChainValue {
        func put(_ word: UInt64, _ place: Int) {
            buffer.storeBytes(of: word.littleEndian, toByteOffset: place, as: UInt64.self)
        }
        put(marker, 0)
        put(sequence, 8)
        put(UInt64(bitPattern: time), 16)
        put(UInt64(bodyCount) | UInt64(contentCount) << 32, 24)
        put(UInt64(kind.rawValue) | UInt64(batchIndex) << 32, 32)
        put(UInt64(batchCount), 40)
        previous.store(to: buffer, at: 48)
        buffer.copy(body, to: Self.count)
        let value = Self.value(of: UnsafeRawBufferPointer(buffer), at: 0, bodyCount: bodyCount)
        value.storeSeal(to: buffer, at: 80)
        return value
    }

    /// The chain's value of the record at an offset, whose body must lie in the buffer.
    static func value(of buffer: UnsafeRawBufferPointer, at offset: Int, bodyCount: Int)
        -> ChainValue
    {
        var hash = SHA256()
        hash.update(
            bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[(offset + 8)..<(offset + 80)]))
        let body = offset + count
        hash.update(
            bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[body..<(body + bodyCount)]))
        return ChainValue(hash.finalize())
    }
}
