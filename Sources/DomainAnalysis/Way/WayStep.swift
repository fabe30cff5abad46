import MailAuthentication

/// Where a domain's DMARC record stands on the way to reject, weakest first.
public enum WayStep: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// Nothing is asked of receivers: no record, or `p=none`.
    case none
    /// `p=quarantine; t=y`: RFC 9989 §4.7 has receivers do as with `p=none`.
    case quarantineTest = "quarantine-test"
    case quarantine
    /// `p=reject; t=y`: failing mail is put aside, and not refused yet.
    case rejectTest = "reject-test"
    case reject

    /// Reads a record; `none` for a text that asks for nothing.
    public init(record text: String?) {
        guard let text, case .record(let record) = DMARCRecordParser.parse(text),
            let applied = record.appliedPolicy(isSubdomain: false, authorExists: nil)
        else {
            self = .none
            return
        }
        switch (applied.requested, applied.isTesting) {
        case (.none, _): self = .none
        case (.quarantine, true): self = .quarantineTest
        case (.quarantine, false): self = .quarantine
        case (.reject, true): self = .rejectTest
        case (.reject, false): self = .reject
        }
    }

    public var isTest: Bool { self == .quarantineTest || self == .rejectTest }

    /// The step whose policy this one tests; itself where it tests nothing.
    public var tested: WayStep {
        switch self {
        case .quarantineTest: .quarantine
        case .rejectTest: .reject
        case .none, .quarantine, .reject: self
        }
    }

    /// The step that receivers act by: in test mode one policy less.
    public var applied: WayStep {
        switch self {
        case .none, .quarantineTest: .none
        case .quarantine, .rejectTest: .quarantine
        case .reject: .reject
        }
    }

    /// The step to go back to when this one stops mail that it should not; nil where it stops none.
    public var back: WayStep? {
        switch applied {
        case .reject: .quarantine
        case .quarantine: WayStep.none
        default: nil
        }
    }

    /// The step that follows.
    ///
    /// - Parameter testing: whether each policy is tested (`t=y`) before it is in force.
    public func next(testing: Bool) -> WayStep? {
        Self.allCases.first { $0 > self && (testing || !$0.isTest) }
    }

    /// As the record says it.
    public var tags: String {
        switch self {
        case .none: "p=none"
        case .quarantineTest: "p=quarantine; t=y"
        case .quarantine: "p=quarantine"
        case .rejectTest: "p=reject; t=y"
        case .reject: "p=reject"
        }
    }

    /// What receivers do with mail that fails.
    public var words: String {
        switch self {
        case .none: "watching: receivers deliver everything, and report"
        case .quarantineTest:
            "testing to put aside: receivers are told of it and still deliver everything"
        case .quarantine: "putting aside: receivers treat mail that fails as suspicious"
        case .rejectTest: "testing to refuse: receivers put mail that fails aside, and refuse none"
        case .reject: "refusing: receivers do not take mail that fails"
        }
    }

    /// A record with this step's policy; all other tags stay as the owner wrote them.
    ///
    /// `pct`, which RFC 9989 took out and older receivers still heed, goes: it would hide what a
    /// policy does.
    public func record(from published: String?, reportsTo address: String? = nil) -> String {
        var text = RecordText(published ?? "v=DMARC1")
        let parts = tags.split(separator: ";")
        text.set("p", String(parts[0].drop { $0 != "=" }.dropFirst()), after: "v")
        text.remove(["pct", "t"])
        if isTest { text.set("t", "y", after: "p") }
        if let address, text.value("rua") == nil { text.set("rua", address) }
        return text.render()
    }

    /// The same record as it will be once it is no test any more: what a replay has to try.
    public static func inForce(_ record: String) -> String {
        var text = RecordText(record)
        text.remove(["t"])
        return text.render()
    }

    public static func < (left: Self, right: Self) -> Bool { left.order < right.order }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
