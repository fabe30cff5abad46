/// What DMARC says of a message, in the words of Authentication-Results (RFC 9989 §9.2).
public enum DMARCResult: String, Sendable, Codable, CaseIterable {
    /// No DMARC record applies to the Author Domain.
    case none
    /// A record applies, and an authenticated identifier is aligned with the Author Domain.
    case pass
    /// A record applies, and none is aligned.
    case fail
    /// The DNS failed for the moment: the same evaluation may succeed later.
    case temperror
    /// The message or the record is such that no later attempt will do better.
    case permerror
}
