/// The bounds of what is worked out on the way to reject.
public enum WayLimits {
    /// Senders, receivers and gaps that are listed by name.
    public static let senders = 50
    public static let reporters = 10
    public static let gaps = 20
    /// Days that a rule may wait for.
    public static let days = 1...365
    /// A share in hundredths of a percent.
    public static let share = 0...10_000
    /// Failing messages of one sender below which nothing is taken back: one odd message a week is
    /// no outage.
    public static let fewestFailing: Int64 = 10
    /// Days of reports that a step is judged by.
    public static let window = 1...400
    /// Characters of a record that is proposed.
    public static let record = 2_000
    /// Remarks on a record or a domain that are kept.
    public static let remarks = 20
}
