public import DNS

/// What becomes of the records of one name and type: before and after, each perhaps none.
public struct RecordSetChange: Hashable, Sendable {
    public var name: DNSName
    public var type: RecordType
    /// As it was found; the change is only made while this still holds.
    public var before: RecordSet?
    public var after: RecordSet?

    public init(name: DNSName, type: RecordType, before: RecordSet?, after: RecordSet?) {
        self.name = name
        self.type = type
        self.before = before
        self.after = after
    }

    /// Records that go, and that come.
    public var removed: [RecordData] {
        let kept = Set(after?.data ?? [])
        return (before?.data ?? []).filter { !kept.contains($0) }
    }

    public var added: [RecordData] {
        let known = Set(before?.data ?? [])
        return (after?.data ?? []).filter { !known.contains($0) }
    }

    /// Records that stay as they are.
    public var kept: [RecordData] {
        let left = Set(after?.data ?? [])
        return (before?.data ?? []).filter { left.contains($0) }
    }

    /// False when records and time to live stay the same.
    public var changesSomething: Bool { before != after }

    /// The way back.
    public var inverse: RecordSetChange {
        RecordSetChange(name: name, type: type, before: after, after: before)
    }

    /// The time to live on each side where it changes, else nil.
    public var timeToLiveChange: (before: UInt32, after: UInt32)? {
        guard let before, let after, before.timeToLive != after.timeToLive else { return nil }
        return (before.timeToLive, after.timeToLive)
    }
}
