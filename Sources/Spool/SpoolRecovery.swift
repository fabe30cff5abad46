/// What was found when the spool was opened.
public struct SpoolRecovery: Sendable {
    /// Every message that is still to be dealt with, in the order of their identifiers.
    public var messages: [LiveMessage] = []
    /// Whether the program that had it open before closed it.
    public var wasClosed = true
    /// Records of the last write that were not whole: nobody was told that they are kept.
    public var tornRecords = 0
    /// Sequence numbers that are missing although later writes succeeded, oldest first: the disk
    /// lost or changed them. Any of them may have been a message.
    public var gaps: [ClosedRange<UInt64>] = []
    /// Files of segments whose header cannot be read; they are left in the folder `damaged`.
    public var unreadableSegments: [String] = []
    /// Messages whose content does not have its digest any more; recorded as lost.
    public var lost: [QueueIdentifier] = []
    /// Messages of which a second copy may be sent: a delivery had begun, or the client may not
    /// have read the reply. Each has its `duplicateRisk`.
    public var duplicateRisks: [QueueIdentifier] = []
    /// Files of clients that had not finished, removed.
    public var staleFiles = 0
    /// Large contents that belong to no live message, kept because records are missing.
    public var orphans: [String] = []

    /// Whether something that was promised is missing.
    public var isDamaged: Bool {
        !gaps.isEmpty || !unreadableSegments.isEmpty || !lost.isEmpty
    }
}
