/// Eight octets looked at together. A mark is the highest bit of an octet, the first octet lowest.
/// The lowest mark is always right; above it there may be too many.
struct OctetWord {
    private let word: UInt64

    @inline(__always)
    init(_ octets: UnsafeRawBufferPointer, at offset: Int) {
        word = UInt64(
            littleEndian: octets.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Marks octets below this one, which is at most 0x80.
    @inline(__always)
    func marks(below octet: UInt8) -> UInt64 {
        (word &- 0x0101_0101_0101_0101 &* UInt64(octet)) & ~word & 0x8080_8080_8080_8080
    }

    /// Marks octets that are this one.
    @inline(__always)
    func marks(of octet: UInt8) -> UInt64 {
        let other = word ^ 0x0101_0101_0101_0101 &* UInt64(octet)
        return (other &- 0x0101_0101_0101_0101) & ~other & 0x8080_8080_8080_8080
    }
}
