/// The encoding of values in parameters: `+` and two hexadecimal digits for what could not stand
/// there (RFC 3461 §4).
public enum XText {
    /// The octets meant; nil when the encoding is broken. Octets beyond ASCII pass (RFC 6533 §3).
    public static func decode(_ octets: some Collection<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(octets.count)
        var iterator = octets.makeIterator()
        while let octet = iterator.next() {
            guard octet == Octets.plus else {
                guard octet > 0x20, octet != 0x7F, octet != Octets.equals else { return nil }
                output.append(octet)
                continue
            }
            guard let high = iterator.next().flatMap(hexValue),
                let low = iterator.next().flatMap(hexValue)
            else { return nil }
            output.append(high << 4 | low)
        }
        return output
    }

    /// The text as a parameter's value.
    public static func encode(_ octets: some Collection<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(octets.count)
        for octet in octets {
            if octet > 0x20, octet < 0x7F, octet != Octets.plus, octet != Octets.equals {
                output.append(octet)
            } else {
                output += [Octets.plus, hexDigit(octet >> 4), hexDigit(octet & 15)]
            }
        }
        return output
    }

    /// RFC 3461 §4 writes capitals; small letters are taken.
    private static func hexValue(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x37
        case 0x61...0x66: octet - 0x57
        default: nil
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x37 + value
    }
}
