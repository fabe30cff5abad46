/// Turns what a client sends as content into the content: dots unstuffed, the end found, line ends
/// made CRLF (RFC 5321 §4.5.2, §2.3.8).
///
/// Only CRLF "." CRLF ends a message. An LF alone ends a line of the content and nothing else; a CR
/// alone is told. So no two servers can see different ends in what we pass on: whatever we send goes
/// out with CRLF alone, and with every dot stuffed.
struct ContentDecoder: Sendable {
    private enum State: UInt8 {
        /// After CRLF, where a dot counts.
        case lineStart
        /// A dot at the start of a line, not yet passed on.
        case dot
        /// The dot and a CR.
        case dotReturn
        case text
        /// A CR, not yet passed on.
        case carriageReturn
    }

    /// Where one call of `decode` is.
    private struct Pass {
        var index = 0
        /// What may be passed on as it stands, from here to `index`.
        var run = 0
        let isChunk: Bool
        let isKept: Bool
    }

    private var state = State.lineStart
    /// Octets of content so far, kept or passed over.
    private(set) var octets = 0
    /// Octets of the line so far.
    private var lineLength = 0
    private(set) var hasBareLineFeed = false
    private(set) var hasBareReturn = false
    private(set) var hasNUL = false
    private(set) var hasEightBit = false
    private(set) var hasLongLine = false

    /// Whether the content so far ends with a line end, or is empty.
    var isAtLineStart: Bool { state == .lineStart || state == .text && lineLength == 0 }

    /// Decodes up to the end of the message and appends to `output`; returns how many octets were
    /// used and whether the end was among them.
    ///
    /// - Parameters:
    ///   - isChunk: BDAT: no dots, and no end but the count (RFC 3030 §2).
    ///   - isKept: False passes over the octets.
    mutating func decode(
        _ octets: Span<UInt8>, isChunk: Bool, isKept: Bool, into output: inout [UInt8]
    ) -> (used: Int, isEnd: Bool) {
        var pass = Pass(isChunk: isChunk, isKept: isKept)
        while pass.index < octets.count {
            switch state {
            case .text: text(octets, &pass, &output)
            case .lineStart: lineStart(octets, &pass, &output)
            case .dot: dot(octets, &pass, &output)
            case .dotReturn:
                if octets[pass.index] == Octets.lineFeed {
                    state = .lineStart
                    return (pass.index + 1, true)
                }
                hasBareReturn = true
                pass.run = pass.index
                state = .text
            case .carriageReturn: carriageReturn(octets, &pass, &output)
            }
        }
        flush(octets, pass, &output)
        return (pass.index, false)
    }

    /// BINARYMIME: the octets are the content, whatever they are (RFC 3030 §3).
    mutating func keep(_ piece: Span<UInt8>, isKept: Bool, into output: inout [UInt8]) {
        octets += piece.count
        guard isKept else { return }
        piece.withUnsafeBufferPointer { output.append(contentsOf: $0) }
    }

    /// BDAT: the last chunk is over; a CR may be left without its LF.
    mutating func endChunks() {
        if state == .carriageReturn { hasBareReturn = true }
    }

    private mutating func flush(_ octets: Span<UInt8>, _ pass: Pass, _ output: inout [UInt8]) {
        guard pass.run < pass.index else { return }
        self.octets += pass.index - pass.run
        guard pass.isKept else { return }
        octets.extracting(pass.run..<pass.index).withUnsafeBufferPointer {
            output.append(contentsOf: $0)
        }
    }

    private mutating func lineStart(
        _ octets: Span<UInt8>, _ pass: inout Pass, _ output: inout [UInt8]
    ) {
        lineLength = 0
        state = .text
        guard octets[pass.index] == Octets.dot, !pass.isChunk else { return }
        flush(octets, pass, &output)
        pass.index += 1
        pass.run = pass.index
        state = .dot
    }

    private mutating func text(
        _ octets: Span<UInt8>, _ pass: inout Pass, _ output: inout [UInt8]
    ) {
        let end = plainEnd(octets, from: pass.index)
        lineLength += end - pass.index
        pass.index = end
        guard end < octets.count else { return }
        switch octets[end] {
        case Octets.carriageReturn
        where end + 1 < octets.count && octets[end + 1] == Octets.lineFeed:
            pass.index += 2
            endLine()
        case Octets.carriageReturn:
            flush(octets, pass, &output)
            pass.index += 1
            pass.run = pass.index
            state = .carriageReturn
        case Octets.lineFeed:
            hasBareLineFeed = true
            flush(octets, pass, &output)
            putLineEnd(pass, &output)
            pass.index += 1
            pass.run = pass.index
            endLine()
            state = .text
        default:
            hasNUL = true
            pass.index += 1
            lineLength += 1
        }
    }

    private mutating func dot(
        _ octets: Span<UInt8>, _ pass: inout Pass, _ output: inout [UInt8]
    ) {
        if octets[pass.index] == Octets.carriageReturn {
            pass.index += 1
            pass.run = pass.index
            state = .dotReturn
            return
        }
        // The dot of ".x" is stuffing; that of "." LF is not, and stays to be seen.
        if octets[pass.index] == Octets.lineFeed {
            self.octets += 1
            if pass.isKept { output.append(Octets.dot) }
        }
        pass.run = pass.index
        state = .text
    }

    private mutating func carriageReturn(
        _ octets: Span<UInt8>, _ pass: inout Pass, _ output: inout [UInt8]
    ) {
        guard octets[pass.index] == Octets.lineFeed else {
            hasBareReturn = true
            pass.run = pass.index
            state = .text
            return
        }
        putLineEnd(pass, &output)
        pass.index += 1
        pass.run = pass.index
        endLine()
    }

    private mutating func putLineEnd(_ pass: Pass, _ output: inout [UInt8]) {
        octets += 2
        guard pass.isKept else { return }
        output.append(Octets.carriageReturn)
        output.append(Octets.lineFeed)
    }

    private mutating func endLine() {
        if lineLength > Limits.contentLineOctets { hasLongLine = true }
        lineLength = 0
        state = .lineStart
    }

    /// The first CR, LF or NUL, eight octets at a time.
    private mutating func plainEnd(_ octets: Span<UInt8>, from start: Int) -> Int {
        let raw = octets.bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var index = start
        var seen: UInt64 = 0
        defer { if seen & tops != 0 { hasEightBit = true } }
        while index + 8 <= raw.byteCount {
            let word = UInt64(
                littleEndian: raw.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: index, as: UInt64.self))
            let returns = word ^ (ones &* 0x0D)
            let feeds = word ^ (ones &* 0x0A)
            // The top bit of each octet that is zero; false ones lie only behind a true one.
            let found =
                ((returns &- ones) & ~returns) | ((feeds &- ones) & ~feeds)
                | ((word &- ones) & ~word)
            let hits = found & tops
            guard hits == 0 else {
                let length = hits.trailingZeroBitCount / 8
                seen |= word & ((1 << UInt64(length * 8)) - 1)
                return index + length
            }
            seen |= word
            index += 8
        }
        while index < octets.count {
            let octet = octets[index]
            if octet == 0x0D || octet == 0x0A || octet == 0 { return index }
            seen |= UInt64(octet)
            index += 1
        }
        return index
    }
}
