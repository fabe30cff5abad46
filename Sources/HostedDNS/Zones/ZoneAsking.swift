public import DNS
public import DNSResolver
public import DomainAnalysis

/// A server of a zone, by its name and where it listens.
public struct ZoneServer: Hashable, Sendable {
    public var name: String
    public var addresses: [ResolverAddress]

    public init(name: String, addresses: [ResolverAddress]) {
        self.name = name
        self.addresses = addresses
    }
}

/// The zone that a name lies in, as its start of authority tells.
public struct ZonePlace: Hashable, Sendable {
    public var apex: DNSName
    /// The primary server's name (MNAME).
    public var primary: DNSName

    public init(apex: DNSName, primary: DNSName) {
        self.apex = apex
        self.primary = primary
    }
}

/// What changes and their watch ask the DNS: never a cache, always those who have the zone.
public protocol ZoneAsking: Sendable {
    /// The zone that a name lies in.
    func zone(of name: DNSName) async throws -> ZonePlace

    /// All servers of a zone.
    func servers(of zone: DNSName) async throws -> [ZoneServer]

    /// Where a host listens for DNS.
    func addresses(of host: DNSName) async throws -> [ResolverAddress]

    /// The records that a server has; nil for none. Throws when the server does not answer, or not
    /// for this zone.
    func recordSet(
        _ name: DNSName, _ type: RecordType, at server: ResolverAddress
    ) async throws -> RecordSet?
}
