public import Identities

/// What a record says. Types on which a judgement rests have a case; all others are kept as their
/// octets (RFC 3597), with names in them uncompressed.
public enum RecordData: Hashable, Sendable {
    /// RFC 1035 §3.4.1.
    case a(IPAddress)
    /// RFC 3596 §2.2; an address mapped from IPv4 stands here as the IPv4 one.
    case aaaa(IPAddress)
    /// RFC 1035 §3.3.9; the exchange `.` with preference 0 says that the name takes no mail
    /// (RFC 7505).
    case mx(preference: UInt16, exchange: DNSName)
    /// RFC 1035 §3.3.14: strings of at most 255 octets each.
    case txt([[UInt8]])
    case cname(DNSName)
    case dname(DNSName)
    case ns(DNSName)
    case ptr(DNSName)
    case soa(StartOfAuthority)
    /// RFC 2782.
    case srv(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName)
    /// RFC 8659 §4.
    case caa(flags: UInt8, tag: [UInt8], value: [UInt8])
    /// RFC 6698 §2.
    case tlsa(usage: UInt8, selector: UInt8, matching: UInt8, association: [UInt8])
    /// RFC 4034 §5.
    case ds(keyTag: UInt16, algorithm: UInt8, digestType: UInt8, digest: [UInt8])
    case unknown([UInt8])

    /// A TXT record of one text, cut into strings of 255 octets.
    public static func text(_ text: some StringProtocol) -> RecordData {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return .txt([[]]) }
        return .txt(
            stride(from: 0, to: bytes.count, by: 255).map {
                Array(bytes[$0..<min($0 + 255, bytes.count)])
            })
    }
}

/// The data of an SOA record (RFC 1035 §3.3.13).
public struct StartOfAuthority: Hashable, Sendable {
    public var primaryServer: DNSName
    public var responsibleMailbox: DNSName
    public var serial: UInt32
    /// Seconds between two looks of a secondary server.
    public var refresh: UInt32
    /// Seconds between two attempts when a look failed.
    public var retry: UInt32
    /// Seconds after which a secondary server stops answering.
    public var expire: UInt32
    /// Seconds for which a "no" may be kept (RFC 2308 §4).
    public var minimum: UInt32

    public init(
        primaryServer: DNSName, responsibleMailbox: DNSName, serial: UInt32, refresh: UInt32,
        retry: UInt32, expire: UInt32, minimum: UInt32
    ) {
        self.primaryServer = primaryServer
        self.responsibleMailbox = responsibleMailbox
        self.serial = serial
        self.refresh = refresh
        self.retry = retry
        self.expire = expire
        self.minimum = minimum
    }
}
