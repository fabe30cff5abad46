/// What SPF says of one client and one identity (RFC 7208 §2.6); the words are those of
/// Authentication-Results (RFC 8601 §2.7.2).
public enum SPFResult: String, Sendable, Codable, CaseIterable {
    /// No identity to check, or no SPF record.
    case none
    /// The domain says that it says nothing.
    case neutral
    case pass
    case fail
    case softfail
    /// DNS failed for the moment: the same check may succeed later.
    case temperror
    /// The domain's records cannot be used as they are.
    case permerror
}
