import Crypto
import CryptoExtras
import FoundationEssentials

/// The public keys of a provider (RFC 7517 §5), as far as they are for signatures that are taken.
public struct KeySet: Sendable {
    /// One key.
    public struct Key: Sendable {
        enum Material: Sendable {
            case rsa(_RSA.Signing.PublicKey)
            case p256(P256.Signing.PublicKey)
        }

        public let id: String?
        /// The one way of signing that it is for, where it says so.
        let algorithm: String?
        let material: Material

        /// Whether it is a key for this way of signing.
        func fits(_ algorithm: JSONWebToken.Algorithm) -> Bool {
            if let own = self.algorithm, own != algorithm.rawValue { return false }
            switch (material, algorithm) {
            case (.rsa, .rs256), (.rsa, .ps256), (.p256, .es256): return true
            default: return false
            }
        }

        func verifies(_ token: JSONWebToken) -> Bool {
            let digest = SHA256.hash(data: token.signedOctets)
            switch (material, token.algorithm) {
            case (.rsa(let key), .rs256):
                return key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: token.signature), for: digest,
                    padding: .insecurePKCS1v1_5)
            case (.rsa(let key), .ps256):
                return key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: token.signature), for: digest,
                    padding: .PSS)
            case (.p256(let key), .es256):
                // RFC 7518 §3.4: both halves in 32 octets each, not in ASN.1.
                guard token.signature.count == 64,
                    let signature = try? P256.Signing.ECDSASignature(
                        rawRepresentation: token.signature)
                else { return false }
                return key.isValidSignature(signature, for: digest)
            default: return false
            }
        }
    }

    public let keys: [Key]

    /// Reads a set; keys of other kinds are passed over.
    ///
    /// - Throws: `SignInFault` with `keys`.
    public init(json: [UInt8]) throws(SignInFault) {
        guard json.count <= Limits.answer,
            let set = try? JSONDecoder().decode(Written.self, from: Data(json))
        else { throw SignInFault(.keys, "The provider's keys cannot be read.") }
        guard set.keys.count <= Limits.keys else {
            throw SignInFault(
                .keys, "The provider shows more than \(Limits.keys) keys at once.")
        }
        keys = set.keys.compactMap { $0.key.flatMap { Self.key($0) } }
    }

    /// The key that a token names, or the only one that fits where it names none.
    ///
    /// - Throws: `SignInFault` with `unknownKey`.
    func key(for token: JSONWebToken) throws(SignInFault) -> Key {
        let fitting = keys.filter { $0.fits(token.algorithm) }
        let named = token.keyID.map { id in fitting.filter { $0.id == id } } ?? fitting
        guard named.count == 1 else {
            throw SignInFault(
                .unknownKey,
                named.isEmpty
                    ? "None of the provider's keys signed its token."
                    : "The provider's token does not say which of its keys signed it.")
        }
        return named[0]
    }

    // MARK: As written

    private struct Written: Decodable {
        /// One that makes no sense does not spoil the others.
        struct Element: Decodable {
            var key: WrittenKey?
            init(from decoder: any Decoder) throws { key = try? WrittenKey(from: decoder) }
        }
        var keys: [Element]
    }

    private struct WrittenKey: Decodable {
        var kty: String
        var kid: String?
        var alg: String?
        var use: String?
        var key_ops: [String]?
        var n: String?
        var e: String?
        var crv: String?
        var x: String?
        var y: String?
    }

    private static func key(_ written: WrittenKey) -> Key? {
        guard written.use.map({ $0 == "sig" }) ?? true,
            written.key_ops.map({ $0.contains("verify") }) ?? true,
            let material = material(written)
        else { return nil }
        return Key(id: written.kid, algorithm: written.alg, material: material)
    }

    private static func material(_ written: WrittenKey) -> Key.Material? {
        switch written.kty {
        case "RSA":
            guard let modulus = number(written.n), let exponent = number(written.e),
                Limits.rsaBits.contains(bits(modulus)), exponent.count <= 4,
                exponent.last.map({ $0 & 1 == 1 }) ?? false, exponent != [1],
                let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
            else { return nil }
            return .rsa(key)
        case "EC":
            guard written.crv == "P-256", let x = octets(written.x), let y = octets(written.y),
                x.count == 32, y.count == 32,
                let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            return .p256(key)
        default: return nil
        }
    }

    private static func octets(_ text: String?) -> [UInt8]? {
        text.flatMap { Base64URL.octets($0.utf8) }
    }

    /// A number without zeros before it; nil for zero.
    private static func number(_ text: String?) -> [UInt8]? {
        guard let octets = octets(text) else { return nil }
        let number = Array(octets.drop { $0 == 0 })
        return number.isEmpty ? nil : number
    }

    private static func bits(_ number: [UInt8]) -> Int {
        guard let first = number.first else { return 0 }
        return number.count * 8 - first.leadingZeroBitCount
    }
}
