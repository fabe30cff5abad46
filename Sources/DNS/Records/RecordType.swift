/// The type of a record (RFC 1035 §3.2.2 and IANA's registry), known or not.
public struct RecordType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Reads `MX` in any case, or `TYPE15` (RFC 3597 §5).
    public init?(_ text: some StringProtocol) {
        let name = text.uppercased()
        if let known = Self.byName[name] {
            self = known
            return
        }
        guard name.hasPrefix("TYPE"), name.utf8.count <= 9,
            name.utf8.dropFirst(4).allSatisfy({ $0 &- 0x30 < 10 }),
            let number = UInt16(name.dropFirst(4))
        else { return nil }
        rawValue = number
    }

    public static let a = RecordType(rawValue: 1)
    public static let ns = RecordType(rawValue: 2)
    public static let cname = RecordType(rawValue: 5)
    public static let soa = RecordType(rawValue: 6)
    public static let ptr = RecordType(rawValue: 12)
    public static let mx = RecordType(rawValue: 15)
    public static let txt = RecordType(rawValue: 16)
    public static let aaaa = RecordType(rawValue: 28)
    public static let srv = RecordType(rawValue: 33)
    public static let dname = RecordType(rawValue: 39)
    public static let opt = RecordType(rawValue: 41)
    public static let ds = RecordType(rawValue: 43)
    public static let rrsig = RecordType(rawValue: 46)
    public static let nsec = RecordType(rawValue: 47)
    public static let dnskey = RecordType(rawValue: 48)
    public static let nsec3 = RecordType(rawValue: 50)
    public static let nsec3param = RecordType(rawValue: 51)
    public static let tlsa = RecordType(rawValue: 52)
    public static let cds = RecordType(rawValue: 59)
    public static let cdnskey = RecordType(rawValue: 60)
    public static let spf = RecordType(rawValue: 99)
    public static let tsig = RecordType(rawValue: 250)
    public static let ixfr = RecordType(rawValue: 251)
    public static let axfr = RecordType(rawValue: 252)
    public static let any = RecordType(rawValue: 255)
    public static let caa = RecordType(rawValue: 257)

    /// Types that stand in questions and messages only, never in a zone (RFC 6895 §3.1).
    public var isMeta: Bool { rawValue == 41 || (249...255).contains(rawValue) }

    private static let byName: [String: RecordType] = Dictionary(
        uniqueKeysWithValues: names.map { ($0.1, RecordType(rawValue: $0.0)) })
    private static let byNumber: [UInt16: String] = Dictionary(
        uniqueKeysWithValues: names.map { ($0.0, $0.1) })

    private static let names: [(UInt16, String)] = [
        (1, "A"), (2, "NS"), (5, "CNAME"), (6, "SOA"), (7, "MB"), (8, "MG"), (9, "MR"),
        (11, "WKS"), (12, "PTR"), (13, "HINFO"), (14, "MINFO"), (15, "MX"), (16, "TXT"),
        (17, "RP"), (18, "AFSDB"), (19, "X25"), (20, "ISDN"), (21, "RT"), (22, "NSAP"),
        (24, "SIG"), (25, "KEY"), (26, "PX"), (28, "AAAA"), (29, "LOC"), (33, "SRV"),
        (35, "NAPTR"), (36, "KX"), (37, "CERT"), (39, "DNAME"), (41, "OPT"), (42, "APL"),
        (43, "DS"), (44, "SSHFP"), (45, "IPSECKEY"), (46, "RRSIG"), (47, "NSEC"),
        (48, "DNSKEY"), (49, "DHCID"), (50, "NSEC3"), (51, "NSEC3PARAM"), (52, "TLSA"),
        (53, "SMIMEA"), (59, "CDS"), (60, "CDNSKEY"), (61, "OPENPGPKEY"), (62, "CSYNC"),
        (63, "ZONEMD"), (64, "SVCB"), (65, "HTTPS"), (66, "DSYNC"), (99, "SPF"), (104, "NID"),
        (105, "L32"), (106, "L64"), (107, "LP"), (108, "EUI48"), (109, "EUI64"), (249, "TKEY"),
        (250, "TSIG"), (251, "IXFR"), (252, "AXFR"), (255, "ANY"), (256, "URI"), (257, "CAA"),
        (258, "AVC"), (261, "RESINFO"), (262, "WALLET"), (65_401, "ALIAS"),
    ]
}

extension RecordType: CustomStringConvertible {
    /// The mnemonic, or `TYPE…` for a type without one (RFC 3597 §5).
    public var description: String { Self.byNumber[rawValue] ?? "TYPE\(rawValue)" }
}

/// The class of a record; the Internet's in all that this program does.
public struct RecordClass: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let internet = RecordClass(rawValue: 1)
    public static let chaos = RecordClass(rawValue: 3)
    public static let none = RecordClass(rawValue: 254)
    public static let any = RecordClass(rawValue: 255)
}

extension RecordClass: CustomStringConvertible {
    public var description: String {
        switch rawValue {
        case 1: "IN"
        case 3: "CH"
        case 254: "NONE"
        case 255: "ANY"
        default: "CLASS\(rawValue)"
        }
    }
}
