import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// An authority for mark certificates of the tests' own: a root, an issuer below it, and whatever
/// certificate a test asks for.
struct MarkAuthority {
    /// 2026-05-28.
    static let now: Int64 = 1_780_000_000
    static let usage = ExtendedKeyUsage.Usage(oid: [1, 3, 6, 1, 5, 5, 7, 3, 31])

    /// What a certificate is made of; the defaults make a good one.
    struct Order {
        var subject: [(ASN1ObjectIdentifier, String)] = MarkAuthority.registered
        var names: [String] = ["example.com"]
        var usages: [ExtendedKeyUsage.Usage] = [MarkAuthority.usage]
        var isUsageCritical = false
        /// The value of the logotype extension; nil for none.
        var logotype: [UInt8]? = MarkAuthority.logotype()
        var isLogotypeCritical = false
        var isAuthority = false
        var notBefore: Int64 = MarkAuthority.now - 1_000_000
        var notAfter: Int64 = MarkAuthority.now + 1_000_000
        var more: [Certificate.Extension] = [MarkAuthority.proofs, MarkAuthority.revocation]
    }

    let root: Certificate
    let issuer: Certificate
    private let issuerKey: Certificate.PrivateKey

    init(
        issuerUsages: [ExtendedKeyUsage.Usage]? = [MarkAuthority.usage],
        isIssuerAuthority: Bool = true, issuerNotAfter: Int64 = MarkAuthority.now + 9_000_000,
        issuerExtensions: [Certificate.Extension] = []
    ) throws {
        let rootKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        issuerKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let rootName = try DistinguishedName { CommonName("Test Mark Root") }
        let issuerName = try DistinguishedName {
            CommonName("Test Mark Issuer")
            OrganizationName("Test Authority")
        }
        root = try Self.certificate(
            rootName, rootName, key: rootKey.publicKey, signedBy: rootKey,
            from: Self.now - 50_000_000, to: Self.now + 50_000_000,
            [
                Certificate.Extension(
                    BasicConstraints.isCertificateAuthority(maxPathLength: nil), critical: true)
            ])
        var extensions = issuerExtensions
        extensions.append(
            try Certificate.Extension(
                isIssuerAuthority
                    ? BasicConstraints.isCertificateAuthority(maxPathLength: 0)
                    : BasicConstraints.notCertificateAuthority, critical: true))
        if let issuerUsages {
            extensions.append(
                try Certificate.Extension(ExtendedKeyUsage(issuerUsages), critical: false))
        }
        issuer = try Self.certificate(
            issuerName, rootName, key: issuerKey.publicKey, signedBy: rootKey,
            from: Self.now - 9_000_000, to: issuerNotAfter, extensions)
    }

    /// Issues a certificate.
    func issue(_ order: Order = Order()) throws -> Certificate {
        var extensions = order.more
        extensions.append(
            try Certificate.Extension(
                order.isAuthority
                    ? BasicConstraints.isCertificateAuthority(maxPathLength: nil)
                    : BasicConstraints.notCertificateAuthority, critical: true))
        if !order.names.isEmpty {
            extensions.append(
                try Certificate.Extension(
                    SubjectAlternativeNames(order.names.map { .dnsName($0) }), critical: false))
        }
        if !order.usages.isEmpty {
            extensions.append(
                try Certificate.Extension(
                    ExtendedKeyUsage(order.usages), critical: order.isUsageCritical))
        }
        if let logotype = order.logotype {
            extensions.append(
                Certificate.Extension(
                    oid: [1, 3, 6, 1, 5, 5, 7, 1, 12], critical: order.isLogotypeCritical,
                    value: logotype[...]))
        }
        let subject = DistinguishedName(
            order.subject.map {
                RelativeDistinguishedName(
                    RelativeDistinguishedName.Attribute(type: $0.0, utf8String: $0.1))
            })
        return try Self.certificate(
            subject, issuer.subject,
            key: Certificate.PrivateKey(P256.Signing.PrivateKey()).publicKey,
            signedBy: issuerKey, from: order.notBefore, to: order.notAfter, extensions)
    }

