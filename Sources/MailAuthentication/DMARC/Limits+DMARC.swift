extension Limits {
    /// Octets of one From field that are read for the Author Domain; a longer one names nobody.
    public static let authorFieldOctets = 64 << 10
    /// From fields that are read; more of them are counted only.
    public static let authorFields = 8
    /// Author Domains that are evaluated for one message. RFC 9989 §11.5 leaves the number to the
    /// receiver; the evaluation of a message with more is incomplete.
    public static let authorDomains = 8
    /// Authenticated names whose Organizational Domain is looked up for one Author Domain. Names
    /// that need no look-up do not count.
    public static let alignmentWalks = 8
    /// Hosts outside whose consent to reports is asked for, for one record.
    public static let externalReportHosts = 10
    /// Questions that one message may put to the DNS. An SPF record with ten `mx` of ten hosts each
    /// comes to 111, and signatures, seals and DMARC to a few dozen.
    public static let questionsPerMessage = 256
    /// Names at `_dmarc` whose answers an evaluator remembers in the form that was read.
    public static let dmarcCachedNames = 4_096
    /// Octets of TXT records under one of these names that are remembered. Real records stay under
    /// 600 octets.
    public static let dmarcCachedRecordOctets = 2_048
}
