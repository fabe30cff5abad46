internal import NIOCore
internal import SMTP

/// Reads a message's content piece by piece, in the shape in which it goes over the wire.
struct ContentFeed: Sendable {
    /// The content gave out more or fewer octets than it had said.
    struct WrongCount: Error {}

    let content: any OutgoingContent
    let framing: ContentFraming
    private var position = 0
    private var stuffing = DotStuffing()
    private(set) var isAtEnd = false

    init(_ content: any OutgoingContent, _ framing: ContentFraming) {
        self.content = content
        self.framing = framing
    }

    /// All of it, for content that is short enough.
    mutating func whole() throws -> ByteBuffer {
        try next(content.count)
    }

    /// The next piece; with the last one `isAtEnd` becomes true. May wait for the disk.
    mutating func next(_ octets: Int = Limits.pieceOctets) throws -> ByteBuffer {
        let range = position..<min(content.count, position + octets)
        // Room for a few dots, and for the last one.
        var buffer = ByteBufferAllocator().buffer(capacity: range.count + 64)
        var count = 0
        if !range.isEmpty {
            try content.forEachPiece(in: range) { piece in
                count += piece.count
                switch framing {
                case .counted: buffer.writeBytes(piece)
                case .dotted: stuffing.encode(piece) { buffer.writeBytes($0) }
                }
            }
        }
        guard count == range.count else { throw WrongCount() }
        position = range.upperBound
        if position == content.count {
            isAtEnd = true
            if framing == .dotted { stuffing.finish { buffer.writeBytes($0) } }
        }
        return buffer
    }
}
