/// A person who may open the console.
public struct Account: Hashable, Sendable, Codable {
    /// What the person may do. There is one role until there are more rooms to keep apart.
    public enum Role: String, Sendable, Codable { case administrator }

    public var id: Int64
    public var name: String
    public var role: Role
    /// Seconds since 1970-01-01T00:00:00Z.
    public var createdAt: Int64

    public init(id: Int64, name: String, role: Role, createdAt: Int64) {
        self.id = id
        self.name = name
        self.role = role
        self.createdAt = createdAt
    }
}

/// Why a name, a password or a link was not taken; the description is said to the person.
public enum AccountError: Error, Hashable, Sendable, CustomStringConvertible {
    case emptyName
    case nameTooLong
    case nameTaken
    case passwordTooShort
    case passwordTooLong
    case passwordIsName
    /// The link was never made, was used, or is too old: which of them is not said.
    case linkNotValid

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
        case .passwordIsName: "The password must differ from the name."
        case .linkNotValid:
            "This link does not work any more: it was used already, or it is too old. "
                + "Start Sealgate again to get a new one."
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
    /// Sessions of one account; beyond it the oldest ends.
    public static let sessions = 50
}
