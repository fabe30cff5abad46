public import Identities

/// What a domain says in its SPF record: terms that are tried from left to right until one matches
/// (RFC 7208 §4.6.1).
public struct SPFRecord: Hashable, Sendable {
    /// What a match means (RFC 7208 §4.6.2).
    public enum Qualifier: UInt8, Sendable {
        case pass = 0x2B
        case fail = 0x2D
        case neutral = 0x3F
        case softfail = 0x7E

        /// The result of a check that this term decides.
        public var result: SPFResult {
            switch self {
            case .pass: .pass
            case .fail: .fail
            case .neutral: .neutral
            case .softfail: .softfail
            }
        }
    }

    /// How many bits of an address must agree, for each of the two families (RFC 7208 §5.3).
    public struct PrefixLengths: Hashable, Sendable {
        /// 0...32.
        public var ip4 = 32
        /// 0...128.
        public var ip6 = 128

        public init(ip4: Int = 32, ip6: Int = 128) {
            self.ip4 = ip4
            self.ip6 = ip6
        }
    }

    /// What a client is compared with (RFC 7208 §5); a domain of nil is the record's own.
    public enum Mechanism: Hashable, Sendable {
        case all
        case include(SPFMacroString)
        case a(SPFMacroString?, PrefixLengths)
        case mx(SPFMacroString?, PrefixLengths)
        case ptr(SPFMacroString?)
        case ip4(IPNetwork)
        /// A network of mapped IPv4 addresses (`::ffff:192.0.2.0/120`) stands here as the IPv4 one
        /// and matches nothing, because a mapped client is an IPv4 client (RFC 7208 §5).
        case ip6(IPNetwork)
        case exists(SPFMacroString)
    }

    /// One term.
    public struct Term: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            case directive(Qualifier, Mechanism)
            /// `redirect=` (RFC 7208 §6.1).
            case redirect(SPFMacroString)
            /// `exp=` (RFC 7208 §6.2).
            case explanation(SPFMacroString)
            /// Any other `name=value`, which has no effect (RFC 7208 §6).
            case unknownModifier(name: String)
        }

        public let kind: Kind
        /// Where the term stands in the record's octets.
        public let place: Range<Int>

        /// Whether the term counts among the ten of RFC 7208 §4.6.4.
        public var costsLookup: Bool {
            switch kind {
            case .directive(_, let mechanism):
                switch mechanism {
                case .include, .a, .mx, .ptr, .exists: true
                case .all, .ip4, .ip6: false
                }
            case .redirect: true
            case .explanation, .unknownModifier: false
            }
        }
    }

    /// The record as published, its strings joined.
    public let octets: [UInt8]
    /// In the order of the record.
    public let terms: [Term]
    /// The record as published.
    public let text: String
    /// Its terms as published.
    let termTexts: [String]

    /// For the parser.
    init(octets: [UInt8], terms: [Term]) {
        self.octets = octets
        self.terms = terms
        text = String(decoding: octets, as: UTF8.self)
        termTexts = terms.map { String(decoding: octets[$0.place], as: UTF8.self) }
    }

    /// One term as published.
    public func text(of term: Term) -> String {
        String(decoding: octets[term.place], as: UTF8.self)
    }

    /// Where the check goes on when no term matches.
    public var redirect: SPFMacroString? {
        for term in terms {
            if case .redirect(let domain) = term.kind { return domain }
        }
        return nil
    }

    /// Where the words for a fail are.
    public var explanation: SPFMacroString? {
        for term in terms {
            if case .explanation(let domain) = term.kind { return domain }
        }
        return nil
    }
}
