import Identities

/// An alias (CNAME) through which a service signs with its customer's domain, where the service
/// gives every customer the same: only such aliases can be proposed without asking the service.
///
/// Most services make names of their own for each customer; of those nothing stands here, and the
/// person copies what the service shows.
struct KnownKeyAlias: Hashable, Sendable {
    /// The name below the customer's domain.
    var label: String
    /// The target; `{domain}` stands for the customer's domain.
    var target: String

    func name(for domain: DomainName) -> String { "\(label).\(domain.text)" }

    func target(for domain: DomainName) -> String {
        target.replacing("{domain}", with: domain.text)
    }

    /// The aliases of a service of the catalogue.
    static func of(_ serviceID: String) -> [KnownKeyAlias] { table[serviceID] ?? [] }

    /// Sources: the services' own instructions, and zones that their owners publish (the sources
    /// of the catalogue's rows), looked at on 2026-11-22.
    private static let table: [String: [KnownKeyAlias]] = [
        "fastmail": ["fm1", "fm2", "fm3"].map {
            KnownKeyAlias(label: "\($0)._domainkey", target: "\($0).{domain}.dkim.fmhosted.com.")
        },
        "mailchimp": [
            KnownKeyAlias(label: "k2._domainkey", target: "dkim2.mcsv.net."),
            KnownKeyAlias(label: "k3._domainkey", target: "dkim3.mcsv.net."),
        ],
        "mailerlite": [
            KnownKeyAlias(
                label: "litesrv._domainkey", target: "litesrv._domainkey.mlsend.com.")
        ],
        "zendesk": [
            KnownKeyAlias(
                label: "zendesk1._domainkey", target: "zendesk1._domainkey.zendesk.com."),
            KnownKeyAlias(
                label: "zendesk2._domainkey", target: "zendesk2._domainkey.zendesk.com."),
        ],
    ]
}
