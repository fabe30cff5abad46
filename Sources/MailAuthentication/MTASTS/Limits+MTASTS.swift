extension Limits {
    /// Octets of an `_mta-sts` or `_smtp._tls` record that are read; real ones stay under 300.
    public static let transportRecordOctets = 4_096
    /// Octets of an MTA-STS policy; the fetcher stops there (RFC 8461 §3.3).
    public static let mtaSTSPolicyOctets = 65_536
    /// Names and patterns of mail hosts that are kept of one policy.
    public static let mtaSTSPatterns = 512
    /// Unknown fields that are kept of one policy or record.
    public static let transportExtensions = 32
    /// Remarks that are kept for one policy or record.
    public static let transportDefects = 64
    /// The longest time in seconds for which a policy may be kept: a year (RFC 8461 §3.2).
    public static let mtaSTSMaxAge: Int64 = 31_557_600
    /// Reporting addresses that are kept of a TLS-RPT record.
    public static let tlsReportURIs = 32
}