    private static func certificate(
        _ subject: DistinguishedName, _ issuer: DistinguishedName, key: Certificate.PublicKey,
        signedBy: Certificate.PrivateKey, from: Int64, to: Int64,
        _ extensions: [Certificate.Extension]
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
            notValidBefore: Date(timeIntervalSince1970: Double(from)),
            notValidAfter: Date(timeIntervalSince1970: Double(to)), issuer: issuer,
            subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions(extensions), issuerPrivateKey: signedBy)
    }

    /// One PEM file of several certificates.
    static func pem(_ certificates: [Certificate]) throws -> [UInt8] {
        Array(
            try certificates.map { try $0.serializeAsPEM().pemString }.joined(separator: "\n").utf8)
    }

    // MARK: Subjects

    static let common: [(ASN1ObjectIdentifier, String)] = [
        ([2, 5, 4, 10], "Example Ltd"), ([2, 5, 4, 9], "1 Main Street"), ([2, 5, 4, 6], "GB"),
        ([2, 5, 4, 7], "London"), ([2, 5, 4, 15], "Private Organization"),
        ([2, 5, 4, 5], "12345"), ([1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3], "GB"),
    ]
    static let registered =
        common + [
            mark("Registered Mark"), ([1, 3, 6, 1, 4, 1, 53087, 1, 3], "GB"),
            ([1, 3, 6, 1, 4, 1, 53087, 1, 4], "UK00001"),
        ]
    static let government =
        common + [
            mark("Government Mark"), ([1, 3, 6, 1, 4, 1, 53087, 3, 2], "GB"),
            ([1, 3, 6, 1, 4, 1, 53087, 3, 5], "Act 1"),
        ]
    static let priorUse =
        common + [
            mark("Prior Use Mark"), ([1, 3, 6, 1, 4, 1, 53087, 5, 1], "https://example.com/"),
        ]

    static func mark(_ type: String) -> (ASN1ObjectIdentifier, String) {
        ([1, 3, 6, 1, 4, 1, 53087, 1, 13], type)
    }

    // MARK: Extensions

    /// A list of one signed certificate timestamp of three octets.
    static let proofs = Certificate.Extension(
        oid: [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], critical: false,
        value: [0x04, 0x07, 0x00, 0x05, 0x00, 0x03, 1, 2, 3])
    static let revocation = Certificate.Extension(
        oid: [2, 5, 29, 31], critical: false, value: [0x30, 0x00])
    static let pilot = Certificate.Extension(
        oid: [1, 3, 6, 1, 4, 1, 53087, 4, 1], critical: false, value: [0x05, 0x00])

    /// A logotype extension around a logo (RFC 9399 §4.1).
    static func logotype(
        _ file: [UInt8]? = nil, digestOf digested: [UInt8]? = nil,
        type: String = "image/svg+xml", algorithm: [UInt8]? = nil, copies: Int = 1,
        firstAddress: String? = nil
    ) -> [UInt8] {
        let logo = Array(BIMISample.logo.utf8)
        let carried =
            file
            ?? Array(
                Data(
                    base64Encoded: BIMISample.compressedLogo, options: .ignoreUnknownCharacters)
                    ?? Data())
        let address = "data:\(type);base64," + Data(carried).base64EncodedString()
        let sha256: [UInt8] = [0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]
        let digest = Array(SHA256.hash(data: digested ?? (file ?? logo)))
        var images: [UInt8] = []
        for copy in 0..<copies {
            let isLast = copy == copies - 1
            let details = node(
                0x30,
                node(0x16, Array(type.utf8))
                    + node(
                        0x30,
                        node(0x30, node(0x30, algorithm ?? sha256) + node(0x04, digest)))
                    + node(
                        0x30,
                        node(0x16, Array((isLast ? firstAddress ?? address : "x:").utf8))))
            images += node(0x30, details)
        }
        return node(0x30, node(0xA2, node(0xA0, node(0x30, images))))
    }

    /// One value of DER.
    static func node(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 128
            ? [UInt8(count)]
            : count < 65_536
                ? [0x82, UInt8(count >> 8), UInt8(count & 255)]
                : [0x83, UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255)]
        return [tag] + length + content
    }
}
