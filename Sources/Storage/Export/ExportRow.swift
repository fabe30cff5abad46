import MailReports

/// One thing that happened, and where an export stands once it is told.
public struct ExportRow: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case audit(AuditEntry)
        case alert(RecordedAlert)
        case message(RecordedMessage)
    }

    public var content: Content
    public var cursor: ExportCursor

    /// When it happened: `2026-11-22T05:25:07.123Z`, whatever a clock said.
    public var time: String {
        let milliseconds: Int64 =
            switch content {
            case .audit(let entry): entry.at &* 1_000
            case .alert(let recorded): recorded.happenedAt &* 1_000
            case .message(let recorded): recorded.message.receivedAt
            }
        let bounded = min(max(milliseconds, 0), 250_000_000_000_000)
        let day = UTCDay(secondsSinceEpoch: bounded / 1_000)
        let rest = bounded - day.firstSecond * 1_000
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60)
        return "\(day)T\(padded(hours, 2)):\(padded(minutes, 2)):"
            + "\(padded(rest / 1_000 % 60, 2)).\(padded(rest % 1_000, 3))Z"
    }
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
