/// One thing that happened, and where an export stands once it is told.
public struct ExportRow: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case audit(AuditEntry)
        case alert(RecordedAlert)
        case message(RecordedMessage)
    }

    public var content: Content
    public var cursor: ExportCursor
}

/// That an alert was raised, or that it was over.
public struct RecordedAlert: Hashable, Sendable {
    public enum Kind: String, Sendable { case raised, over }

    /// Counts from 1 in each organisation.
    public var sequence: Int64
    public var kind: Kind
    /// Seconds since 1970.
    public var happenedAt: Int64
    /// The alert as it is now.
    public var alert: Alert
}

/// That a message came, with what was decided about it.
public struct RecordedMessage: Hashable, Sendable {
    /// Counts from 1 in each organisation, in the order of recording.
    public var sequence: Int64
    /// As it stood when it came.
    public var message: StoredMessage
}

/// Bounds of what is told elsewhere.
public enum ExportLimits {
    /// Rows of each kind that are read at once.
    public static let rows = 500
    /// Scalars of one text of a line, and of one where the line has to be short.
    public static let text = 4_000
    public static let shortText = 300
    public static let shortestText = 40
    /// Recipients and checks of a message that are told one by one.
    public static let recipients = 50
    public static let checks = 20
}
