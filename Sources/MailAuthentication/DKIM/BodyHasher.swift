/// Hashes a body in its canonical form while it passes by in pieces (RFC 6376 §3.4.3 and §3.4.4).
///
/// Octets that are canonical as they stand go to the digest from where they lie; only what changes
/// is written anew. Between pieces nothing is kept but what the next octet decides: a CR, blanks,
/// line ends that may be the last.
struct BodyHasher {
    private let isRelaxed: Bool
    private let endsAtBareLF: Bool
    private var digest: CanonicalDigest
    /// Line ends that count only when content follows.
    private var pendingLineEnds = 0
    /// A CR whose LF may follow.
    private var isCRPending = false
    /// Blanks that count only when content follows on the line.
    private var isBlankPending = false

    init(
        _ form: Canonicalization, _ hash: HashAlgorithm, limit: Int?,
        lineEnds: RawMessage.LineEnds
    ) {
        isRelaxed = form == .relaxed
        endsAtBareLF = lineEnds == .bareLineFeeds
        digest = CanonicalDigest(hash, limit: limit)
    }

    mutating func update(_ piece: UnsafeRawBufferPointer) {
        var index = 0
        while index < piece.count {
            let octet = piece[index]
            if isCRPending {
                isCRPending = false
                if octet == Octet.lineFeed {
                    endLine()
                    index &+= 1
                    continue
                }
                beginContent()
                digest.append(Octet.carriageReturn)
            }
            if octet == Octet.carriageReturn {
                isCRPending = true
                index &+= 1
            } else if octet == Octet.lineFeed, endsAtBareLF {
                endLine()
                index &+= 1
            } else if isRelaxed, octet.isBlank {
                isBlankPending = true
                index &+= 1
            } else {
                beginContent()
                let end = endOfRun(piece, from: index)
                digest.append(UnsafeRawBufferPointer(rebasing: piece[index..<end]))
                index = end
            }
        }
    }

    mutating func finish() -> BodyHash {
        if isCRPending {
            isCRPending = false
            beginContent()
            digest.append(Octet.carriageReturn)
        }
        // An empty body is one line end in the simple form and nothing in the relaxed one.
        if digest.canonicalCount > 0 || !isRelaxed { digest.appendLineEnds(1) }
        return digest.finish()
    }

    private mutating func endLine() {
        isBlankPending = false
        pendingLineEnds &+= 1
    }

    private mutating func beginContent() {
        if pendingLineEnds > 0 {
            digest.appendLineEnds(pendingLineEnds)
            pendingLineEnds = 0
        }
        if isBlankPending {
            digest.append(Octet.space)
            isBlankPending = false
        }
    }

    /// The end of the longest part that starts with content, ends with content and is canonical as
    /// it stands. What is scanned beyond it is neither, so every octet is looked at twice at most.
    private func endOfRun(_ piece: UnsafeRawBufferPointer, from start: Int) -> Int {
        if isRelaxed { return endOfRelaxedRun(piece, from: start) }
        return endsAtBareLF
            ? endOfLine(piece, from: start) : endWithoutLineEnds(piece, from: start)
    }

    /// Simple, as sent: everything but the line ends at the piece's end.
    private func endWithoutLineEnds(_ piece: UnsafeRawBufferPointer, from start: Int) -> Int {
        var end = piece.count
        if piece[end &- 1] == Octet.carriageReturn { end &-= 1 }
        while end &- start > 2, piece[end &- 1] == Octet.lineFeed,
            piece[end &- 2] == Octet.carriageReturn
        {
            end &-= 2
        }
        return end
    }

    /// Simple, from a Unix file: the rest of the line.
    private func endOfLine(_ piece: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start &+ 1
        while index < piece.count {
            if index &+ 8 <= piece.count {
                let word = OctetWord(piece, at: index)
                let plain = word.marks(below: Octet.space).trailingZeroBitCount &>> 3
                index &+= plain
                if plain == 8 { continue }
            }
            let octet = piece[index]
            if octet == Octet.lineFeed || octet == Octet.carriageReturn { return index }
            index &+= 1
        }
        return index
    }

    /// Relaxed: up to a tab, a blank that something else than content follows, or a bare LF that
    /// stands for CRLF; then back over the blanks and line ends that may be the last.
    private func endOfRelaxedRun(_ piece: UnsafeRawBufferPointer, from start: Int) -> Int {
        let count = piece.count
        var index = start &+ 1
        // Four words at a time as long as none of them has a stop.
        while index &+ 32 <= count {
            let stops =
                stops(piece, at: index) | stops(piece, at: index &+ 8)
                | stops(piece, at: index &+ 16) | stops(piece, at: index &+ 24)
            if stops != 0 { break }
            index &+= 32
        }
        scan: while index < count {
            if index &+ 8 <= count, stops(piece, at: index) == 0 {
                index &+= 8
                continue
            }
            let end = min(count, index &+ 8)
            while index < end {
                if isStop(piece[index], behind: piece[index &- 1]) { break scan }
                index &+= 1
            }
        }
        var end = index
        while end &- start > 1 {
            let last = piece[end &- 1]
            if last == Octet.space {
                end &-= 1
            } else if last == Octet.lineFeed, piece[end &- 2] == Octet.carriageReturn,
                end &- start > 2
            {
                end &-= 2
            } else if last == Octet.carriageReturn, end == count {
                // Its LF may begin the next piece.
                end &-= 1
            } else {
                break
            }
        }
        return end
    }

    /// Marks those of eight octets that may be a stop; more than are one may look so.
    @inline(__always)
    private func stops(_ piece: UnsafeRawBufferPointer, at index: Int) -> UInt64 {
        let word = OctetWord(piece, at: index)
        let before = OctetWord(piece, at: index &- 1)
        let stops =
            word.marks(of: Octet.tab)
            | before.marks(of: Octet.space) & word.marks(below: Octet.space + 1)
        return endsAtBareLF ? stops | word.marks(of: Octet.lineFeed) : stops
    }

    private func isStop(_ octet: UInt8, behind previous: UInt8) -> Bool {
        switch octet {
        case Octet.tab: true
        case Octet.space, Octet.carriageReturn: previous == Octet.space
        case Octet.lineFeed: endsAtBareLF && previous != Octet.carriageReturn
        default: false
        }
    }
}
