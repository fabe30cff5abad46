public import DomainAnalysis

/// A change with its state and what is known of it.
public struct StoredChange: Hashable, Sendable, Codable, Identifiable {
    public var id: Int64
    public var change: ZoneChange
    public var state: ChangeState
    /// The zone's apex and the server that took the change, once they are known.
    public var zone: String?
    public var server: String?
    /// Seconds since 1970, as all instants here.
    public var createdAt: Int64
    public var appliedAt: Int64?
    /// When all servers have to show it.
    public var dueAt: Int64?
    public var checkedAt: Int64?
    public var nextCheckAt: Int64?
    /// The change that this one takes back.
    public var undoOf: Int64?
    /// What a person should know now; empty for nothing.
    public var remark: String
}

/// One thing that happened to a change.
public struct ChangeEvent: Hashable, Sendable, Codable {
    public var happenedAt: Int64
    /// The state since then.
    public var state: ChangeState
    /// Who did it; empty where Sealgate saw it.
    public var person: String
    public var remark: String
}

/// A change moves from one state to another: what is written with it.
public struct ChangeMove: Hashable, Sendable {
    public var state: ChangeState
    public var person: String
    public var remark: String
    public var zone: String?
    public var server: String?
    public var appliedAt: Int64?
    public var dueAt: Int64?
    public var nextCheckAt: Int64?

    /// Zone, server and the first two instants stay as they are where they are nil.
    ///
    /// - Parameter nextCheckAt: nil where nobody looks at it any more.
    public init(
        to state: ChangeState, by person: String = "", remark: String = "", zone: String? = nil,
        server: String? = nil, appliedAt: Int64? = nil, dueAt: Int64? = nil,
        nextCheckAt: Int64? = nil
    ) {
        self.state = state
        self.person = person
        self.remark = remark
        self.zone = zone
        self.server = server
        self.appliedAt = appliedAt
        self.dueAt = dueAt
        self.nextCheckAt = nextCheckAt
    }
}
