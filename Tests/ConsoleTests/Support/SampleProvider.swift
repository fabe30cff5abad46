import Console
import Crypto
import Foundation
import Identities
import OpenIDConnect
import Synchronization

/// A provider of identities in memory, which does what the standard says unless it is told to lie.
final class SampleProvider: ProviderWeb {
    static let issuer = "https://login.example"

    /// Ways in which its tokens may be wrong.
    enum Lie: String, CaseIterable, Sendable {
        case otherIssuer, otherAudience, otherNonce, unsigned, publicKeyAsSecret, expired
        case foreignKey, changedAfterwards, noSubject
    }

    private struct Code {
        var nonce: String
        var challenge: String
        var claims: [String: String]
        var isVerified: Bool
    }

    private struct State {
        var codes: [String: Code] = [:]
        var lie: Lie?
        var isDown = false
        var exchanges = 0
    }

    private let key = P256.Signing.PrivateKey()
    private let state = Mutex(State())
    private let clock: SampleClock

    init(clock: SampleClock) { self.clock = clock }

    var exchanges: Int { state.withLock { $0.exchanges } }

    func tell(_ lie: Lie?) { state.withLock { $0.lie = lie } }
    func goDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

    func services(domains: [DomainName] = []) throws -> ProviderServices {
        guard let issuer = ProviderAddress(Self.issuer) else { throw CocoaError(.fileNoSuchFile) }
        return ProviderServices(
            provider: Provider(
                options: ProviderOptions(
                    issuer: issuer, clientID: "sealgate", clientSecret: "secret"), web: self),
            name: "Example Login", domains: domains)
    }

    /// What the provider does with a browser whose person signs in there: the way back.
    func approve(
        _ location: String, subject: String, email: String = "jane@example.com",
        isVerified: Bool = true
    ) -> String {
        let query = Self.query(location)
        let code = UUID().uuidString
        state.withLock {
            $0.codes[code] = Code(
                nonce: query["nonce"] ?? "", challenge: query["code_challenge"] ?? "",
                claims: ["sub": subject, "name": "Jane Doe", "email": email],
                isVerified: isVerified)
        }
        return "/sign-in/provider/back?code=\(code)&state=\(query["state"] ?? "")"
    }

    static func query(_ address: String) -> [String: String] {
        Dictionary(
            (URLComponents(string: address)?.queryItems ?? []).map { ($0.name, $0.value ?? "") },
            uniquingKeysWith: { first, _ in first })
    }

    func send(_ request: ProviderRequest) async throws(SignInFault) -> ProviderAnswer {
        guard !state.withLock({ $0.isDown }) else {
            throw SignInFault(.unreachable, "The provider cannot be reached.")
        }
        do {
            switch request.address.text.dropFirst(Self.issuer.count) {
            case "/.well-known/openid-configuration":
                return try Self.answer([
                    "issuer": Self.issuer, "authorization_endpoint": Self.issuer + "/authorize",
                    "token_endpoint": Self.issuer + "/token", "jwks_uri": Self.issuer + "/keys",
                ])
            case "/keys":
                let point = Array(key.publicKey.rawRepresentation)
                return try Self.answer([
                    "keys": [
                        [
                            "kty": "EC", "crv": "P-256", "kid": "k",
                            "x": Base64URL.text(point[..<32]), "y": Base64URL.text(point[32...]),
                        ]
                    ]
                ])
            case "/token": return try exchange(request.form ?? [])
            default: return ProviderAnswer(status: 404, body: [])
            }
        } catch {
            throw SignInFault(.unreachable, "\(error)")
        }
    }

    private func exchange(_ form: [ProviderField]) throws -> ProviderAnswer {
        func field(_ name: String) -> String { form.first { $0.name == name }?.value ?? "" }
        let (code, lie) = state.withLock { state in
            state.exchanges += 1
            // A code works once.
            return (state.codes.removeValue(forKey: field("code")), state.lie)
        }
        let challenge = Base64URL.text(SHA256.hash(data: Array(field("code_verifier").utf8)))
        guard let code, code.challenge == challenge else {
            return ProviderAnswer(status: 400, body: Array("{\"error\":\"invalid_grant\"}".utf8))
        }
        return try Self.answer(["id_token": try token(code, lie)])
    }

    private func token(_ code: Code, _ lie: Lie?) throws -> String {
        let now = clock.now
        var claims: [String: Any] = code.claims
        claims["iss"] = lie == .otherIssuer ? "https://evil.example" : Self.issuer
        claims["aud"] = lie == .otherAudience ? "other" : "sealgate"
        claims["nonce"] = lie == .otherNonce ? "other" : code.nonce
        claims["iat"] = now
        claims["exp"] = lie == .expired ? now - 3_600 : now + 300
        claims["email_verified"] = code.isVerified
        if lie == .noSubject { claims["sub"] = nil }
        let algorithm =
            lie == .unsigned ? "none" : lie == .publicKeyAsSecret ? "HS256" : "ES256"
        let header = ["alg": algorithm, "kid": "k"]
        let signed = try Self.part(header) + "." + Self.part(claims)
        var signature: [UInt8] = []
        switch lie {
        case .unsigned: break
        case .publicKeyAsSecret:
            let secret = SymmetricKey(data: Array(key.publicKey.pemRepresentation.utf8))
            signature = Array(
                HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: secret))
        case .foreignKey:
            signature = Array(
                try P256.Signing.PrivateKey().signature(for: Array(signed.utf8)).rawRepresentation)
        case .changedAfterwards:
            signature = Array(try key.signature(for: Array("x".utf8)).rawRepresentation)
        default:
            signature = Array(try key.signature(for: Array(signed.utf8)).rawRepresentation)
        }
        return signed + "." + Base64URL.text(signature)
    }

    private static func part(_ value: [String: Any]) throws -> String {
        Base64URL.text(try JSONSerialization.data(withJSONObject: value))
    }

    private static func answer(_ value: [String: Any]) throws -> ProviderAnswer {
        ProviderAnswer(
            status: 200, body: Array(try JSONSerialization.data(withJSONObject: value)))
    }
}
