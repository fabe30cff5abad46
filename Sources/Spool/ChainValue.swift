import Crypto

/// A value of the chain: SHA-256 over the value before it and a record.
struct ChainValue: Hashable, Sendable {
    static let count = 32
    /// Before the first record.
    static let zero = ChainValue()

    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    private init() {}

    init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { ChainValue(reading: $0, at: 0) }
    }

    /// Reads 32 octets, which the buffer must have.
    init(reading buffer: UnsafeRawBufferPointer, at offset: Int) {
        first = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        second = buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
        third = buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)
        fourth = buffer.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
    }

    func store(to buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        storeSeal(to: buffer, at: offset)
        buffer.storeBytes(of: third, toByteOffset: offset + 16, as: UInt64.self)
        buffer.storeBytes(of: fourth, toByteOffset: offset + 24, as: UInt64.self)
    }

    /// The first half: it stands in the record itself, as its checksum.
    func storeSeal(to buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        buffer.storeBytes(of: first, toByteOffset: offset, as: UInt64.self)
        buffer.storeBytes(of: second, toByteOffset: offset + 8, as: UInt64.self)
    }

    /// Whether the 16 octets there are the first half of this value.
    func isSealed(in buffer: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        first == buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            && second == buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    }
}
