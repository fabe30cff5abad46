import Crypto

/// A digest that is fed in large pieces, counts the canonical octets and stops at `l=`.
struct CanonicalDigest {
    private(set) var canonicalCount = 0

    private let limit: Int
    private var hashedCount = 0
    /// One of the two is in use.
    private var sha256: SHA256?
    private var sha1: Insecure.SHA1?
    /// What is put together from small parts; empty until there are some.
    private var scratch: [UInt8] = []
    private var scratchCount = 0

    private static let capacity = 512
    /// A part of this size goes to the digest from where it lies.
    private static let largePart = 512
    private static let lineEnds = [UInt8](
        repeatElement([Octet.carriageReturn, Octet.lineFeed], count: 512).joined())

    init(_ hash: HashAlgorithm, limit: Int?) {
        self.limit = max(0, limit ?? Int.max)
        switch hash {
        case .sha256: sha256 = SHA256()
        case .sha1: sha1 = Insecure.SHA1()
        }
    }

    @inline(__always)
    mutating func append(_ octet: UInt8) {
        canonicalCount &+= 1
        guard hashedCount < limit else { return }
        hashedCount &+= 1
        makeRoom(for: 1)
        scratch[scratchCount] = octet
        scratchCount &+= 1
    }

    mutating func append(_ part: UnsafeRawBufferPointer) {
        canonicalCount &+= part.count
        let count = min(part.count, limit &- hashedCount)
        guard count > 0 else { return }
        hashedCount &+= count
        let part = UnsafeRawBufferPointer(rebasing: part[..<count])
        if count >= Self.largePart {
            flush()
            feed(part)
            return
        }
        makeRoom(for: count)
        let start = scratchCount
        scratch.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[start...]).copyMemory(from: part)
        }
        scratchCount &+= count
    }

    mutating func appendLineEnds(_ number: Int) {
        var left = number
        while left > 0 {
            let count = min(left, Self.lineEnds.count / 2)
            Self.lineEnds.withUnsafeBytes {
                append(UnsafeRawBufferPointer(rebasing: $0[..<(2 &* count)]))
            }
            left &-= count
        }
    }

    mutating func finish() -> BodyHash {
        flush()
        var octets: [UInt8] = []
        if let sha256 { octets = Array(sha256.finalize()) }
        if let sha1 { octets = Array(sha1.finalize()) }
        return BodyHash(
            digest: octets, canonicalCount: canonicalCount, hashedCount: hashedCount)
    }

    @inline(__always)
    private mutating func makeRoom(for count: Int) {
        if scratch.isEmpty {
            scratch = [UInt8](repeating: 0, count: Self.capacity)
        }
        if scratchCount &+ count > Self.capacity { flush() }
    }

    private mutating func flush() {
        guard scratchCount > 0 else { return }
        let count = scratchCount
        scratchCount = 0
        scratch.withUnsafeBytes {
            let part = UnsafeRawBufferPointer(rebasing: $0[..<count])
            sha256?.update(bufferPointer: part)
            sha1?.update(bufferPointer: part)
        }
    }

    private mutating func feed(_ part: UnsafeRawBufferPointer) {
        sha256?.update(bufferPointer: part)
        sha1?.update(bufferPointer: part)
    }
}
