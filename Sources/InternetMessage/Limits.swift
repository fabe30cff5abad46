/// The named limits of this target: what a `Budget` holds unless the caller says otherwise, and
/// the bounds that no caller may lift.
public enum Limits {
    /// Body parts in one message, embedded messages included.
    public static let parts = 4_096
    /// Parts inside parts, of either kind.
    public static let depth = 64
    /// Messages inside messages (`message/rfc822`).
    public static let messageDepth = 32
    /// Composite parts that must be decoded before they can be parsed, one inside the other.
    public static let encodedDepth = 4
    /// Header fields in all parts together.
    public static let headerFields = 16_384
    /// Octets of header fields in all parts together.
    public static let headerBytes = 4 << 20
    /// Parameters of `Content-Type` and `Content-Disposition` fields in all parts together.
    public static let parameters = 16_384
    /// Octets that transfer decoding may produce for one message.
    public static let decodedBytes = 256 << 20

    /// Parts inside parts whatever the budget says: values in values are also taken apart one
    /// inside the other when they are no longer needed.
    public static let greatestDepth = 1_000
    /// Parameters read from one field.
    public static let parametersPerField = 128
    /// Sections of one parameter are numbered below this (RFC 2231 §3).
    public static let parameterSections = 10_000
    /// The longest boundary that is looked for; RFC 2046 §5.1.1 allows 70 octets.
    public static let boundaryBytes = 998
    /// The longest boundary that is not a defect.
    public static let standardBoundaryBytes = 70
    /// The longest line that is not a defect, line end not counted (RFC 5322 §2.1.1).
    public static let lineBytes = 998
    /// Defects of one kind that are kept one by one; later ones are only counted.
    public static let defectsPerCode = 16
    /// Octets of one field that are read as structured data.
    public static let structuredFieldBytes = 1 << 20
    /// Octets of one field that are turned into text for people.
    public static let fieldTextBytes = 1 << 20
    /// Mailboxes read from one field.
    public static let addresses = 10_000
    /// Message identifiers read from one field.
    public static let messageIdentifiers = 1_000
    /// Octets of the character set name in an encoded word.
    public static let encodedWordCharsetBytes = 64
    /// Octets of one message in an mbox file; the rest of a longer one is left out.
    public static let mboxMessageBytes = 256 << 20
    /// Octets kept of a `From ` line of an mbox file.
    public static let mboxEnvelopeBytes = 4_096
}
