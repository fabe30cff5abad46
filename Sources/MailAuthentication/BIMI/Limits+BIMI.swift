extension Limits {
    // Records and header fields

    /// Octets of a BIMI record that are read; longer ones are refused. Real records stay under 400.
    public static let bimiRecordOctets = 4_096
    /// Octets of an address in a BIMI record; a longer one is refused.
    public static let bimiLocationOctets = 2_048
    /// Prefixes of the `lps=` tag; a record with more is refused.
    public static let bimiPrefixes = 32
    /// Octets of the value of a BIMI-Selector field; a longer one is as if it were not there.
    public static let bimiSelectorFieldOctets = 1_024

    /// Octets of the From field that are read for BIMI.
    public static let bimiAuthorOctets = 16 << 10

    // Logos

    /// Octets of a logo that every receiver takes; above it the logo is only advised against.
    public static let svgRecommendedOctets = 32 << 10
    /// Octets of a logo, and of what a compressed one expands to, that are looked at.
    public static let svgOctets = 256 << 10
    /// Elements within elements of a logo; more is refused.
    public static let svgDepth = 64
    /// Elements of a logo; more is refused.
    public static let svgElements = 20_000
    /// Attributes of one element of a logo; more is refused.
    public static let svgAttributes = 128
    /// Elements that are drawn when each `use` is replaced by what it points at; more is refused.
    public static let svgDrawnElements = 100_000
    /// Violations that are named for one logo; that there are more is told.
    public static let svgViolations = 100

    // Certificates

    /// Octets of a file of certificates; a larger one is not read.
    public static let markEvidenceOctets = 512 << 10
    /// Certificates of one file; more are refused. Real files hold two to four.
    public static let markCertificates = 8
    /// Root certificates that may be trusted.
    public static let markRoots = 256
    /// Names in one certificate that are compared; a certificate with more is refused.
    public static let markCertificateNames = 1_000
    /// Logos in one certificate that are looked at.
    public static let markLogotypes = 8
}
