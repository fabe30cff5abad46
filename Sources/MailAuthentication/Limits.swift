/// The bounds that this target keeps on what the world's DNS may make it do.
public enum Limits {
    /// Octets of a DMARC record that are read; longer ones are invalid. Real records stay under
    /// 600 octets.
    public static let dmarcRecordOctets = 8_192
    /// Reporting addresses that are kept per tag (`rua`, `ruf`).
    public static let dmarcReportURIs = 32
    /// Remarks that are kept for one record.
    public static let dmarcWarnings = 64
    /// Look-ups of one DNS Tree Walk (RFC 9989 §4.10).
    public static let treeWalkQueries = 8
}
