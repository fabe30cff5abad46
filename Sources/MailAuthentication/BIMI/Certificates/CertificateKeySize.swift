import SwiftASN1

/// Reads the size of an RSA key out of a certificate that the certificate library refuses to read
/// because the key is too small.
enum CertificateKeySize {
    /// Bits of the modulus; nil when there is no RSA key to be found.
    static func rsaBits(_ certificate: [UInt8]) -> Int? {
        guard let root = try? DER.parse(certificate), case .constructed(let parts) = root.content,
            let signed = parts.first(where: { _ in true }),
            case .constructed(let fields) = signed.content
        else { return nil }
        for field in fields {
            if let bits = try? bits(field) { return bits }
        }
        return nil
    }

    /// `SubjectPublicKeyInfo`; anything else throws.
    private static func bits(_ node: ASN1Node) throws -> Int {
        let key = try DER.sequence(node, identifier: .sequence) { nodes in
            try DER.sequence(nodes.required(), identifier: .sequence) { nodes in
                let algorithm = try ASN1ObjectIdentifier(derEncoded: &nodes)
                guard algorithm == [1, 2, 840, 113549, 1, 1, 1] else {
                    throw ASN1Error.unexpectedFieldType(node.identifier)
                }
                _ = nodes.next()
            }
            return try ASN1BitString(derEncoded: &nodes)
        }
        return try DER.sequence(DER.parse(key.bytes), identifier: .sequence) { nodes in
            let modulus = try ArraySlice<UInt8>(derEncoded: &nodes).drop { $0 == 0 }
            _ = try ArraySlice<UInt8>(derEncoded: &nodes)
            return (modulus.count * 8) - (modulus.first?.leadingZeroBitCount ?? 0)
        }
    }
}
