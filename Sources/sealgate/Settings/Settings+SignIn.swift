import Identities
import OpenIDConnect

extension Settings {
    /// Where people may sign in besides here; nowhere until a provider is named.
    struct SignIn: Sendable {
        var issuer: ProviderAddress?
        var clientID: String?
        /// A file with the secret.
        var clientSecret: String?
        var domains: [DomainName] = []
        var button = "your organisation's account"
    }
}
