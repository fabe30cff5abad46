/// Two sets of the tables that hold sums: those that pages read, and those that a rebuilding fills
/// until they take the others' place.
enum SumTables: Sendable {
    case shown
    case rebuilt

    /// What the names of the tables begin with.
    var prefix: String { self == .shown ? "" : "rebuilt_" }

    /// A table of sums, by its name without the prefix.
    struct Table: Sendable {
        var name: String
        var columns: [String]

        /// The rows of one organisation, whose id is the one argument.
        var ofOrganisation: String {
            columns.contains("organisation_id")
                ? "organisation_id = ?"
                : "domain_id IN (SELECT id FROM domain WHERE organisation_id = ?)"
        }
    }

    static let all = [
        Table(
            name: "domain_day",
            columns: ["organisation_id", "day", "domain_id", "class", "messages", "estimated"]),
        Table(
            name: "domain_sender",
            columns: [
                "domain_id", "sender_id", "confidence", "evidence", "reason", "first_day",
                "last_day", "last_undecided_day",
            ]),
        Table(
            name: "sender_day",
            columns: [
                "domain_id", "day", "sender_id", "class", "messages", "dkim_aligned",
                "spf_aligned", "quarantined", "rejected", "estimated",
            ]),
        Table(
            name: "identity_day",
            columns: [
                "domain_id", "day", "authentication_set_id", "sender_id", "class", "disposition",
                "messages",
            ]),
        Table(
            name: "source_total",
            columns: [
                "domain_id", "sender_id", "source", "messages", "first_day", "last_day",
            ]),
        Table(
            name: "reporter_day",
            columns: ["domain_id", "day", "reporter", "reports", "messages"]),
        Table(
            name: "intake_total",
            columns: [
                "organisation_id", "kind", "policy_domain", "is_repaired", "reports", "records",
                "messages", "noted",
            ]),
    ]
}
