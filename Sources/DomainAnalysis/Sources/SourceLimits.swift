/// Bounds on what this folder reads and compares.
public enum SourceLimits {
    /// Octets of a catalogue file.
    public static let catalogueOctets = 4 * 1024 * 1024
    /// Rows of a catalogue file.
    public static let catalogueRows = 10_000
    /// Entries in one cell of a catalogue row.
    public static let cellEntries = 200
    /// Signatures of one observation that are looked at; RFC 9990 §3.1.1.11 asks reporters to send
    /// no more than 100 in a row.
    public static let signatures = 100
    /// Selectors longer than this are random tokens of a service and tell no system apart.
    public static let selectorNameLength = 20
    /// Characters of a foreign text (a name, a comment) that a sentence quotes.
    public static let quotedLength = 120
}
