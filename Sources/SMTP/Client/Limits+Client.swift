extension Limits {
    /// Octets of content that follow BDAT before the server has said yes to the recipients: what a
    /// refusal wastes at most.
    public static let contentAheadOctets = 64 << 10
    /// RCPT commands after which a 552 means "not in this transaction": RFC 5321 §4.5.3.1.10.
    public static let recipientsBeforeOverflow = 100
}
