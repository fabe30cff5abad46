/// A message's content where it lies: lines that end in CRLF, dots not stuffed.
public protocol OutgoingContent: Sendable {
    /// Octets of the whole content.
    var count: Int { get }

    /// Hands out the octets of a range, in order, in one piece or more. It may wait for the disk,
    /// and is never called on an event loop. Fewer octets than asked for fail the delivery, as an
    /// error does.
    func forEachPiece(
        in range: Range<Int>, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws
}

/// Content in memory: what was put before it, and the rest.
public struct MemoryContent: OutgoingContent {
    public let prefix: [UInt8]
    public let octets: [UInt8]

    public init(prefix: [UInt8] = [], _ octets: [UInt8]) {
        self.prefix = prefix
        self.octets = octets
    }

    public var count: Int { prefix.count + octets.count }

    public func forEachPiece(
        in range: Range<Int>, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let range = range.clamped(to: 0..<count)
        let first = range.clamped(to: 0..<prefix.count)
        if !first.isEmpty {
            try prefix.withUnsafeBytes { try take(UnsafeRawBufferPointer(rebasing: $0[first])) }
        }
        let start = max(0, range.lowerBound - prefix.count)
        let end = max(0, range.upperBound - prefix.count)
        if start < end {
            try octets.withUnsafeBytes {
                try take(UnsafeRawBufferPointer(rebasing: $0[start..<end]))
            }
        }
    }
}
