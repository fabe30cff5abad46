/// How a place is that reports are fetched from.
public struct IntakePlaceState: Hashable, Sendable, Codable {
    /// The place's name in the configuration, without secrets.
    public var place: String
    /// Seconds since 1970-01-01T00:00:00Z; nil for never.
    public var succeededAt: Int64?
    public var failedAt: Int64?
    /// What went wrong last, in plain words; nil once a round succeeded again.
    public var failure: String?
    /// Rounds that failed one after the other.
    public var failures: Int64 = 0
    /// Mails or files that lay there in the last round.
    public var found: Int64 = 0
    /// Mails or files in all that were taken in, that were known already, and documents in them that
    /// were set aside.
    public var taken: Int64 = 0
    public var known: Int64 = 0
    public var refused: Int64 = 0
    /// Those that were left where they are, with the reason in their remarks.
    public var left: Int64 = 0

    public init(place: String) { self.place = place }
}

/// What a round in a place came to.
public struct IntakeRound: Hashable, Sendable {
    public var found = 0
    public var taken = 0
    public var known = 0
    public var refused = 0
    /// Mails or files that stay where they are, with a reason.
    public var left = 0
    /// There is more than one round takes.
    public var hasMore = false

    public init() {}
}

/// A mail or a file in a place, and how far it is.
public struct IntakeItem: Hashable, Sendable {
    /// How far an item is; the raw value is stored.
    public enum State: Int64, Sendable {
        /// Its reports are durable; it is still to be archived, marked or removed.
        case taken = 1
        /// All is done; it stays where it is.
        case done = 2
        /// It stays where it is and was not taken in: the remark says why.
        case left = 3
        /// It could not be fetched so far.
        case failed = 4
    }

    /// Its name in the place: a UID, or a file's name and facts.
    public var name: String
    public var state: State
    public var attempts: Int64
    public var remark: String?

    public init(_ name: String, _ state: State, attempts: Int64 = 0, remark: String? = nil) {
        self.name = name
        self.state = state
        self.attempts = attempts
        self.remark = remark
    }
}
