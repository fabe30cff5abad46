import ArgumentParser
import Console
import FoundationEssentials
import OpenIDConnect

/// Where people sign in besides here, on the command line.
struct SignInFlags: ParsableArguments, GivesFlags {
    @Option(help: "A provider of identities (OpenID Connect), https://…")
    var signInIssuer: String?
    @Option(help: "The name under which it knows this Sealgate.") var signInClientId: String?
    @Option(help: "A file with the secret that goes with the name.")
    var signInClientSecret: String?
    @Option(help: "A domain of addresses that may sign in there; may be repeated.")
    var signInDomain: [String] = []
    @Option(help: "How people call it: \"Sign in with …\".") var signInButton: String?

    func give(to flags: inout GivenFlags) {
        flags.add("sign-in.issuer", signInIssuer)
        flags.add("sign-in.client-id", signInClientId)
        flags.add("sign-in.client-secret", signInClientSecret)
        flags.add("sign-in.domains", signInDomain)
        flags.add("sign-in.button", signInButton)
    }
}

extension Settings.SignIn {
    /// The provider, as the console asks it; nil where none is named.
    func provider() throws -> ProviderServices? {
        guard let issuer else { return nil }
        guard let clientID else {
            throw PlainError(
                "The provider has to know who asks: set sign-in.client-id beside sign-in.issuer.")
        }
        let options = ProviderOptions(
            issuer: issuer, clientID: clientID, clientSecret: try clientSecret.map(Self.secret))
        return ProviderServices(
            provider: Provider(options: options, web: HTTPProviderWeb()), name: button,
            domains: domains)
    }

    private static func secret(_ path: String) throws -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= 4_096 else {
            throw PlainError("The secret in \(plain(path)) cannot be read.")
        }
        let text = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard text.count == 1, let secret = text.first else {
            throw PlainError("The file \(plain(path)) has to hold one line, the secret.")
        }
        return String(secret)
    }
}
