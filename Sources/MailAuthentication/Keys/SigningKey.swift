import Crypto
import CryptoExtras

/// A private key that mail is signed with.
public struct SigningKey: Sendable {
    private enum Backing: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// Which kind.
    public let type: KeyType
    /// Bits of the RSA modulus; 256 for Ed25519.
    public let bits: Int
    private let backing: Backing

    /// Makes a new key. `bits` counts for RSA: 1024 to 4096, in steps of 256.
    public static func generate(
        _ type: KeyType, bits: Int = 2_048
    ) throws(KeyError) -> SigningKey {
        switch type {
        case .ed25519: return SigningKey(ed25519: Curve25519.Signing.PrivateKey())
        case .rsa:
            if bits < Limits.rsaMinimumBits { throw .tooShort(bits: bits) }
            if bits > Limits.rsaGeneratedBits { throw .tooLong(bits: bits) }
            guard bits % 256 == 0,
                let key = try? _RSA.Signing.PrivateKey(
                    unsafeKeySize: _RSA.Signing.KeySize(bitCount: bits))
            else { throw .refused }
            return try SigningKey(rsa: key)
        }
    }

    /// Reads PKCS#1 (`RSA PRIVATE KEY`), PKCS#8 (`PRIVATE KEY`, RSA or Ed25519), or the bare base64
    /// of an Ed25519 seed of 32 octets.
    public init(pem: String) throws(KeyError) {
        guard let text = PrivateKeyText(pem) else { throw .unknownForm }
        switch text.content {
        case .ed25519(let seed):
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
                throw .unreadable(.ed25519)
            }
            self.init(ed25519: key)
        case .rsa(let der, let bits):
            if bits < Limits.rsaMinimumBits { throw .tooShort(bits: bits) }
            if bits > Limits.rsaMaximumBits { throw .tooLong(bits: bits) }
            guard let key = try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: der) else {
                throw .unreadable(.rsa)
            }
            try self.init(rsa: key)
        }
    }

    private init(ed25519 key: Curve25519.Signing.PrivateKey) {
        type = .ed25519
        bits = 256
        backing = .ed25519(key)
    }

    private init(rsa key: _RSA.Signing.PrivateKey) throws(KeyError) {
        type = .rsa
        bits = key.keySizeInBits
        backing = .rsa(key)
    }

    /// Signs: the counterpart of `VerifyingKey.isValid`.
    public func sign(_ signed: [UInt8], _ hash: HashAlgorithm) throws(KeyError) -> [UInt8] {
        let signature: [UInt8]?
        switch (backing, hash) {
        case (.rsa(let key), .sha256):
            signature = try? Array(
                key.signature(for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
                    .rawRepresentation)
        case (.rsa(let key), .sha1):
            signature = try? Array(
                key.signature(for: Insecure.SHA1.hash(data: signed), padding: .insecurePKCS1v1_5)
                    .rawRepresentation)
        case (.ed25519(let key), .sha256):
            signature = try? Array(key.signature(for: Array(SHA256.hash(data: signed))))
        case (.ed25519, .sha1): signature = nil
        }
        guard let signature else { throw .refused }
        return signature
    }

    /// The other half, in the form that key records carry: SubjectPublicKeyInfo for RSA, 32 octets
    /// for Ed25519 (RFC 8463 §4).
    public var publicKey: [UInt8] {
        switch backing {
        case .rsa(let key): Array(key.publicKey.derRepresentation)
        case .ed25519(let key): Array(key.publicKey.rawRepresentation)
        }
    }

    /// The text of the key record to publish (RFC 6376 §3.6.1).
    public var keyRecord: String {
        "v=DKIM1; k=\(type.rawValue); p=\(Base64.encode(publicKey))"
    }

    /// The key as PKCS#8 (RFC 5958, RFC 8410), ending in a line feed.
    public var pem: String {
        switch backing {
        case .rsa(let key): PrivateKeyText.pem(Array(key.pkcs8DERRepresentation))
        case .ed25519(let key): PrivateKeyText.pem(ed25519Seed: Array(key.rawRepresentation))
        }
    }
}
