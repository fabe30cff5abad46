/// What DKIM says of one signature, in the words of Authentication-Results (RFC 8601 §2.7.1).
public enum DKIMResult: String, Sendable, Codable, CaseIterable {
    /// The message has no signature.
    case none
    case pass
    /// The signature or the body hash does not match.
    case fail
    /// It is good, but of a kind that is not accepted here (RFC 8601: acceptable to the verifier's
    /// policy or not).
    case policy
    /// The signature cannot be read as one.
    case neutral
    /// The key could not be fetched for the moment.
    case temperror
    /// It can never verify: a required tag or the key is missing or unusable.
    case permerror
}
