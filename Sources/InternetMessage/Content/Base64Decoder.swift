/// Decodes base64 as it is met in mail (RFC 2045 §6.8): line ends and foreign characters are passed
/// over, missing padding is forgiven, and what follows padding is decoded as well.
enum Base64Decoder {
    private static let skip: UInt8 = 0x40
    private static let junk: UInt8 = 0x41
    private static let pad: UInt8 = 0x42

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: junk, count: 256)
        let alphabet: StaticString =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        alphabet.withUTF8Buffer {
            for (value, octet) in $0.enumerated() {
                table[Int(octet)] = UInt8(value)
            }
        }
        for blank in [Octet.space, Octet.tab, Octet.lineFeed, Octet.carriageReturn] {
            table[Int(blank)] = skip
        }
        table[Int(Octet.equals)] = pad
        return table
    }()

    static func decode(_ source: [UInt8], in range: Range<Int>, limit: Int) -> DecodedBody {
        // The result is at most this long, so that one allocation is enough.
        let capacity = min(limit, range.count / 4 &* 3 &+ 3)
        var state = State()
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, written in
            source.withUnsafeBufferPointer { input in
                values.withUnsafeBufferPointer { table in
                    written = state.run(input, range, table, into: output)
                }
            }
        }
        return DecodedBody(bytes: bytes, isTruncated: state.isTruncated, defects: state.defects)
    }

    /// The group of four characters that is being put together.
    private struct State {
        var defects: Set<Defect.Code> = []
        var isTruncated = false
        private var group: UInt32 = 0
        private var held = 0
        private var wasPadded = false

        mutating func run(
            _ input: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
            _ table: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
        ) -> Int {
            var written = 0
            var index = range.lowerBound
            let end = range.upperBound
            while index < end {
                // Whole groups without anything foreign: nearly all of a body.
                while held == 0, index &+ 4 <= end, written &+ 3 <= output.count {
                    let a = table[Int(input[index])], b = table[Int(input[index &+ 1])]
                    let c = table[Int(input[index &+ 2])], d = table[Int(input[index &+ 3])]
                    guard (a | b | c | d) < skip else { break }
                    if wasPadded { noteDataAfterPadding() }
                    let group =
                        UInt32(a) &<< 18 | UInt32(b) &<< 12 | UInt32(c) &<< 6 | UInt32(d)
                    output[written] = UInt8(truncatingIfNeeded: group &>> 16)
                    output[written &+ 1] = UInt8(truncatingIfNeeded: group &>> 8)
                    output[written &+ 2] = UInt8(truncatingIfNeeded: group)
                    written &+= 3
                    index &+= 4
                }
                guard index < end else { break }
                let value = table[Int(input[index])]
                index &+= 1
                switch value {
                case skip: continue
                case junk: defects.insert(.base64Junk)
                case pad:
                    if held == 1 { defects.insert(.base64Truncated) }
                    written = flush(into: output, at: written)
                    wasPadded = true
                default:
                    if wasPadded { noteDataAfterPadding() }
                    group = group &<< 6 | UInt32(value)
                    held &+= 1
                    if held == 4 { written = flush(into: output, at: written) }
                }
                if isTruncated { return written }
            }
            if held == 1 { defects.insert(.base64Truncated) }
            if held > 1 { defects.insert(.base64MissingPadding) }
            return flush(into: output, at: written)
        }

        private mutating func noteDataAfterPadding() {
            defects.insert(.base64DataAfterPadding)
            wasPadded = false
        }

        /// Writes the whole octets of the group.
        private mutating func flush(
            into output: UnsafeMutableBufferPointer<UInt8>, at written: Int
        ) -> Int {
            guard held > 0 else { return written }
            let count = held &* 6 / 8
            let group = group &<< UInt32(24 &- held &* 6)
            var written = written
            for place in 0..<count {
                guard written < output.count else {
                    isTruncated = true
                    break
                }
                output[written] = UInt8(truncatingIfNeeded: group &>> UInt32(16 &- place &* 8))
                written &+= 1
            }
            held = 0
            self.group = 0
            return written
        }
    }
}
