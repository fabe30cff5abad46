/// Decodes uuencoded bodies: the lines between `begin` and `end`; without a `begin` line, all.
enum UUDecoder {
    static func decode(_ source: [UInt8], in range: Range<Int>, limit: Int) -> DecodedBody {
        var body = DecodedBody(bytes: [])
        var position = start(source, range, defects: &body.defects)
        while position < range.upperBound {
            let found = source.position(of: Octet.lineFeed, from: position, to: range.upperBound)
            var end = found ?? range.upperBound
            let next = found.map { $0 &+ 1 } ?? range.upperBound
            if end > position, source[end &- 1] == Octet.carriageReturn { end &-= 1 }
            if source.hasPrefix("end", at: position, to: end), end &- position == 3 { break }
            decodeLine(source, position..<end, into: &body)
            if body.bytes.count > limit {
                body.bytes.removeLast(body.bytes.count &- limit)
                body.isTruncated = true
                break
            }
            position = next
        }
        return body
    }

    /// Where the first data line begins.
    private static func start(
        _ source: [UInt8], _ range: Range<Int>, defects: inout Set<Defect.Code>
    ) -> Int {
        var position = range.lowerBound
        while position < range.upperBound {
            let found = source.position(of: Octet.lineFeed, from: position, to: range.upperBound)
            let next = found.map { $0 &+ 1 } ?? range.upperBound
            if source.hasPrefix("begin ", at: position, to: next),
                position &+ 6 < next, source[position &+ 6].isDigit
            {
                return next
            }
            position = next
        }
        defects.insert(.uuencodeMalformed)
        return range.lowerBound
    }

    private static func decodeLine(
        _ source: [UInt8], _ line: Range<Int>, into body: inout DecodedBody
    ) {
        guard let first = line.first else { return }
        let length = Int((source[first] &- 0x20) & 0x3F)
        guard length > 0 else { return }
        var written = 0
        var index = first &+ 1
        while written < length {
            guard index < line.upperBound else {
                body.defects.insert(.uuencodeMalformed)
                return
            }
            // Blanks at the end of a line are often lost on the way: they are zeros.
            var group: UInt32 = 0
            for place in 0..<4 {
                let octet = index &+ place < line.upperBound ? source[index &+ place] : Octet.space
                group = group &<< 6 | UInt32((octet &- 0x20) & 0x3F)
            }
            for place in 0..<min(3, length &- written) {
                body.bytes.append(UInt8(truncatingIfNeeded: group &>> UInt32(16 &- place &* 8)))
            }
            written &+= 3
            index &+= 4
        }
    }
}
