/// Finds the lines of a body that comes in pieces cut anywhere.
struct BodyLineReader {
    /// Lines that have ended.
    private(set) var endedLines = 0
    /// Whether octets of a line were read whose end was not.
    private(set) var isInLine = false
    private var isBehindCR = false
    private let endsAtBareLF: Bool

    init(_ lineEnds: RawMessage.LineEnds) {
        endsAtBareLF = lineEnds == .bareLineFeeds
    }

    /// Reads on until `line` lines have ended or the piece is over; returns the position behind.
    mutating func skip(
        _ piece: UnsafeRawBufferPointer, from start: Int, toLine line: Int
    ) -> Int {
        var index = start
        while index < piece.count {
            guard endedLines < line else { return index }
            let octet = piece[index]
            index &+= 1
            if octet == Octet.lineFeed, isBehindCR || endsAtBareLF {
                endedLines &+= 1
                isInLine = false
                isBehindCR = false
            } else {
                isInLine = true
                isBehindCR = octet == Octet.carriageReturn
            }
        }
        return index
    }
}
