public import DomainAnalysis

/// What people have decided and noted about one sender of one domain.
public struct SenderDecision: Hashable, Sendable, Codable {
    /// Nil while nobody has decided.
    public var verdict: SenderVerdict?
    public var decidedBy: String?
    /// Seconds since 1970.
    public var decidedAt: Int64?
    /// Who answers for the sender: a name, and the account where it is somebody's here.
    public var owner: String?
    public var ownerAccount: Int64?
    public var note: String?
    /// The change of the DNS that was made or proposed with the decision.
    public var change: Int64?

    public init(verdict: SenderVerdict? = nil) { self.verdict = verdict }

    public var isEmpty: Bool { self == SenderDecision() }

    /// For the audit log: what is so, in a line; nil for nothing.
    var line: String? {
        var parts: [String] = []
        if let verdict { parts.append(verdict.rawValue) }
        if let owner { parts.append("owner: \(owner)") }
        if let note { parts.append("note: \(note)") }
        if let change { parts.append("DNS change \(change)") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

/// What somebody does about a sender.
public enum SenderAct: Hashable, Sendable {
    /// - Parameter change: of the DNS, that goes with it.
    case authorise(change: Int64?)
    case reject
    /// Empty takes the owner away.
    case assign(String, account: Int64?)
    /// Empty takes the note away.
    case note(String)

    /// The word that stands for it in the log and in addresses.
    public var word: String {
        switch self {
        case .authorise: "authorise"
        case .reject: "reject"
        case .assign: "owner"
        case .note: "note"
        }
    }
}

/// One thing that was done about a sender, by which it can be undone.
public struct SenderEvent: Hashable, Sendable, Codable {
    /// Counts from 1 for each sender of each domain.
    public var number: Int64
    public var happenedAt: Int64
    public var person: String
    /// `SenderAct.word`, or `undo`.
    public var act: String
    public var before: SenderDecision
    public var after: SenderDecision
    public var isUndone: Bool
}

/// Why something was not done about a sender.
public enum SenderDecisionError: Error, Hashable, Sendable {
    case unknownSender
    /// Sources that nothing names are many senders at once.
    case unnamed
    case tooLong(limit: Int)
    case nothingToUndo
    /// Somebody has decided something else since.
    case changedSince
}

extension SenderDecisionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownSender: "No report tells of such a sender for this domain."
        case .unnamed:
            "These sources have no name, so they may be many senders at once, and nobody can vouch "
                + "for all of them. Look at their addresses."
        case .tooLong(let limit): "That is too long: at most \(limit) characters are kept."
        case .nothingToUndo: "There is nothing to undo."
        case .changedSince:
            "Somebody has decided something else since. Look at the sender again."
        }
    }
}

/// Bounds of what is kept about senders.
public enum SenderDecisionLimits {
    /// Characters of an owner's name and of a note.
    public static let owner = 120
    public static let note = 1_000
    /// Things done that a page shows.
    public static let events = 50
    /// Senders of a domain that are remembered as seen by a person.
    public static let seen = 500
    /// Looks that are this many seconds apart belong to one visit.
    public static let visit: Int64 = 1_800
}
