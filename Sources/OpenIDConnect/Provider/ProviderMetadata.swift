import FoundationEssentials

/// What a provider says about itself (OpenID Connect Discovery 1.0 §3), checked.
struct ProviderMetadata: Hashable, Sendable {
    var authorization: ProviderAddress
    var token: ProviderAddress
    var keys: ProviderAddress
    /// Whether it wants the client's secret in the form instead of the header.
    var takesSecretInForm: Bool
    /// Whether it names itself in each answer that a browser brings (RFC 9207).
    var namesIssuer: Bool

    /// - Throws: `SignInFault` with `metadata`.
    init(json: [UInt8], issuer: ProviderAddress) throws(SignInFault) {
        guard json.count <= Limits.answer,
            let written = try? JSONDecoder().decode(Written.self, from: Data(json))
        else {
            throw SignInFault(.metadata, "What the provider says about itself cannot be read.")
        }
        guard written.issuer.utf8.elementsEqual(issuer.text.utf8) else {
            throw SignInFault(
                .metadata, "At the provider's address another one says that it is the provider.")
        }
        func address(_ text: String) throws(SignInFault) -> ProviderAddress {
            guard let address = ProviderAddress(text), address.isAllowed(for: issuer) else {
                throw SignInFault(
                    .metadata, "The provider names an address that must not be asked.")
            }
            return address
        }
        authorization = try address(written.authorization_endpoint)
        token = try address(written.token_endpoint)
        keys = try address(written.jwks_uri)
        // RFC 8414 §2: one that lists no ways of PKCE may know them all the same.
        guard written.code_challenge_methods_supported?.contains("S256") ?? true else {
            throw SignInFault(.metadata, "The provider does not protect codes with S256 (PKCE).")
        }
        // Without a list it takes the header (OpenID Connect Discovery 1.0 §3).
        let methods = written.token_endpoint_auth_methods_supported ?? ["client_secret_basic"]
        takesSecretInForm =
            !methods.contains("client_secret_basic") && methods.contains("client_secret_post")
        namesIssuer = written.authorization_response_iss_parameter_supported ?? false
    }

    private struct Written: Decodable {
        var issuer: String
        var authorization_endpoint: String
        var token_endpoint: String
        var jwks_uri: String
        var code_challenge_methods_supported: [String]?
        var token_endpoint_auth_methods_supported: [String]?
        var authorization_response_iss_parameter_supported: Bool?
    }
}
