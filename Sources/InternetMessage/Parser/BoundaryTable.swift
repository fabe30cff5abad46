/// A line that separates or ends the parts of an open multipart.
struct BoundaryLine {
    let start: Int
    /// Where the next line begins.
    let next: Int
    /// Which open part it belongs to.
    let level: Int
    /// Whether it is the last boundary line of its multipart.
    let isClosing: Bool
}

/// The boundaries of all open multiparts, found in one look-up.
struct BoundaryTable {
    /// For each boundary the open parts that use it, innermost last.
    private var levels: [[UInt8]: [Int]] = [:]
    /// Boundaries whose multipart was ended but encloses the place that is read.
    private var ended: [[UInt8]: [Int]] = [:]
    /// One bit for each length modulo 64: most lines are turned away by it.
    private var lengths: UInt64 = 0
    private(set) var longest = 0

    var isEmpty: Bool { levels.isEmpty && ended.isEmpty }

    func isOpen(_ boundary: [UInt8]) -> Bool { levels[boundary] != nil }

    mutating func open(_ boundary: [UInt8], level: Int) {
        levels[boundary, default: []].append(level)
        lengths |= 1 << UInt64(boundary.count & 63)
        longest = max(longest, boundary.count)
    }

    /// The last boundary line was met: further ones belong to an enclosing multipart, if any.
    mutating func close(_ boundary: [UInt8], level: Int) {
        remove(boundary, level: level, from: &levels)
        ended[boundary, default: []].append(level)
    }

    /// The multipart itself has ended.
    mutating func forget(_ boundary: [UInt8], level: Int) {
        remove(boundary, level: level, from: &levels)
        remove(boundary, level: level, from: &ended)
        if isEmpty { (lengths, longest) = (0, 0) }
    }

    /// The innermost open multipart with this boundary.
    func level(of candidate: ArraySlice<UInt8>) -> Int? {
        guard mayHold(candidate.count) else { return nil }
        return levels[[UInt8](candidate)]?.last
    }

    func isEnded(_ candidate: ArraySlice<UInt8>) -> Bool {
        guard !ended.isEmpty, mayHold(candidate.count) else { return false }
        return ended[[UInt8](candidate)] != nil
    }

    private func mayHold(_ length: Int) -> Bool {
        length <= longest && lengths & (1 << UInt64(length & 63)) != 0
    }

    private func remove(
        _ boundary: [UInt8], level: Int, from table: inout [[UInt8]: [Int]]
    ) {
        guard var kept = table[boundary] else { return }
        kept.removeAll { $0 == level }
        table[boundary] = kept.isEmpty ? nil : kept
    }
}

extension EntityParser {
    /// The next boundary line of any open multipart, from the start of a line on.
    mutating func nextDelimiter(from start: Int) -> BoundaryLine? {
        guard !boundaries.isEmpty else { return nil }
        var position = start
        while position < source.count {
            if let line = delimiter(at: position) { return line }
            guard let end = source.position(of: lineEnd, from: position, to: source.count) else {
                return nil
            }
            position = end &+ 1
        }
        return nil
    }

    /// The boundary line that begins at `start`, when one does (RFC 2046 §5.1.1).
    mutating func delimiter(at start: Int) -> BoundaryLine? {
        guard source.count &- start > 2, source[start] == Octet.hyphen,
            source[start &+ 1] == Octet.hyphen, !boundaries.isEmpty
        else { return nil }
        let lineEnd = source.position(of: lineEnd, from: start, to: source.count)
        let next = lineEnd.map { $0 &+ 1 } ?? source.count
        var end = lineEnd ?? source.count
        while end > start, source[end &- 1].isWhitespace { end &-= 1 }
        guard end &- start > 2 else { return nil }
        let text = source[(start &+ 2)..<end]
        let level = boundaries.level(of: text)
        var closingLevel: Int?
        var stem: ArraySlice<UInt8>?
        if text.count > 2, text.suffix(2).allSatisfy({ $0 == Octet.hyphen }) {
            let before = text.dropLast(2)
            stem = before
            closingLevel = boundaries.level(of: before)
        }
        // "--x--" ends x, and separates the parts of a multipart whose boundary is "x--".
        if level != nil, closingLevel != nil { note(.ambiguousBoundaryLine, at: start) }
        if let level {
            return BoundaryLine(start: start, next: next, level: level, isClosing: false)
        }
        if let closingLevel {
            return BoundaryLine(start: start, next: next, level: closingLevel, isClosing: true)
        }
        if boundaries.isEnded(text) || stem.map({ boundaries.isEnded($0) }) == true {
            note(.delimiterAfterEnd, at: start)
        }
        return nil
    }
}
