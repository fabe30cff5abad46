/// Counts the line ends of a message, so that one kind can be chosen and the others be reported.
struct LineCensus {
    private var crlf = 0
    private var bareLineFeeds = 0
    private var bareCarriageReturns = 0
    private var firstBareLineFeed = 0
    private var firstBareCarriageReturn = 0
    private var firstNul: Int?
    private var firstOverlongLine: Int?

    /// What ends a line. A bare CR does so only where there is no LF at all: read as a line end
    /// beside LF it would let one message be two, for two readers.
    var lineEnd: UInt8 {
        crlf == 0 && bareLineFeeds == 0 && bareCarriageReturns > 0
            ? Octet.carriageReturn : Octet.lineFeed
    }

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var index = 0
            var lineStart = 0
            let count = buffer.count
            while index < count {
                // Words without any octet below 14 are passed over eight octets at a time.
                if index &+ 8 <= count {
                    let word = buffer.word(at: index)
                    let low = (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080
                    if low == 0 {
                        index &+= 8
                        continue
                    }
                    index &+= low.trailingZeroBitCount &>> 3
                }
                switch buffer[index] {
                case Octet.lineFeed:
                    noteLine(from: lineStart, to: index)
                    noteLineFeed(at: index, afterCR: index > 0 && buffer[index &- 1] == 0x0D)
                    lineStart = index &+ 1
                case Octet.carriageReturn:
                    if index &+ 1 >= count || buffer[index &+ 1] != Octet.lineFeed {
                        if bareCarriageReturns == 0 { firstBareCarriageReturn = index }
                        bareCarriageReturns &+= 1
                    }
                case 0:
                    if firstNul == nil { firstNul = index }
                default: break
                }
                index &+= 1
            }
            noteLine(from: lineStart, to: count)
        }
    }

    private mutating func noteLine(from start: Int, to end: Int) {
        // The CR of a CRLF is let pass: one octet does not matter here.
        if end &- start > Limits.lineBytes &+ 1, firstOverlongLine == nil {
            firstOverlongLine = start
        }
    }

    private mutating func noteLineFeed(at index: Int, afterCR: Bool) {
        if afterCR {
            crlf &+= 1
        } else {
            if bareLineFeeds == 0 { firstBareLineFeed = index }
            bareLineFeeds &+= 1
        }
    }

    func report(to log: inout DefectLog) {
        if bareLineFeeds > 0 {
            log.add(crlf > 0 ? .mixedLineEndings : .bareLineFeed, at: firstBareLineFeed)
        }
        if bareCarriageReturns > 0 { log.add(.bareCarriageReturn, at: firstBareCarriageReturn) }
        if let firstNul { log.add(.nulOctet, at: firstNul) }
        if let firstOverlongLine { log.add(.overlongLine, at: firstOverlongLine) }
    }
}
