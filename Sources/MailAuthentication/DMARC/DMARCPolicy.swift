/// What a Domain Owner asks receivers to do with mail that fails (RFC 9989 §4.7, `p`, `sp`, `np`).
public enum DMARCPolicy: String, Sendable, Codable, CaseIterable, Comparable {
    case none, quarantine, reject

    /// The policy one level down, which a record in test mode (`t=y`) asks for.
    public var oneLevelDown: DMARCPolicy {
        switch self {
        case .none, .quarantine: .none
        case .reject: .quarantine
        }
    }

    /// Orders by severity: none, quarantine, reject.
    public static func < (left: Self, right: Self) -> Bool { left.severity < right.severity }

    private var severity: Int {
        switch self {
        case .none: 0
        case .quarantine: 1
        case .reject: 2
        }
    }
}

/// How close an authenticated identifier must be to the Author Domain (RFC 9989 §4.4).
public enum AlignmentMode: String, Sendable, Codable, CaseIterable {
    /// Both have the same Organizational Domain.
    case relaxed = "r"
    /// Both are the same name.
    case strict = "s"
}

/// Whether a record says that its domain is a public suffix (RFC 9989 §4.7, `psd`).
public enum PublicSuffixFlag: String, Sendable, Codable, CaseIterable {
    /// The domain is a Public Suffix Domain.
    case yes = "y"
    /// The domain is the Organizational Domain of itself and of what lies below it.
    case no = "n"
    /// The record does not say; the DNS Tree Walk decides.
    case undetermined = "u"
}

/// The tag of a record that decided for a message.
public enum PolicyTag: String, Sendable, Codable, CaseIterable {
    case policy = "p"
    case subdomainPolicy = "sp"
    case nonexistentSubdomainPolicy = "np"
}

/// The policy that a record sets for one Author Domain.
public struct AppliedPolicy: Hashable, Sendable, Codable {
    /// The tag that the policy was taken from.
    public var tag: PolicyTag
    /// The policy as that tag has it.
    public var requested: DMARCPolicy
    /// Whether the record is in test mode (`t=y`).
    public var isTesting: Bool

    public init(tag: PolicyTag, requested: DMARCPolicy, isTesting: Bool) {
        self.tag = tag
        self.requested = requested
        self.isTesting = isTesting
    }

    /// What is done with failing mail: one level below the request in test mode.
    public var policy: DMARCPolicy { isTesting ? requested.oneLevelDown : requested }
}
