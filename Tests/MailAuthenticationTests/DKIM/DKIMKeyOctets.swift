import FoundationEssentials

/// Keys as octets, made by hand.
enum DKIMKeyOctets {
    static func base64(_ octets: [UInt8]) -> String {
        Data(octets).base64EncodedString()
    }

    /// An RSAPublicKey of this size; its modulus is no product of two primes.
    static func rsa(bits: Int, exponent: [UInt8] = [1, 0, 1]) -> String {
        base64(sequence(integer(modulus(bits)) + integer(exponent)))
    }

    static func modulus(_ bits: Int) -> [UInt8] {
        var octets = [UInt8](repeating: 0xFF, count: (bits + 7) / 8)
        octets[0] = UInt8(truncatingIfNeeded: (1 << ((bits - 1) % 8 + 1)) - 1)
        return octets
    }

    static func integer(_ octets: [UInt8]) -> [UInt8] {
        element(0x02, (octets.first ?? 0) >= 0x80 ? [0] + octets : octets)
    }

    static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        if count < 0x80 { return [tag, UInt8(count)] + content }
        if count < 0x100 { return [tag, 0x81, UInt8(count)] + content }
        return [tag, 0x82, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] + content
    }
}
