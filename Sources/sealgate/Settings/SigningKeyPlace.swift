import Identities

/// A key to sign with, as settings name it: `DOMAIN SELECTOR FILE`.
struct SigningKeyPlace: Hashable, Sendable, CustomStringConvertible {
    let domain: DomainName
    let selector: String
    /// Path of the private key (PEM).
    let path: String

    /// Nil when a word is missing, or domain and selector make no name for the key's record.
    init?(_ text: String) {
        let words = text.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count == 3, let domain = DomainName(words[0]),
            DomainName("\(words[1])._domainkey.\(domain)") != nil
        else { return nil }
        self.domain = domain
        selector = String(words[1])
        path = String(words[2].drop { $0 == " " || $0 == "\t" })
    }

    var description: String { "\(domain) \(selector) \(path)" }
}
