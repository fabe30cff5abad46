/// Limits on people, invitations and tokens.
public enum PeopleLimits {
    /// Domains of one domain owner.
    public static let domains = 200
    /// Invitations of one organisation that wait at the same time.
    public static let invitations = 100
    /// An invitation's link works for this long, in seconds.
    public static let invitation: Int64 = 7 * 86_400
    /// Letters of an invitation's remark.
    public static let remark = 120
    /// People of one organisation; more are not invited.
    public static let members = 1_000
    /// Letters of an organisation's name.
    public static let organisationName = 120
    /// Organisations of one installation.
    public static let organisations = 5_000
    /// Letters of a token's name.
    public static let tokenName = 80
    /// Days that a token may live at most.
    public static let tokenDays: Int64 = 730
    /// Tokens of one organisation that are in use at the same time.
    public static let tokens = 200
    /// `used_at` is written at most this often for a token, in seconds.
    public static let usedInterval: Int64 = 300
}
