public import Identities

/// The only way to the world's DNS for everything that judges mail or domains: a resolver on the
/// network, a zone file, or a table in a test.
public protocol DNSLookup: Sendable {
    /// Looks up the records of one name and type, following aliases. Never throws: a failure is an
    /// outcome, because RFCs decide differently on each.
    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer

    /// The same for a name of any octets, as SPF macros make them of what a client said
    /// (RFC 7208 §7.3).
    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer

    /// Whether every answer is at hand, so that nothing is gained by asking several questions at
    /// the same time.
    var answersAtOnce: Bool { get }
}

extension DNSLookup {
    /// Look-ups wait for somebody, unless they say otherwise.
    public var answersAtOnce: Bool { false }

    /// For look-ups that know domain names only: any other name does not exist.
    public func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        guard let domain = name.domainName else { return DNSAnswer(.nameError) }
        return await lookUp(domain, type)
    }
}

/// What a look-up found.
public struct DNSAnswer: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case records
        /// The name exists without records of this type.
        case noData
        /// NXDOMAIN: neither the name nor anything below it exists (RFC 8020).
        case nameError
        /// SERVFAIL, time-out, a lame or unreachable server: ask again later.
        case failure(String)
    }

    public var outcome: Outcome
    /// Records of the type asked for, at the end of the chain of aliases.
    public var records: [ResourceRecord]
    /// Names passed on the way, first to last (CNAME targets).
    public var aliases: [DomainName]
    /// The answer's AD bit, from a resolver that we trust with it (RFC 6840 §5.7).
    public var isAuthenticated: Bool
    /// Seconds for which the answer may be kept.
    public var timeToLive: UInt32

    public init(
        _ outcome: Outcome, records: [ResourceRecord] = [], aliases: [DomainName] = [],
        isAuthenticated: Bool = false, timeToLive: UInt32 = 0
    ) {
        self.outcome = outcome
        self.records = records
        self.aliases = aliases
        self.isAuthenticated = isAuthenticated
        self.timeToLive = timeToLive
    }
}
