import DomainAnalysis
import Identities

/// Short ways to write observations in tables.
enum Sample {
    /// A name that the test itself spells out; a wrong one becomes visible in the assertion.
    static func name(_ text: String) -> DomainName {
        DomainName(text) ?? DomainName("not-a-name.invalid").unsafelyUnwrapped
    }

    static func signature(
        _ domain: String, _ result: String = "pass", selector: String? = nil, alias: String? = nil
    ) -> SourceObservation.Signature {
        .init(
            domain: name(domain), selector: selector, result: result,
            aliasTarget: alias.map(name))
    }

    static func observation(
        from: String = "example.com", mailFrom: String? = nil, spf: String = "none",
        dkim: [SourceObservation.Signature] = [],
        reverse: SourceObservation.ReverseName = .notAsked,
        address: String = "198.51.100.7", overrides: [(String, String?)] = [],
        network: SourceObservation.Network? = nil, blocklists: [String] = []
    ) -> SourceObservation {
        SourceObservation(
            address: IPAddress(address), reverseName: reverse, headerFrom: name(from),
            mailFrom: mailFrom.map(name), spfResult: spf, dkim: dkim,
            overrides: overrides.map { .init(type: $0.0, comment: $0.1) }, network: network,
            blocklists: blocklists)
    }

    /// The last two labels, or three below `co.uk`.
    static func organization(_ name: DomainName) -> DomainName {
        name.suffix(labels: name.text.hasSuffix(".co.uk") ? 3 : 2) ?? name
    }

    static func confirmed(_ text: String) -> SourceObservation.ReverseName {
        .confirmed(name(text))
    }
    static func unconfirmed(_ text: String) -> SourceObservation.ReverseName {
        .unconfirmed(name(text))
    }

    static func identify(_ observation: SourceObservation) -> SenderIdentification {
        SenderIdentifier().identify(observation, organizationalDomain: organization)
    }
}
