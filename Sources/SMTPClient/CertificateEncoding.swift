/// Finds the public key in an encoded certificate without reading the rest, so that a TLSA record
/// compares with the very octets that the server sent (RFC 6698 §2.1.2).
enum CertificateEncoding {
    /// The SubjectPublicKeyInfo with its tag and length (RFC 5280 §4.1); nil when the octets are no
    /// certificate.
    static func publicKey(in certificate: [UInt8]) -> ArraySlice<UInt8>? {
        guard let whole = element(in: certificate[...], sequence),
            let signed = element(in: whole.content, sequence)
        else { return nil }
        var rest = signed.content
        // version, where it is not the first; serialNumber, signature, issuer, validity, subject.
        if rest.first == 0xA0 {
            guard let version = element(in: rest, 0xA0) else { return nil }
            rest = version.rest
        }
        for tag in [integer, sequence, sequence, sequence, sequence] {
            guard let field = element(in: rest, tag) else { return nil }
            rest = field.rest
        }
        guard let key = element(in: rest, sequence) else { return nil }
        return rest[rest.startIndex..<key.rest.startIndex]
    }

    private static let sequence: UInt8 = 0x30
    private static let integer: UInt8 = 0x02

    /// One element of DER with a length of at most four octets (X.690 §8.1.3).
    private static func element(
        in octets: ArraySlice<UInt8>, _ tag: UInt8
    ) -> (content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        var rest = octets
        guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            guard (0x81...0x84).contains(first) else { return nil }
            length = 0
            for _ in 0..<(first - 0x80) {
                guard let octet = rest.popFirst() else { return nil }
                length = length << 8 | Int(octet)
            }
        }
        guard length <= rest.count else { return nil }
        return (rest.prefix(length), rest.dropFirst(length))
    }
}
