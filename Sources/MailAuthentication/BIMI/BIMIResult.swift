/// What BIMI says of a message, in the words of Authentication-Results
/// (draft-brand-indicators-for-message-identification §7.7).
public enum BIMIResult: String, Sendable, Codable, CaseIterable {
    /// The logo may be shown.
    case pass
    /// There is no BIMI record.
    case none
    /// The record, the logo or the certificate is not valid.
    case fail
    /// The DNS failed for the moment.
    case temperror
    /// The domain says that it takes no part.
    case declined
    /// The message does not meet the conditions, or the logo was not looked at.
    case skipped
}
