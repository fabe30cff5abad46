/// From where on something is worth a person's time: every number that alerts are judged by.
public struct AlertThresholds: Hashable, Sendable {
    /// Reports arrive late: the newest days are not judged.
    public var lateDays = 2
    /// Days that count as "now", and the days before them that are "usual".
    public var recentDays = 3
    public var usualDays = 28

    /// A domain is known so long before a sender of it counts as new (days), a new sender is one for
    /// so long, and needs so many messages.
    public var knownDays = 14
    public var newDays = 7
    public var newMessages: Int64 = 10

    /// A sender counts as proved when it usually sent so many messages, on so many days, of which
    /// at least so many in a hundred were proved.
    public var usualMessages: Int64 = 50
    public var usualActiveDays = 5
    public var usualProved = 95.0
    /// It fails when so many messages and so many in a hundred are not, and is well again below the
    /// last.
    public var failingMessages: Int64 = 10
    public var failingShare = 20.0
    public var wellShare = 5.0

    /// A wave has at least so many forged messages a day, so many times the usual (the median), and
    /// lies so many deviations (1.4826 times the median of absolute deviations) above it; it is over
    /// when no recent day lies so many above it.
    public var waveMessages: Int64 = 500
    public var waveTimes = 3.0
    public var waveDeviations = 6.0
    public var calmDeviations = 3.0

    /// Silence: reports on so many of the usual days, and none for so many days.
    public var reportingDays = 10
    public var silentDays = 3

    public init() {}
}
