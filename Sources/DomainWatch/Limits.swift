/// What evidence, alerts and what is sent about them may cost.
public enum Limits {
    /// Characters of one cell of a table, of a name and of a sentence.
    public static let cell = 240
    /// Pages of a PDF; what does not fit is counted on the last one.
    public static let pages = 500
    /// Octets of a PDF.
    public static let document = 64 << 20
}
