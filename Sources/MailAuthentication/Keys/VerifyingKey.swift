import Crypto
import CryptoExtras

/// A public key that signatures of mail are checked with.
public struct VerifyingKey: Sendable {
    private enum Backing: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// Which kind.
    public let type: KeyType
    /// Bits of the RSA modulus; 256 for Ed25519.
    public let bits: Int
    private let backing: Backing

    /// Reads a SubjectPublicKeyInfo or an RSAPublicKey in DER.
    public init(rsaDER: [UInt8]) throws(KeyError) {
        guard let numbers = RSAPublicNumbers(rsaDER) else { throw .unreadable(.rsa) }
        try numbers.check()
        guard let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: rsaDER) else {
            throw .unreadable(.rsa)
        }
        type = .rsa
        bits = numbers.bits
        backing = .rsa(key)
    }

    /// Takes the 32 octets of RFC 8032.
    public init(ed25519: [UInt8]) throws(KeyError) {
        guard ed25519.count == 32,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: ed25519)
        else { throw .unreadable(.ed25519) }
        type = .ed25519
        bits = 256
        backing = .ed25519(key)
    }

    /// Whether this signature was made over these octets with the key's other half: RSA as
    /// RSASSA-PKCS1-v1_5, Ed25519 over the hash of the octets (RFC 8463 §3).
    public func isValid(
        _ signature: [UInt8], for signed: [UInt8], _ hash: HashAlgorithm
    ) -> Bool {
        switch (backing, hash) {
        case (.rsa(let key), .sha256):
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
        case (.rsa(let key), .sha1):
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: Insecure.SHA1.hash(data: signed), padding: .insecurePKCS1v1_5)
        case (.ed25519(let key), .sha256):
            key.isValidSignature(signature, for: Array(SHA256.hash(data: signed)))
        case (.ed25519, .sha1): false
        }
    }
}
