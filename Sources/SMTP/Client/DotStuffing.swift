/// Makes content fit to stand behind DATA: a dot before every dot that begins a line, and a dot
/// alone at the end (RFC 5321 §4.5.2).
///
/// Every line it lets out ends in CRLF. A CR or LF alone becomes CRLF, because servers that take
/// one for the end of a line could read a second message in the first (RFC 5321 §2.3.8, §4.1.1.4).
public struct DotStuffing: Hashable, Sendable {
    /// Takes the next octets of the result.
    public typealias Output = (UnsafeRawBufferPointer) throws -> Void

    /// How many line ends had to be made whole.
    public private(set) var repairedLineEnds = 0
    private var isAtLineStart = true
    /// The last octet of the part before was a CR.
    private var hasOpenCR = false

    public init() {}

    /// Hands out a part of the content, in runs that are as long as possible, with what belongs
    /// between them.
    public mutating func encode(_ octets: UnsafeRawBufferPointer, _ output: Output) rethrows {
        guard let first = octets.first else { return }
        // What has not been handed out begins here.
        var run = 0
        var index = 0
        if hasOpenCR {
            hasOpenCR = false
            isAtLineStart = true
            if first == Octets.lineFeed { index = 1 } else { try repair("\n", output) }
        }
        while index < octets.count {
            if isAtLineStart, octets[index] == Octets.dot {
                try Self.emit(octets, run..<index, output)
                try Self.emit(".", output)
                run = index
            }
            isAtLineStart = false
            index = Self.lineEnd(in: octets, from: index)
            guard index < octets.count else { break }
            if octets[index] == Octets.lineFeed {
                try Self.emit(octets, run..<index, output)
                try repair("\r\n", output)
                index += 1
                run = index
            } else if index + 1 == octets.count {
                hasOpenCR = true
                break
            } else if octets[index + 1] == Octets.lineFeed {
                index += 2
            } else {
                index += 1
                try Self.emit(octets, run..<index, output)
                try repair("\n", output)
                run = index
            }
            isAtLineStart = true
        }
        try Self.emit(octets, run..<octets.count, output)
    }

    /// Ends the last line, if need be, and the content.
    public mutating func finish(_ output: Output) rethrows {
        if hasOpenCR {
            try repair("\n", output)
        } else if !isAtLineStart {
            try repair("\r\n", output)
        }
        try Self.emit(".\r\n", output)
        hasOpenCR = false
        isAtLineStart = true
    }

    private mutating func repair(_ lineEnd: StaticString, _ output: Output) rethrows {
        repairedLineEnds += 1
        try Self.emit(lineEnd, output)
    }

    private static func emit(_ text: StaticString, _ output: Output) rethrows {
        try output(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func emit(
        _ octets: UnsafeRawBufferPointer, _ range: Range<Int>, _ output: Output
    ) rethrows {
        if !range.isEmpty { try output(UnsafeRawBufferPointer(rebasing: octets[range])) }
    }

    /// The next CR or LF, or the end. Eight octets are looked at in one step.
    private static func lineEnd(in octets: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= octets.count {
            let word = UInt64(
                littleEndian: octets.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let found =
                zeroes(in: word ^ 0x0D0D_0D0D_0D0D_0D0D)
                | zeroes(in: word ^ 0x0A0A_0A0A_0A0A_0A0A)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < octets.count, octets[index] != Octets.lineFeed,
            octets[index] != Octets.carriageReturn
        {
            index += 1
        }
        return index
    }

    /// The highest bit of each octet that is zero; bits above the lowest of them may be wrong.
    private static func zeroes(in word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
