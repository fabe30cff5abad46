/// Where a change of DNS records stands.
public enum ChangeState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Asked for, and nothing was done yet. Next: `applying`, `pending` (made by hand), `dismissed`.
    case proposed
    /// Sent to the primary server, whose answer is not known yet. Next: `pending`,
    /// `visible`, `proposed`.
    case applying
    /// Made; not all servers show it yet. Next: `visible`, `overdue`, `replaced`, `undone`.
    case pending
    /// All servers of the zone show it. Next: `changedOutside`, `replaced`, `undone`.
    case visible
    /// Made, and after its time not all servers show it. Next: `visible`, `replaced`, `undone`.
    case overdue
    /// It was in force, and somebody else has changed the records since. Next: `visible`,
    /// `replaced`, `undone`.
    case changedOutside = "changed-outside"
    /// A later change of ours has other records for the same names. Final.
    case replaced
    /// Taken back by another change. Final.
    case undone
    /// Not wanted any more. Final.
    case dismissed

    /// States in which the zone's servers are looked at again and again.
    public static let watched: Set<ChangeState> = [
        .applying, .pending, .visible, .overdue, .changedOutside,
    ]
    /// States of a change that was made.
    public static let made: Set<ChangeState> = [.pending, .visible, .overdue, .changedOutside]
}
