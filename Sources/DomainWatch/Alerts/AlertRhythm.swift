/// When alerts are judged: at once, then every quarter of an hour, and as soon as there is news.
public actor AlertRhythm {
    /// How long nothing is judged.
    public enum Limits {
        /// Seconds between two judgements without news.
        public static let pause: Int64 = 900
    }

    private var judgedAt: Int64?
    private var hasNews = false

    public init() {}

    /// Something happened that alerts are about: they are judged next time, whenever that is.
    public func hear() { hasNews = true }

    /// Whether alerts are to be judged now; if so, they count as judged.
    ///
    /// - Parameter now: seconds since 1970; a clock that was set back does not stop the judging.
    public func begin(now: Int64) -> Bool {
        if let judgedAt, !hasNews, judgedAt <= now, now - judgedAt < Limits.pause { return false }
        judgedAt = now
        hasNews = false
        return true
    }
}
