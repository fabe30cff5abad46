public import Identities
public import OpenIDConnect
import Storage

/// Signing in at a provider of identities (OpenID Connect), where one is configured.
public struct ProviderServices: Sendable {
    let provider: Provider
    /// What its button says: "Sign in with …".
    let name: String
    /// Domains of the addresses that may sign in, as the provider verified them; empty for all.
    let domains: [DomainName]

    public init(provider: Provider, name: String, domains: [DomainName]) {
        self.provider = provider
        self.name = name
        self.domains = domains
    }

    /// What identities are known by, with their subject.
    var issuer: String { provider.issuer }

    /// Whether somebody with this address may sign in.
    func allows(_ identity: ProvenIdentity) -> Bool {
        guard !domains.isEmpty else { return true }
        guard identity.isAddressVerified, let text = identity.address,
            let address = EmailAddress(text)
        else { return false }
        return domains.contains(address.domain)
    }
}

/// What a browser carries to the provider and back: one secret, of which everything else is made,
/// so that nothing else has to be kept.
struct ProviderTrip {
    let secret: SecretToken

    func request(redirect: String) -> SignInRequest {
        SignInRequest(
            redirect: redirect, state: secret.derived(for: Self.state),
            nonce: secret.derived(for: "sealgate provider nonce"),
            verifier: secret.derived(for: "sealgate provider verifier"))
    }

    /// Whether an answer belongs to this browser's trip.
    func isAnswer(_ state: String) -> Bool { secret.confirms(state, for: Self.state) }

    private static let state = "sealgate provider state"
}
