import Crypto
import FoundationEssentials

/// Whom people are sent to, and as whom we ask.
public struct ProviderOptions: Sendable {
    public var issuer: ProviderAddress
    public var clientID: String
    /// Nil for a client without a secret: then PKCE alone protects the code.
    public var clientSecret: String?

    public init(issuer: ProviderAddress, clientID: String, clientSecret: String?) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
    }
}

/// What one sign-in asks the provider for; each is random, and used once.
public struct SignInRequest: Hashable, Sendable {
    /// Where the browser is sent back to.
    public var redirect: String
    public var state: String
    public var nonce: String
    /// The secret behind the code challenge (RFC 7636 §4.1): 43 to 128 letters and digits.
    public var verifier: String

    public init(redirect: String, state: String, nonce: String, verifier: String) {
        self.redirect = redirect
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
    }
}

/// A provider of identities (OpenID Connect Core 1.0, authorization code flow with PKCE).
///
/// Metadata and keys are fetched when they are needed and kept for a while; everything that is
/// asked has a bound in time and size.
public actor Provider {
    private let options: ProviderOptions
    private let web: any ProviderWeb
    private var metadata: (value: ProviderMetadata, at: Int64)?
    private var keys: (value: KeySet, at: Int64)?
    private var requests = 0

    public init(options: ProviderOptions, web: any ProviderWeb) {
        self.options = options
        self.web = web
    }

    /// The issuer that identities are known by.
    public nonisolated var issuer: String { options.issuer.text }

    /// Where to send a browser.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `SignInFault`.
    public func address(for request: SignInRequest, now: Int64) async throws(SignInFault) -> String
    {
        let metadata = try await metadata(now)
        let challenge = Base64URL.text(SHA256.hash(data: Array(request.verifier.utf8)))
        let fields = [
            ProviderField("response_type", "code"), ProviderField("client_id", options.clientID),
            ProviderField("redirect_uri", request.redirect),
            ProviderField("scope", "openid profile email"), ProviderField("state", request.state),
            ProviderField("nonce", request.nonce), ProviderField("code_challenge", challenge),
            ProviderField("code_challenge_method", "S256"),
        ]
        let text = metadata.authorization.text
        return text + (text.contains("?") ? "&" : "?") + fields.coded
    }

    /// Exchanges the code that a browser brought for who the person is.
    ///
    /// - Parameter named: the issuer that the browser's answer names, if it names one.
    /// - Throws: `SignInFault`.
    public func identity(
        code: String, named: String?, for request: SignInRequest, now: Int64
    ) async throws(SignInFault) -> ProvenIdentity {
        let metadata = try await metadata(now)
        // RFC 9207 §2.4: an answer of another provider is not exchanged at this one.
        guard named.map({ $0 == issuer }) ?? !metadata.namesIssuer else {
            throw SignInFault(.issuer, "The answer comes from another provider.")
        }
        guard (1...Limits.code).contains(code.utf8.count) else {
            throw SignInFault(.code, "The provider's code cannot be read.")
        }
        let token = try await token(code, request, metadata)
        let verifier = IDTokenVerifier(issuer: issuer, clientID: options.clientID)
        let present = try await keySet(metadata, after: nil, now)
        do {
            return try verifier.verify(token, keys: present, nonce: request.nonce, now: now)
        } catch  where error.code == .unknownKey {
            // The provider may have changed its keys since.
            let fresh = try await keySet(metadata, after: error, now)
            return try verifier.verify(token, keys: fresh, nonce: request.nonce, now: now)
        }
    }

    // MARK: Asking

    private func metadata(_ now: Int64) async throws(SignInFault) -> ProviderMetadata {
        if let kept = metadata, now - kept.at < Limits.kept { return kept.value }
        // OpenID Connect Discovery 1.0 §4.1: behind the issuer's own path.
        var base = options.issuer.text
        if base.hasSuffix("/") { base.removeLast() }
        guard let address = ProviderAddress(base + "/.well-known/openid-configuration") else {
            throw SignInFault(.metadata, "The provider's address is too long.")
        }
        let answer = try await send(ProviderRequest(address: address))
        guard answer.status == 200 else {
            throw SignInFault(
                .metadata, "The provider says nothing about itself (status \(answer.status)).")
        }
        let value = try ProviderMetadata(json: answer.body, issuer: options.issuer)
        metadata = (value, now)
        return value
    }

    private func keySet(
        _ metadata: ProviderMetadata, after fault: SignInFault?, _ now: Int64
    ) async throws(SignInFault) -> KeySet {
        if let kept = keys {
            if let fault, now - kept.at < Limits.keysPause { throw fault }
            if fault == nil, now - kept.at < Limits.kept { return kept.value }
        }
        let answer = try await send(ProviderRequest(address: metadata.keys))
        guard answer.status == 200 else {
            throw SignInFault(
                .keys, "The provider does not show its keys (status \(answer.status)).")
        }
        let value = try KeySet(json: answer.body)
        keys = (value, now)
        return value
    }

    private func token(
        _ code: String, _ request: SignInRequest, _ metadata: ProviderMetadata
    ) async throws(SignInFault) -> [UInt8] {
        var form = [
            ProviderField("grant_type", "authorization_code"), ProviderField("code", code),
            ProviderField("redirect_uri", request.redirect),
            ProviderField("code_verifier", request.verifier),
        ]
        var authorization: String?
        if let secret = options.clientSecret, !metadata.takesSecretInForm {
            // RFC 6749 §2.3.1: both are coded as forms are before they are joined.
            let pair =
                [ProviderField].coded(options.clientID) + ":" + [ProviderField].coded(secret)
            authorization = "Basic " + Data(pair.utf8).base64EncodedString()
        } else {
            form.append(ProviderField("client_id", options.clientID))
            if let secret = options.clientSecret {
                form.append(ProviderField("client_secret", secret))
            }
        }
        let answer = try await send(
            ProviderRequest(address: metadata.token, form: form, authorization: authorization))
        guard answer.status == 200 else {
            throw SignInFault(
                .code,
                "The provider did not take its own code (status \(answer.status)): it was used "
                    + "already or is too old, or the client's secret is wrong.")
        }
        struct Written: Decodable {
            var id_token: String
        }
        guard let written = try? JSONDecoder().decode(Written.self, from: Data(answer.body)) else {
            throw SignInFault(.malformed, "The provider's answer holds no token.")
        }
        return Array(written.id_token.utf8)
    }

    private func send(_ request: ProviderRequest) async throws(SignInFault) -> ProviderAnswer {
        guard requests < Limits.requestsAtOnce else {
            throw SignInFault(.busy, "Too many people sign in just now. Try again in a moment.")
        }
        requests += 1
        defer { requests -= 1 }
        let answer = try await web.send(request)
        guard answer.body.count <= Limits.answer else {
            throw SignInFault(.unreachable, "The provider's answer is too long.")
        }
        return answer
    }
}
