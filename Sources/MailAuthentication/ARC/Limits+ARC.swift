/// What a chain of ARC sets may make this target do.
extension Limits {
    /// ARC sets of one message (RFC 8617 §4.2.1); more of them fail.
    public static let arcSets = 50
    /// Octets of all ARC fields of one message together. Each seal signs all sets below it, so the
    /// work grows with the square of their number. Fifty ordinary sets stay under 200,000 octets.
    public static let arcFieldOctets = 512 << 10
    /// Names in the `h=` of one ARC-Message-Signature; a longer list does not verify.
    public static let arcSignedFields = 1_024
    /// How deep comments in an ARC or Authentication-Results field may nest.
    public static let arcCommentDepth = 16
    /// Octets of the results that a sealer takes over into a set.
    public static let arcResultsOctets = 32 << 10
    /// Octets of a word without a blank in these results: with its field's name it must fit a line
    /// (RFC 5322 §2.1.1).
    public static let arcWordOctets = 900
    /// Octets of one name that a sealer takes into `h=`, where a line cannot be broken.
    public static let arcFieldNameOctets = 256
}
