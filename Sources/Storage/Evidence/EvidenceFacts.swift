public import Identities
public import MailReports

/// What the sums and the log say for an evidence pack: one state of the database.
public struct EvidenceFacts: Sendable {
    public var organisation: Organisation
    public var before: DayRange?
    public var now: DayRange
    /// By name.
    public var domains: [DomainFacts]
    /// From the first day of the one period to the last day of the other, without a gap.
    public var steps: [Step]
    /// What the figures of the two periods rest on.
    public var reportedBefore: Reported
    public var reportedNow: Reported
    /// Senders that need a decision by their mail of the second period, the largest first.
    public var openSenders: [OpenSender]
    public var otherOpenSenders: Int
    /// Changes since the first day, in their order: the newest of them.
    public var changes: [AuditEntry]
    public var otherChanges: Int64
    public var head: AuditHead

    /// One domain.
    public struct DomainFacts: Sendable {
        public var domain: DomainName
        /// The policy that the newest report saw at the end of each period.
        public var policyBefore: ObservedPolicy?
        public var policyNow: ObservedPolicy?
        public var before = EvidenceCounts()
        public var now = EvidenceCounts()
    }

    /// Some days that follow each other.
    public struct Step: Hashable, Sendable {
        public var days: DayRange
        public var counts = EvidenceCounts()
    }

    /// How much was reported at all.
    public struct Reported: Hashable, Sendable {
        public var reports: Int64 = 0
        public var reporters = 0
    }

    /// A sender that is not settled.
    public struct OpenSender: Hashable, Sendable {
        public var domain: DomainName
        public var key: String
        public var name: String
        public var firstDay: UTCDay
        public var counts: ClassCounts
        public var reason: String
    }
}
