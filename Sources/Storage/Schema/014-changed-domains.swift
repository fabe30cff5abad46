import SQLDatabase

extension Schema {
    /// Counts how often the sums and the decisions of a domain changed: what was added up of them
    /// is good while it stands still.
    static let changedDomains = Migration(
        14, "changed domains",
        ["ALTER TABLE domain ADD COLUMN version BIGINT NOT NULL DEFAULT 0"])
}
