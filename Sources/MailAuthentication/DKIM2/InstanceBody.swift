/// The body of one instance of a message, as parts of the body that is at hand and lines from
/// recipes. Nothing is copied: since recipes copy in ascending order, so does their sum, and the
/// body is read once from start to end however many recipes lie between.
struct InstanceBody: Sendable {
    private enum Part: Sendable {
        /// Lines of the body at hand, numbered from 0.
        case lines(Range<Int>)
        case text([String])

        var count: Int {
            switch self {
            case .lines(let range): range.count
            case .text(let lines): lines.count
            }
        }

        func slice(_ range: Range<Int>) -> Part {
            switch self {
            case .lines(let lines):
                .lines(lines.lowerBound + range.lowerBound..<lines.lowerBound + range.upperBound)
            case .text(let lines): .text(Array(lines[range]))
            }
        }
    }

    private var parts: [Part]
    private var lineCount: Int
    /// Octets of all text parts.
    private var textOctets = 0

    /// The body at hand itself.
    init(of message: RawMessage) {
        var reader = BodyLineReader(message.lineEnds)
        message.body.forEachPiece { _ = reader.skip($0, from: 0, toLine: .max) }
        lineCount = reader.endedLines + (reader.isInLine ? 1 : 0)
        parts = lineCount > 0 ? [.lines(0..<lineCount)] : []
    }

    /// Restores the former instance's body.
    mutating func apply(_ steps: [MessageRecipe.Step]) throws(DKIM2Fault) {
        var output: [Part] = []
        var count = 0
        var position = 0
        var start = 0
        for step in steps {
            switch step {
            case .text(let lines):
                output.append(.text(lines))
                count += lines.count
            case .copy(let range):
                guard range.upperBound <= lineCount else {
                    throw DKIM2Fault(
                        "copies line \(range.upperBound) of a body that has \(lineCount)")
                }
                var next = range.lowerBound - 1
                while next < range.upperBound {
                    let part = parts[position]
                    if next >= start + part.count {
                        start += part.count
                        position += 1
                        continue
                    }
                    let end = min(range.upperBound, start + part.count)
                    output.append(part.slice(next - start..<end - start))
                    next = end
                }
                count += range.count
            }
        }
        parts = output
        lineCount = count
        textOctets = parts.reduce(0) { sum, part in
            guard case .text(let lines) = part else { return sum }
            return sum + lines.reduce(0) { $0 + $1.utf8.count + 2 }
        }
    }

    /// The SHA-256 of the body in DKIM's simple form (draft-ietf-dkim-dkim2-spec-04 §6.1).
    func hash(from message: RawMessage) -> [UInt8] {
        var hasher = BodyHasher(.simple, .sha256, limit: nil, lineEnds: message.lineEnds)
        read(from: message) { hasher.update($0) }
        return hasher.finish().digest
    }

    /// The body in memory; nil when it is larger than `limit` octets.
    func octets(from message: RawMessage, limit: Int) -> [UInt8]? {
        guard message.body.count &+ textOctets <= limit else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(message.body.count + textOctets)
        read(from: message) { output.append(contentsOf: $0) }
        return output
    }

    private func read(from message: RawMessage, _ use: (UnsafeRawBufferPointer) -> Void) {
        var reader = BodyLineReader(message.lineEnds)
        var rest = parts[...]
        Self.passTexts(&rest, use)
        message.body.forEachPiece { piece in
            var start = 0
            while start < piece.count, case .lines(let range)? = rest.first {
                // What lies before the range is passed over, the range itself is handed on.
                let isInside = reader.endedLines >= range.lowerBound
                let end = reader.skip(
                    piece, from: start, toLine: isInside ? range.upperBound : range.lowerBound)
                if isInside { use(UnsafeRawBufferPointer(rebasing: piece[start..<end])) }
                start = end
                if reader.endedLines >= range.upperBound {
                    rest.removeFirst()
                    Self.passTexts(&rest, use)
                }
            }
        }
        if case .lines(let range)? = rest.first, reader.isInLine,
            reader.endedLines >= range.lowerBound
        {
            // The last line has no end, and what follows must not be glued to it.
            [Octet.carriageReturn, Octet.lineFeed].withUnsafeBytes(use)
            rest.removeFirst()
            Self.passTexts(&rest, use)
        }
    }

    private static func passTexts(
        _ rest: inout ArraySlice<Part>, _ use: (UnsafeRawBufferPointer) -> Void
    ) {
        while case .text(let lines)? = rest.first {
            for line in lines { Array("\(line)\r\n".utf8).withUnsafeBytes(use) }
            rest.removeFirst()
        }
    }
}
