/// The two numbers of an RSA public key, read without the cryptographic library, which refuses
/// small keys without telling their size.
struct RSAPublicNumbers {
    /// Bits of the modulus.
    let bits: Int
    /// Without leading zeros.
    let exponent: ArraySlice<UInt8>

    /// 1.2.840.113549.1.1.1
    static let algorithm: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]

    /// Reads a SubjectPublicKeyInfo (RFC 5280 §4.1) or an RSAPublicKey (RFC 8017 §A.1.1), which
    /// RFC 6376 §3.6.1 names; both are in use.
    init?(_ der: [UInt8]) {
        var outer = DERReader(der[...])
        guard let content = outer.read(DERReader.sequence), outer.isAtEnd else { return nil }
        var reader = DERReader(content)
        if reader.nextTag == DERReader.sequence {
            guard let identifier = reader.read(DERReader.sequence) else { return nil }
            var algorithm = DERReader(identifier)
            guard let name = algorithm.read(DERReader.objectIdentifier),
                name.elementsEqual(Self.algorithm), let key = reader.readBitString(),
                reader.isAtEnd
            else { return nil }
            var inner = DERReader(key)
            guard let numbers = inner.read(DERReader.sequence), inner.isAtEnd else { return nil }
            reader = DERReader(numbers)
        }
        guard let modulus = reader.readUnsigned(), let top = modulus.first,
            let exponent = reader.readUnsigned(), reader.isAtEnd
        else { return nil }
        bits = modulus.count * 8 - top.leadingZeroBitCount
        self.exponent = exponent
    }

    /// Throws when the key is of a size, or has an exponent, that is not accepted.
    func check() throws(KeyError) {
        if bits < Limits.rsaMinimumBits { throw .tooShort(bits: bits) }
        if bits > Limits.rsaMaximumBits { throw .tooLong(bits: bits) }
        guard exponent.count <= Limits.rsaExponentOctets, let last = exponent.last, last & 1 == 1,
            exponent.count > 1 || last > 1
        else { throw .badExponent(bits: bits) }
    }
}
