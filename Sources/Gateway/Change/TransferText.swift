/// Writes octets for transfer (RFC 2045 §6.7, §6.8), and reads quoted-printable with the places of
/// what it reads.
enum TransferText {
    private static let digits = Array("0123456789ABCDEF".utf8)
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    // MARK: Quoted-printable

    /// Text as quoted-printable: its line ends stay line ends, and no line is longer than 76.
    static func quotedPrintable(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 8)
        var width = 0
        var index = 0
        while index < text.count {
            let octet = text[index]
            index += 1
            let isBreak =
                octet == 0x0A || (octet == 0x0D && index < text.count && text[index] == 0x0A)
            if isBreak {
                if octet == 0x0D { index += 1 }
                output += [0x0D, 0x0A]
                width = 0
                continue
            }
            let isBlank = octet == 0x20 || octet == 0x09
            // A blank before a line end is lost on the way.
            let isLast = index == text.count || text[index] == 0x0D || text[index] == 0x0A
            let isPlain =
                (0x21...0x7E).contains(octet) && octet != 0x3D || isBlank && !isLast
            if width + (isPlain ? 1 : 3) > 75 {
                output += [0x3D, 0x0D, 0x0A]
                width = 0
            }
            if isPlain {
                output.append(octet)
                width += 1
            } else {
                output += [0x3D, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
                width += 3
            }
        }
        return output
    }

    /// Hands on each octet of a quoted-printable text with the place of what stands for it, until
    /// `take` says that it has enough.
    static func forEachQuotedPrintable(
        _ source: [UInt8], in range: Range<Int>, _ take: (UInt8, Range<Int>) -> Bool
    ) {
        let range = range.clamped(to: 0..<source.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let octet = source[position]
            if octet == 0x20 || octet == 0x09 {
                let end = endOfBlanks(source, position, range.upperBound)
                // RFC 2045 §6.7, rule 3: blanks before a line end are not part of the text.
                if !isAtLineEnd(source, end, range.upperBound) {
                    for place in position..<end where take(source[place], place..<place + 1) {
                        return
                    }
                }
                position = end
                continue
            }
            var next = position + 1
            if octet == 0x3D {
                let end = endOfBlanks(source, next, range.upperBound)
                if isAtLineEnd(source, end, range.upperBound) {
                    position = behindLineEnd(source, end, range.upperBound)
                    continue
                }
                if next + 1 < range.upperBound, let high = hexadecimal(source[next]),
                    let low = hexadecimal(source[next + 1])
                {
                    next += 2
                    if take(high << 4 | low, position..<next) { return }
                    position = next
                    continue
                }
            }
            if take(octet, position..<next) { return }
            position = next
        }
    }

    private static func endOfBlanks(_ source: [UInt8], _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, source[index] == 0x20 || source[index] == 0x09 { index += 1 }
        return index
    }

    private static func isAtLineEnd(_ source: [UInt8], _ index: Int, _ end: Int) -> Bool {
        index == end || source[index] == 0x0A
            || (source[index] == 0x0D && index + 1 < end && source[index + 1] == 0x0A)
    }

    private static func behindLineEnd(_ source: [UInt8], _ index: Int, _ end: Int) -> Int {
        guard index < end else { return end }
        return source[index] == 0x0D ? index + 2 : index + 1
    }

    private static func hexadecimal(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x41 + 10
        case 0x61...0x66: octet - 0x61 + 10
        default: nil
        }
    }

    // MARK: Base64

    /// Base64 in lines of 76 letters, each with its line end.
    static func base64Lines(_ octets: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(octets.count / 57 * 78 + 80)
        for start in stride(from: 0, to: octets.count, by: 57) {
            append(octets[start..<min(start + 57, octets.count)], to: &output)
            output += [0x0D, 0x0A]
        }
        return output
    }

    /// Base64 on one line.
    static func base64(_ octets: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        append(octets[...], to: &output)
        return output
    }

    private static func append(_ octets: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var index = octets.startIndex
        while index < octets.endIndex {
            let count = min(3, octets.endIndex - index)
            var bits = UInt32(octets[index]) << 16
            if count > 1 { bits |= UInt32(octets[index + 1]) << 8 }
            if count > 2 { bits |= UInt32(octets[index + 2]) }
            for place in 0..<4 {
                output.append(
                    place <= count ? alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63] : 0x3D)
            }
            index += count
        }
    }
}
