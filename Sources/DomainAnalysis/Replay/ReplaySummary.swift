import MailAuthentication

/// The sums of a replay by one method of discovery, in messages.
///
/// JSON keys:
/// - `totals`: `messages` = `pass` + `none` + `quarantine` + `reject` + `notCovered` +
///   `undetermined`; `none`, `quarantine` and `reject` are mail that fails.
/// - `senders`: one entry per sender and fate, most affected first: `key`, `name`, `fate`,
///   `messages`, `wouldBeQuarantined`, `wouldBeRejected`, `share` (of all messages, 0 to 1).
/// - `classes`: one entry per class that occurs: `sourceClass`, `fate`, `messages`, `pass`,
///   `wouldBeQuarantined`, `wouldBeRejected`.
/// - `atRisk`: messages that would be quarantined or rejected, by what they are: `misconfigured`,
///   `forwarded`, `unknown`, and `compliant` (proved by the reports and not under the proposed
///   record, which only stricter alignment can bring about); `legitimate` is their sum. Apart
///   from it, `forged`: spoofing and blocklisted sources.
public struct ReplaySummary: Hashable, Sendable, Codable {
    public var totals = Totals()
    public var senders: [Sender] = []
    public var classes: [Class] = []
    public var atRisk = AtRisk()

    public init() {}

    public struct Totals: Hashable, Sendable, Codable {
        public var messages: Int64 = 0
        public var pass: Int64 = 0
        public var none: Int64 = 0
        public var quarantine: Int64 = 0
        public var reject: Int64 = 0
        public var notCovered: Int64 = 0
        public var undetermined: Int64 = 0
        public init() {}
    }

    public struct Sender: Hashable, Sendable, Codable {
        public var key: String
        public var name: String
        public var fate: SourceClass.Fate
        public var messages: Int64 = 0
        public var wouldBeQuarantined: Int64 = 0
        public var wouldBeRejected: Int64 = 0
        public var share: Double = 0

        init(key: String, name: String, fate: SourceClass.Fate) {
            self.key = key
            self.name = name
            self.fate = fate
        }
    }

    public struct Class: Hashable, Sendable, Codable {
        public var sourceClass: SourceClass
        public var fate: SourceClass.Fate
        public var messages: Int64 = 0
        public var pass: Int64 = 0
        public var wouldBeQuarantined: Int64 = 0
        public var wouldBeRejected: Int64 = 0

        init(_ sourceClass: SourceClass) {
            self.sourceClass = sourceClass
            fate = sourceClass.fate
        }
    }

    public struct AtRisk: Hashable, Sendable, Codable {
        public var legitimate: Int64 = 0
        public var misconfigured: Int64 = 0
        public var forwarded: Int64 = 0
        public var unknown: Int64 = 0
        public var compliant: Int64 = 0
        public var forged: Int64 = 0
        public init() {}
    }
}

extension ReplaySummary {
    /// Adds the rows up by one method.
    init(_ rows: [ReplayRowResult], method: DiscoveryMethod) {
        var bySender: [SenderFate: Sender] = [:]
        var byClass: [SourceClass: Class] = [:]
        for row in rows {
            let outcome = row[method]
            let quarantined = outcome.disposition == .quarantine ? row.messages : 0
            let rejected = outcome.disposition == .reject ? row.messages : 0
            let passed = outcome.pass == true ? row.messages : 0
            totals.add(outcome, messages: row.messages)
            atRisk.add(row.sourceClass, messages: max(quarantined, rejected))

            let fate = row.sourceClass.fate
            var sender =
                bySender[SenderFate(key: row.senderKey, fate: fate)]
                ?? Sender(key: row.senderKey, name: row.senderName, fate: fate)
            sender.messages.saturatingAdd(row.messages)
            sender.wouldBeQuarantined.saturatingAdd(quarantined)
            sender.wouldBeRejected.saturatingAdd(rejected)
            bySender[SenderFate(key: row.senderKey, fate: fate)] = sender

            var group = byClass[row.sourceClass] ?? Class(row.sourceClass)
            group.messages.saturatingAdd(row.messages)
            group.pass.saturatingAdd(passed)
            group.wouldBeQuarantined.saturatingAdd(quarantined)
            group.wouldBeRejected.saturatingAdd(rejected)
            byClass[row.sourceClass] = group
        }
        classes = SourceClass.allCases.compactMap { byClass[$0] }
        senders = Self.ordered(Array(bySender.values), of: totals.messages)
    }

    private struct SenderFate: Hashable {
        var key: String
        var fate: SourceClass.Fate
    }

    /// Most affected first, then the largest; the key and the fate settle the rest.
    private static func ordered(_ senders: [Sender], of messages: Int64) -> [Sender] {
        senders.map { sender in
            var copy = sender
            copy.share = messages > 0 ? Double(sender.messages) / Double(messages) : 0
            return copy
        }
        .sorted { left, right in
            let affected = (left.affected, right.affected)
            if affected.0 != affected.1 { return affected.0 > affected.1 }
            if left.messages != right.messages { return left.messages > right.messages }
            if left.key != right.key { return left.key < right.key }
            return left.fate.rawValue < right.fate.rawValue
        }
    }
}

extension ReplaySummary.Sender {
    /// Messages that would not arrive as usual.
    public var affected: Int64 {
        var sum = wouldBeQuarantined
        sum.saturatingAdd(wouldBeRejected)
        return sum
    }
}

extension ReplaySummary.Totals {
    fileprivate mutating func add(_ outcome: ReplayOutcome, messages count: Int64) {
        messages.saturatingAdd(count)
        switch outcome.disposition {
        case .none where outcome.pass == true: pass.saturatingAdd(count)
        case .none: none.saturatingAdd(count)
        case .quarantine: quarantine.saturatingAdd(count)
        case .reject: reject.saturatingAdd(count)
        case .notCovered: notCovered.saturatingAdd(count)
        case .undetermined: undetermined.saturatingAdd(count)
        }
    }
}

extension ReplaySummary.AtRisk {
    fileprivate mutating func add(_ sourceClass: SourceClass, messages count: Int64) {
        switch sourceClass {
        case .misconfigured: misconfigured.saturatingAdd(count)
        case .forwarded: forwarded.saturatingAdd(count)
        case .unknown: unknown.saturatingAdd(count)
        case .compliant: compliant.saturatingAdd(count)
        case .blocklisted, .spoofing:
            forged.saturatingAdd(count)
            return
        }
        legitimate.saturatingAdd(count)
    }
}

extension Int64 {
    /// Adds and stays at the largest value: sums of foreign counts never trap.
    fileprivate mutating func saturatingAdd(_ other: Int64) {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? .max : sum
    }
}
