/// Bounds of what one evidence pack holds.
public enum EvidenceLimits {
    /// Longest of the two periods, and the longest time from the first day of one to the last day
    /// of the other, in days.
    public static let period = 800
    public static let span = 4_000
    /// Days that are told one by one; a longer time is told in weeks, and beyond `weeks` days in
    /// steps of four.
    public static let daily = 62
    public static let weeks = 550
    /// Open senders that are told one by one, the largest; the rest is counted.
    public static let exceptions = 500
    /// Changes that are told one by one, the newest; the rest is counted.
    public static let changes = 2_000
    /// Reporters that are told apart.
    public static let reporters = 10_000
    /// Domains that one question may name.
    public static let domains = 2_000
    /// What entries of the audit log begin with that belong into a pack.
    public static let acts = [
        "approval.", "dns.", "domain.", "policy.", "programme.", "sender.", "way.",
    ]
}
