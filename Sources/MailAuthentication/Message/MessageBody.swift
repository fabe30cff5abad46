/// The octets of a message behind the empty line, wherever they lie: in memory, in a mapped file,
/// in a spool. Whoever hashes them reads them in pieces, so that a large message is never copied.
public protocol MessageBody: Sendable {
    /// Octets in all.
    var count: Int { get }

    /// Hands the octets on in order, in pieces of any size above zero. A piece is valid only during
    /// the call.
    func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void)
}

/// A body in memory, without a copy of its own: it shares the array it was cut from.
public struct BodyInMemory: MessageBody {
    private let octets: ArraySlice<UInt8>

    public init(_ octets: ArraySlice<UInt8>) {
        self.octets = octets
    }

    public init(_ octets: [UInt8]) {
        self.octets = octets[...]
    }

    public var count: Int { octets.count }

    public func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
        guard !octets.isEmpty else { return }
        octets.withUnsafeBytes(use)
    }
}
