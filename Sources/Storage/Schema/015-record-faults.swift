import SQLDatabase

extension Schema {
    /// What was found wrong with records in the DNS that a domain's own records lead to.
    ///
    /// `what` is the record (`spf`); instants are seconds since 1970.
    static let recordFaults = Migration(
        15, "record faults",
        [
            """
            CREATE TABLE record_fault (
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                domain TEXT NOT NULL, what TEXT NOT NULL, reason TEXT NOT NULL,
                found_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, domain, what)) {clustered}
            """
        ])
}
