extension Limits {
    /// Octets of an Authentication-Results field's value that are read.
    public static let authenticationResultsOctets = 32_768
    /// Results that are read from one field; a receiver writes about one per signature.
    public static let authenticationResultsMethods = 256
    /// Properties that are read for one result.
    public static let authenticationResultsProperties = 32
    /// Characters of one value, comment or reason that are written; what a sender chose may be
    /// longer, and no line may have more than 998 octets (RFC 5322 §2.1.1).
    public static let authenticationResultsText = 500
}
