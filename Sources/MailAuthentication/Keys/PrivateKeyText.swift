/// A private key as text: PEM (RFC 7468), or the bare base64 of an Ed25519 seed.
struct PrivateKeyText {
    enum Content {
        case rsa(der: [UInt8], bits: Int)
        case ed25519(seed: [UInt8])
    }

    let content: Content

    /// 1.3.101.112
    private static let ed25519Algorithm: [UInt8] = [0x2B, 0x65, 0x70]
    /// What stands before the seed in PKCS#8 of version 1 (RFC 8410 §7).
    private static let ed25519Prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ]

    init?(_ text: String) {
        guard text.utf8.count <= Limits.privateKeyOctets else { return nil }
        guard let begin = text.firstRange(of: "-----BEGIN ") else {
            guard let seed = Base64.decode(text.utf8), seed.count == 32 else { return nil }
            content = .ed25519(seed: seed)
            return
        }
        let label = text[begin.upperBound...].prefix { $0 != "-" }
        guard let start = text[begin.upperBound...].firstRange(of: "-----"),
            let end = text[start.upperBound...].firstRange(of: "-----END \(label)-----"),
            let der = Base64.decode(text[start.upperBound..<end.lowerBound].utf8),
            let content = label == "RSA PRIVATE KEY"
                ? Self.pkcs1(der[...]) : label == "PRIVATE KEY" ? Self.pkcs8(der) : nil
        else { return nil }
        self.content = content
    }

    /// RFC 8017 §A.1.2: version, modulus and more.
    private static func pkcs1(_ der: ArraySlice<UInt8>) -> Content? {
        var outer = DERReader(der)
        guard let content = outer.read(DERReader.sequence) else { return nil }
        var reader = DERReader(content)
        guard reader.readUnsigned() != nil, let modulus = reader.readUnsigned(),
            let top = modulus.first
        else { return nil }
        return .rsa(der: Array(der), bits: modulus.count * 8 - top.leadingZeroBitCount)
    }

    /// RFC 5958 §2: version, algorithm, the key in an octet string.
    private static func pkcs8(_ der: [UInt8]) -> Content? {
        var outer = DERReader(der[...])
        guard let content = outer.read(DERReader.sequence) else { return nil }
        var reader = DERReader(content)
        guard reader.readUnsigned() != nil, let identifier = reader.read(DERReader.sequence),
            let key = reader.read(DERReader.octetString)
        else { return nil }
        var algorithm = DERReader(identifier)
        guard let name = algorithm.read(DERReader.objectIdentifier) else { return nil }
        if name.elementsEqual(RSAPublicNumbers.algorithm) { return pkcs1(key) }
        guard name.elementsEqual(ed25519Algorithm) else { return nil }
        var inner = DERReader(key)
        guard let seed = inner.read(DERReader.octetString), seed.count == 32 else { return nil }
        return .ed25519(seed: Array(seed))
    }

    static func pem(ed25519Seed seed: [UInt8]) -> String {
        pem(ed25519Prefix + seed)
    }

    /// Lines of 64 letters.
    static func pem(_ der: [UInt8]) -> String {
        var text = "-----BEGIN PRIVATE KEY-----\n"
        var rest = Substring(Base64.encode(der))
        while !rest.isEmpty {
            text += rest.prefix(64) + "\n"
            rest = rest.dropFirst(64)
        }
        return text + "-----END PRIVATE KEY-----\n"
    }
}
