/// The bounds that this target keeps on what a message and the world's DNS may make it do. Each
/// folder has a file of its own for its part.
public enum Limits {
    /// Octets of a header section that are read; fields beyond are as if they were not there, and
    /// the message has the defect `headerTooLarge`.
    public static let headerSectionOctets = 4 << 20
    /// Fields of a header section that are read.
    public static let headerFields = 16_384
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
