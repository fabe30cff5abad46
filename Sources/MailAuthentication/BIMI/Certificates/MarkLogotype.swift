import Crypto
import SwiftASN1

/// The logo in a certificate's logotype extension (RFC 9399 §4.1; obsoletes RFC 3709).
struct MarkLogotype {
    /// The number of the extension.
    static let identifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 1, 12]

    /// One image, with the digests and addresses of its file.
    struct Image {
        struct Digest {
            let algorithm: ASN1ObjectIdentifier
            let value: [UInt8]
        }

        let mediaType: String
        let digests: [Digest]
        let addresses: [String]
    }

    /// The images of the subject's logo; empty when the extension only refers to a file elsewhere.
    let images: [Image]

    init(extension value: ArraySlice<UInt8>) throws {
        let root = try DER.parse(value)
        var images: [Image] = []
        for part in try Self.parts(of: root, .sequence) where part.identifier == Self.tag(2) {
            for choice in try Self.parts(of: part, Self.tag(2))
            where choice.identifier == Self.tag(0) {
                for list in try Self.parts(of: choice, Self.tag(0))
                where list.identifier == .sequence {
                    for image in try Self.parts(of: list, .sequence) {
                        guard images.count < Limits.markLogotypes else { break }
                        images.append(try Self.image(image))
                    }
                }
            }
        }
        self.images = images
    }

    private static func tag(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }

    private static func parts(
        of node: ASN1Node, _ identifier: ASN1Identifier
    ) throws -> ASN1NodeCollection {
        guard node.identifier == identifier, case .constructed(let parts) = node.content else {
            throw ASN1Error.unexpectedFieldType(node.identifier)
        }
        return parts
    }

    /// `LogotypeImage`: the details, and behind them what is not needed here.
    private static func image(_ node: ASN1Node) throws -> Image {
        var parts = try parts(of: node, .sequence).makeIterator()
        guard let details = parts.next() else {
            throw ASN1Error.unexpectedFieldType(node.identifier)
        }
        return try DER.sequence(details, identifier: .sequence) { nodes in
            let mediaType = String(try ASN1IA5String(derEncoded: &nodes))
            let digests = try DER.sequence(nodes.required(), identifier: .sequence) { nodes in
                var digests: [Image.Digest] = []
                while let node = nodes.next() {
                    digests.append(try digest(node))
                }
                return digests
            }
            let addresses = try DER.sequence(nodes.required(), identifier: .sequence) { nodes in
                var addresses: [String] = []
                while let node = nodes.next() {
                    addresses.append(String(try ASN1IA5String(derEncoded: node)))
                }
                return addresses
            }
            return Image(mediaType: mediaType, digests: digests, addresses: addresses)
        }
    }

    private static func digest(_ node: ASN1Node) throws -> Image.Digest {
        try DER.sequence(node, identifier: .sequence) { nodes in
            let algorithm = try DER.sequence(nodes.required(), identifier: .sequence) { nodes in
                let algorithm = try ASN1ObjectIdentifier(derEncoded: &nodes)
                _ = nodes.next()
                return algorithm
            }
            let value = try ASN1OctetString(derEncoded: &nodes)
            return Image.Digest(algorithm: algorithm, value: Array(value.bytes))
        }
    }
}

extension MarkLogotype.Image.Digest {
    /// Whether this is the digest of these octets; nil for an algorithm that is not known.
    func matches(_ octets: [UInt8]) -> Bool? {
        switch algorithm {
        case [2, 16, 840, 1, 101, 3, 4, 2, 1]: SHA256.hash(data: octets).elementsEqual(value)
        case [2, 16, 840, 1, 101, 3, 4, 2, 2]: SHA384.hash(data: octets).elementsEqual(value)
        case [2, 16, 840, 1, 101, 3, 4, 2, 3]: SHA512.hash(data: octets).elementsEqual(value)
        // Authorities still write SHA-1. It protects nothing here: the certificate's own signature
        // covers the logo itself.
        case [1, 3, 14, 3, 2, 26]: Insecure.SHA1.hash(data: octets).elementsEqual(value)
        default: nil
        }
    }
}

extension ASN1NodeCollection.Iterator {
    /// The next part, which must be there.
    mutating func required() throws -> ASN1Node {
        guard let node = next() else { throw ASN1Error.truncatedASN1Field() }
        return node
    }
}
