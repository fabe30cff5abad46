extension Limits {
    /// Messages on a page of the trace.
    public static let messageRows = 50
    /// Characters of a text that messages are searched by.
    public static let messageQuery = 320
    /// Samples of one measure, and characters of a label's value.
    public static let metricSamples = 1_000
    public static let metricLabel = 200
}
