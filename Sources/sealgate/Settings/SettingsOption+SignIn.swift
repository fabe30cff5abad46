import Identities
import OpenIDConnect

/// The options of signing in at a provider of identities.
extension SettingsOption {
    static let signIn: [SettingsOption] = [
        SettingsOption(
            key: "sign-in.issuer", shape: .text, flag: "--sign-in-issuer",
            meaning:
                "Your provider of identities (OpenID Connect), as it names itself. People may sign "
                + "in there once they said, here, who they are. It is told to send them back to "
                + "the console's address and /sign-in/provider/back.",
            reason: "People sign in with a password until a provider is named.",
            wants: "an address that begins with https:// (http:// on this machine only)",
            example: .text("https://login.example.com"),
            read: { $0.signIn.issuer.map { .text($0.text) } },
            write: {
                guard case .text(let text) = $0, let issuer = ProviderAddress(text),
                    !text.contains("?")
                else { return false }
                $1.signIn.issuer = issuer
                return true
            }),
        SettingsOption(
            key: "sign-in.client-id", shape: .text, flag: "--sign-in-client-id",
            meaning: "The name under which the provider knows this Sealgate.",
            reason: "The provider gives it.", wants: "a text", example: .text("sealgate"),
            read: { $0.signIn.clientID.map { .text($0) } },
            write: {
                guard case .text(let text) = $0, !text.isEmpty, text.utf8.count <= 255 else {
                    return false
                }
                $1.signIn.clientID = text
                return true
            }),
        SettingsOption(
            key: "sign-in.client-secret", shape: .text, flag: "--sign-in-client-secret",
            meaning: "A file with the secret that goes with the name.",
            reason: "Without one, the provider must take Sealgate for a public client.",
            wants: "the path of a file", example: .text("/etc/sealgate/sign-in.secret"),
            read: { $0.signIn.clientSecret.map { .text($0) } },
            write: {
                guard case .text(let path) = $0, !path.isEmpty else { return false }
                $1.signIn.clientSecret = path
                return true
            }),
        SettingsOption(
            key: "sign-in.domains", shape: .list, flag: "--sign-in-domain",
            meaning:
                "Domains of the mail addresses that may sign in there; the provider has to say that "
                + "it verified the address.",
            reason: "All may that somebody here invited or that linked their account.",
            wants: "a list of domain names", example: .list(["example.com"]),
            read: { $0.signIn.domains.isEmpty ? nil : .list($0.signIn.domains.map(\.text)) },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let names = texts.compactMap { DomainName($0) }
                $1.signIn.domains = names
                return names.count == texts.count
            }),
        SettingsOption(
            key: "sign-in.button", shape: .text, flag: "--sign-in-button",
            meaning: "How people call the provider: the button says \"Sign in with …\".",
            reason: "It says what people know when nobody names it.",
            wants: "a text of 1 to 40 letters", example: .text("Example Login"),
            read: { .text($0.signIn.button) },
            write: {
                guard case .text(let text) = $0, (1...40).contains(text.count),
                    !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
                else { return false }
                $1.signIn.button = text
                return true
            }),
    ]
}
