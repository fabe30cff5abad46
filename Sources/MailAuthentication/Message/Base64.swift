/// Base64 of RFC 4648 §4 as signatures and keys in mail write it: folds may stand anywhere.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// For each octet its six bits, or what else it is.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (bits, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(bits) }
        for blank in [Octet.space, Octet.tab, Octet.carriageReturn, Octet.lineFeed] {
            values[Int(blank)] = skipped
        }
        values[Int(Octet.equals)] = padding
        return values
    }()
    private static let skipped: UInt8 = 64
    private static let padding: UInt8 = 65
    private static let invalid: UInt8 = 66

    /// Blanks and line ends are skipped; missing padding is tolerated, any other octet and text
    /// behind the padding are not.
    static func decode(_ octets: some Collection<UInt8>) -> [UInt8]? {
        octets.withContiguousStorageIfAvailable(decode(buffer:))
            ?? Array(octets).withUnsafeBufferPointer(decode(buffer:))
    }

    private static func decode(buffer: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var isValid = true
        let decoded = [UInt8](unsafeUninitializedCapacity: buffer.count / 4 * 3 + 3) {
            output, count in
            var bits: UInt32 = 0
            var letters = 0
            var paddings = 0
            values.withUnsafeBufferPointer { values in
                var index = 0
                while index < buffer.count {
                    if letters & 3 == 0, paddings == 0 {
                        // Nearly all octets are letters: four of them at a time.
                        index = decodeFours(buffer, from: index, values, output, &count)
                        guard index < buffer.count else { break }
                    }
                    let value = values[Int(buffer[index])]
                    index &+= 1
                    if value < skipped, paddings == 0 {
                        bits = bits &<< 6 | UInt32(value)
                        letters &+= 1
                        if letters & 3 == 0 {
                            output[count] = UInt8(truncatingIfNeeded: bits &>> 16)
                            output[count &+ 1] = UInt8(truncatingIfNeeded: bits &>> 8)
                            output[count &+ 2] = UInt8(truncatingIfNeeded: bits)
                            count &+= 3
                        }
                    } else if value == padding {
                        paddings &+= 1
                    } else if value != skipped {
                        isValid = false
                        return
                    }
                }
            }
            switch letters & 3 {
            case 0: isValid = isValid && paddings == 0
            case 2:
                output[count] = UInt8(truncatingIfNeeded: bits &>> 4)
                count &+= 1
                isValid = isValid && paddings <= 2
            case 3:
                output[count] = UInt8(truncatingIfNeeded: bits &>> 10)
                output[count &+ 1] = UInt8(truncatingIfNeeded: bits &>> 2)
                count &+= 2
                isValid = isValid && paddings <= 1
            default: isValid = false
            }
        }
        return isValid ? decoded : nil
    }

    /// Decodes as long as the next four octets are letters; gives the place of the first other.
    @inline(__always)
    private static func decodeFours(
        _ buffer: UnsafeBufferPointer<UInt8>, from start: Int,
        _ values: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>,
        _ count: inout Int
    ) -> Int {
        var index = start
        while index &+ 4 <= buffer.count {
            let first = values[Int(buffer[index])]
            let second = values[Int(buffer[index &+ 1])]
            let third = values[Int(buffer[index &+ 2])]
            let fourth = values[Int(buffer[index &+ 3])]
            guard first | second | third | fourth < skipped else { break }
            output[count] = first &<< 2 | second &>> 4
            output[count &+ 1] = second &<< 4 | third &>> 2
            output[count &+ 2] = third &<< 6 | fourth
            count &+= 3
            index &+= 4
        }
        return index
    }

    /// One line with padding.
    static func encode(_ octets: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var pending = 0
        for octet in octets {
            bits = bits &<< 8 | UInt32(octet)
            pending += 1
            guard pending == 3 else { continue }
            for shift: UInt32 in [18, 12, 6, 0] {
                text.append(alphabet[Int(bits &>> shift & 63)])
            }
            bits = 0
            pending = 0
        }
        if pending > 0 {
            bits = bits &<< UInt32(8 * (3 - pending))
            text.append(alphabet[Int(bits &>> 18 & 63)])
            text.append(alphabet[Int(bits &>> 12 & 63)])
            text.append(pending == 2 ? alphabet[Int(bits &>> 6 & 63)] : Octet.equals)
            text.append(Octet.equals)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
