import Crypto
import CryptoExtras
import Foundation
import OpenIDConnect

/// Keys of a provider, and tokens signed with them.
struct TokenSamples {
    static let issuer = "https://login.example"
    static let client = "sealgate"
    static let nonce = "n-0S6_WzA2Mj"
    static let now: Int64 = 1_795_348_800

    let rsa: _RSA.Signing.PrivateKey
    let curve = P256.Signing.PrivateKey()

    init() throws { rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    /// What a good token says; nil takes a claim away.
    static func claims(_ changes: [String: Any?] = [:]) -> [String: Any] {
        var claims: [String: Any] = [
            "iss": issuer, "sub": "248289761001", "aud": client, "nonce": nonce, "iat": now,
            "exp": now + 300, "name": "Jane Doe", "email": "jane@example.com",
            "email_verified": true,
        ]
        for (name, value) in changes { claims[name] = value }
        return claims
    }

    func token(
        _ algorithm: String, claims: [String: Any] = claims(), header changes: [String: Any?] = [:]
    ) throws -> [UInt8] {
        var header: [String: Any] = ["alg": algorithm, "typ": "JWT", "kid": "\(algorithm) key"]
        for (name, value) in changes { header[name] = value }
        let signed = try Self.part(header) + "." + Self.part(claims)
        return Array((signed + "." + Base64URL.text(try signature(algorithm, signed))).utf8)
    }

    private static func part(_ value: [String: Any]) throws -> String {
        Base64URL.text(try JSONSerialization.data(withJSONObject: value))
    }

    private func signature(_ algorithm: String, _ text: String) throws -> [UInt8] {
        let octets = Array(text.utf8)
        let digest = SHA256.hash(data: octets)
        switch algorithm {
        case "RS256":
            return Array(
                try rsa.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
        case "PS256":
            return Array(try rsa.signature(for: digest, padding: .PSS).rawRepresentation)
        case "ES256": return Array(try curve.signature(for: digest).rawRepresentation)
        case "HS256":
            // The old attack: the public key, which everybody knows, as the shared secret.
            let pem = Array(rsa.publicKey.pemRepresentation.utf8)
            return Array(
                HMAC<SHA256>.authenticationCode(for: octets, using: SymmetricKey(data: pem)))
        default: return []
        }
    }

    /// The public keys as a provider shows them.
    func keys(_ names: [String] = ["RS256", "PS256", "ES256"]) throws -> [UInt8] {
        try Self.json(["keys": try names.map { try key($0) }])
    }

    func key(_ algorithm: String, _ changes: [String: Any?] = [:]) throws -> [String: Any] {
        var key: [String: Any] = ["kid": "\(algorithm) key", "use": "sig"]
        if algorithm == "ES256" {
            let point = Array(curve.publicKey.rawRepresentation)
            key["kty"] = "EC"
            key["crv"] = "P-256"
            key["x"] = Base64URL.text(point[..<32])
            key["y"] = Base64URL.text(point[32...])
        } else {
            let numbers = try rsa.publicKey.getKeyPrimitives()
            key["kty"] = "RSA"
            key["alg"] = algorithm
            key["n"] = Base64URL.text(numbers.modulus)
            key["e"] = Base64URL.text(numbers.publicExponent)
        }
        for (name, value) in changes { key[name] = value }
        return key
    }

    static func json(_ value: Any) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: value))
    }

    static func verify(_ token: [UInt8], _ keys: [UInt8]) -> Result<ProvenIdentity, SignInFault> {
        Result { () throws(SignInFault) in
            try IDTokenVerifier(issuer: issuer, clientID: client).verify(
                token, keys: KeySet(json: keys), nonce: nonce, now: now)
        }
    }
}

extension Result where Failure == SignInFault {
    /// Why it was refused; nil for a success.
    var code: SignInFault.Code? {
        if case .failure(let fault) = self { fault.code } else { nil }
    }
}
