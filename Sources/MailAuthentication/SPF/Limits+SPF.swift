/// The bounds of an SPF check. Those of RFC 7208 §4.6.4 are defaults of `SPFPolicy`.
extension Limits {
    /// Octets of an SPF record that are read; a longer one is a permerror. Real records stay under
    /// 4,000 octets, and RFC 7208 §3.4 asks for less than 512.
    public static let spfRecordOctets = 16_384
    /// Terms of one check that may lead to look-ups (RFC 7208 §4.6.4).
    public static let spfTerms = 10
    /// Terms of one check whose look-ups may find nothing (RFC 7208 §4.6.4).
    public static let spfVoidTerms = 2
    /// Mail exchangers of one `mx` whose addresses are asked for (RFC 7208 §4.6.4).
    public static let spfExchanges = 10
    /// Names of the client whose addresses are asked for (RFC 7208 §4.6.4); more are passed over.
    public static let spfPointers = 10
    /// DNS questions of one check. It stands for the 20 seconds of RFC 7208 §4.6.4, for this target
    /// has no clock: ten `mx` of ten hosts each, the names of the client and an explanation need
    /// fewer.
    public static let spfQueries = 128
    /// Octets of MAIL FROM and of HELO that are looked at; RFC 5321 §4.5.3.1 allows 256 and 255.
    public static let spfIdentityOctets = 1_024
    /// Octets of an explanation; a longer one is passed over.
    public static let spfExplanationOctets = 1_024
    /// Names whose records an evaluator remembers in parsed form.
    public static let spfCachedRecords = 2_048
    /// Octets of TXT records under one name that are remembered; nearly all domains stay below.
    public static let spfCachedRecordOctets = 4_096
    /// Octets of a domain name in text, without the trailing dot (RFC 7208 §7.3).
    static let spfNameOctets = 253
    /// Octets of an expansion that is to be a name while it grows. Only its end can count, because
    /// labels are taken off at the left, so that the rest is dropped beyond this.
    static let spfExpansionOctets = 8_192
    /// Octets of foreign text that are shown in a sentence.
    static let spfExcerptOctets = 80
}
