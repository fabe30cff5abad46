/// A person who may open the console. What they may do is said by their memberships.
public struct Account: Hashable, Sendable, Codable {
    public var id: Int64
    public var name: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public var createdAt: Int64

    public init(id: Int64, name: String, createdAt: Int64) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}

/// Who is looking, and at which organisation.
public struct Admission: Hashable, Sendable {
    public var account: Account
    /// The organisation that is looked at; nil for somebody who belongs to none any more.
    public var membership: Membership?
    /// To how many organisations the person belongs.
    public var organisations: Int
}

/// Why a name, a password or a link was not taken; the description is said to the person.
public enum AccountError: Error, Hashable, Sendable, CustomStringConvertible {
    case emptyName
    case nameTooLong
    case nameTaken
    case passwordTooShort
    case passwordTooLong
    case passwordIsName
    /// It was typed twice, and not alike.
    case passwordsDiffer
    /// The link was never made, was used, or is too old: which of them is not said.
    case linkNotValid
    /// A link for a new password: used, too old, replaced, or never made.
    case passwordLinkNotValid
    /// The new password is the old one.
    case passwordSame

    public var description: String {
        switch self {
        case .emptyName: "Choose a name: it is what you sign in with."
        case .nameTooLong: "The name is too long: \(AccountLimits.nameCharacters) letters at most."
        case .nameTaken: "Somebody here has that name already. Choose another."
        case .passwordTooShort:
            "The password is too short: \(AccountLimits.passwordCharacters.lowerBound) characters "
                + "at least. Four unrelated words are easy to keep in mind."
        case .passwordTooLong:
            "The password is too long: \(AccountLimits.passwordCharacters.upperBound) characters "
                + "at most."
        case .passwordsDiffer: "The two passwords differ. Type them again."
        case .passwordIsName: "The password must differ from the name."
        case .linkNotValid:
            "This link does not work any more: it was used already, or it is too old. "
                + "Start Sealgate again to get a new one."
        case .passwordLinkNotValid:
            "This link does not work any more: it was used already, it is too old, or a newer one "
                + "was made. Ask for a new one."
        case .passwordSame: "The new password is the old one. Choose another."
        }
    }
}

/// Limits on what people choose, and on how long they stay signed in.
public enum AccountLimits {
    public static let nameCharacters = 80
    public static let passwordCharacters = 12...1_024
    /// A session ends after this long without a request, in seconds.
    public static let idleSession: Int64 = 12 * 3_600
    /// A session ends this long after signing in, whatever happens, in seconds.
    public static let wholeSession: Int64 = 7 * 86_400
    /// `seen_at` is written at most this often for a session, in seconds.
    public static let seenInterval: Int64 = 300
    /// A one-time link works for this long, in seconds.
    public static let link: Int64 = 86_400
    /// Links for a new password are remembered this long after their end, so that a replay can be
    /// told from a mistyped link, in seconds.
    public static let oldLinks: Int64 = 30 * 86_400
    /// Sessions of one account; beyond it the oldest ends.
    public static let sessions = 50
}
