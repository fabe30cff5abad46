/// What became of every recipient accepted on one day, counted from the records.
public struct DayBalance: Sendable {
    /// A recipient of a message.
    public struct Entry: Hashable, Sendable {
        public var id: QueueIdentifier
        /// The position in the envelope, from 0.
        public var recipient: Int

        /// Makes an entry of its parts.
        public init(id: QueueIdentifier, recipient: Int) {
            self.id = id
            self.recipient = recipient
        }
    }

    public var day: UTCDay
    public var messages = 0
    /// Recipients; all that follow count recipients.
    public var accepted = 0
    public var delivered = 0
    /// Undeliverable, whether the sender was told already or not.
    public var failed = 0
    public var held = 0
    public var queued = 0
    public var deleted = 0
    /// The disk lost their content, and it is recorded.
    public var lost = 0
    /// Recipients that may have got the message twice.
    public var duplicateRisks = 0

    /// The first `SpoolLimits.listedRecipients` of each.
    public var failedRecipients: [Entry] = []
    public var heldRecipients: [Entry] = []
    public var queuedRecipients: [Entry] = []
    public var deletedRecipients: [Entry] = []
    public var lostRecipients: [Entry] = []
    public var riskedRecipients: [Entry] = []

    /// Queued or held by the records, and not in the spool, or with content that cannot be read.
    public var missing: [QueueIdentifier] = []
    /// In the spool, and not queued or held by the records.
    public var unexplained: [QueueIdentifier] = []

    /// Nothing was accepted on the day.
    public init(day: UTCDay) { self.day = day }

    /// Whether everything that was accepted is accounted for.
    public var isBalanced: Bool {
        accepted == delivered + failed + held + queued + deleted + lost
            && missing.isEmpty && unexplained.isEmpty
    }
}

/// What verifying the chain of records found.
public struct ChainVerification: Sendable {
    /// Records whose place in the chain was verified.
    public var verified: UInt64 = 0
    public var first: UInt64 = 0
    public var last: UInt64 = 0
    /// Numbers that are missing, and that no recovery has recorded: the disk's damage or somebody's
    /// work.
    public var gaps: [ClosedRange<UInt64>] = []
    /// Numbers that are missing, and that the start after the damage recorded.
    public var recordedGaps: [ClosedRange<UInt64>] = []
    /// Records that do not continue the one before them.
    public var broken: [UInt64] = []

    /// Whether every record is there and continues the one before.
    public var isWhole: Bool { gaps.isEmpty && broken.isEmpty }
}
