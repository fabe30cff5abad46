/// Bounds of what the audit log keeps, shows and checks.
public enum AuditLimits {
    /// Scalars of an act, of a name, and of what something was done to.
    public static let act = 64
    public static let subject = 500
    /// Scalars of what was so before and after.
    public static let text = 4_000
    /// Entries on one page, and entries looked at for it.
    public static let page = 200
    public static let lookedAt: Int64 = 50_000
    /// Entries read at once for an export.
    public static let exported = 1_000
    /// Octets of a line that is checked; the longest that is written has fewer.
    public static let line = 65_536
    /// Lines of a file that is checked.
    public static let lines = 5_000_000
    /// Findings of a check that are told one by one.
    public static let findings = 1_000
    /// Entries by which a wrong sequence number may be off and still be recognised.
    public static let shift: Int64 = 8
}
