public import Identities

/// What the setup of the servers around the gateway depends on.
public struct SetupFacts: Hashable, Sendable {
    /// The gateway's own name, as MX records will give it.
    public var hostName: DomainName
    /// Addresses that the gateway sends from, as others see them.
    public var addresses: [IPAddress]
    /// The domains whose mail it takes.
    public var domains: [DomainName]
    /// The name in the certificate that it shows to the next server; nil while it shows none.
    public var certificateName: String?
    /// The domain of its ARC seals; nil while it seals nothing.
    public var sealingDomain: DomainName?

    public init(
        hostName: DomainName, addresses: [IPAddress] = [], domains: [DomainName],
        certificateName: String? = nil, sealingDomain: DomainName? = nil
    ) {
        self.hostName = hostName
        self.addresses = addresses
        self.domains = domains
        self.certificateName = certificateName
        self.sealingDomain = sealingDomain
    }
}
