/// Decodes quoted-printable as it is met in mail (RFC 2045 §6.7): small hexadecimal letters are
/// read, blanks at the end of a line are dropped, and what is no escape stays as it is.
enum QuotedPrintableDecoder {
    static func decode(_ source: [UInt8], in range: Range<Int>, limit: Int) -> DecodedBody {
        var body = DecodedBody(bytes: [])
        body.bytes.reserveCapacity(min(limit, range.count))
        var position = range.lowerBound
        while position < range.upperBound, !body.isTruncated {
            let found = source.position(of: Octet.lineFeed, from: position, to: range.upperBound)
            let next = found.map { $0 &+ 1 } ?? range.upperBound
            var end = found ?? range.upperBound
            if found != nil, end > position, source[end &- 1] == Octet.carriageReturn { end &-= 1 }
            decodeLine(source, position..<end, lineEnd: end..<next, into: &body)
            if body.bytes.count > limit {
                body.bytes.removeLast(body.bytes.count &- limit)
                body.isTruncated = true
            }
            position = next
        }
        return body
    }

    private static func decodeLine(
        _ source: [UInt8], _ line: Range<Int>, lineEnd: Range<Int>, into body: inout DecodedBody
    ) {
        var end = line.upperBound
        while end > line.lowerBound, source[end &- 1].isBlank { end &-= 1 }
        var index = line.lowerBound
        while index < end {
            guard
                let escape = source.position(of: Octet.equals, from: index, to: end)
            else {
                body.bytes += source[index..<end]
                break
            }
            body.bytes += source[index..<escape]
            if escape &+ 1 == end { return }  // A soft line break: the line goes on.
            if escape &+ 2 < end, let high = source[escape &+ 1].hexValue,
                let low = source[escape &+ 2].hexValue
            {
                body.bytes.append(high &<< 4 | low)
                index = escape &+ 3
            } else {
                body.defects.insert(.quotedPrintableMalformed)
                body.bytes.append(Octet.equals)
                index = escape &+ 1
            }
        }
        body.bytes += source[lineEnd]
    }
}
