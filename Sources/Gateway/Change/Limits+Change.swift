/// What changing a message may cost.
extension Limits {
    /// Octets of a banner's text.
    public static let bannerOctets = 4 << 10
    /// Octets of the mark before a subject: with its encoding it is one encoded word (RFC 2047 §2).
    public static let subjectTagOctets = 40
    /// Octets of the largest message that is changed; larger ones leave as they came.
    public static let changedMessageOctets = 25 << 20
    /// Short words with a colon, and names in brackets, among which a subject's mark is looked for.
    public static let subjectLeads = 32
    /// Octets of a subject in which its mark is looked for.
    public static let subjectReadOctets = 4_096
}
