import SQLDatabase

extension Schema {
    /// Sums that are made anew beside those that pages read, and how far that is.
    static let rebuilding = Migration(
        3, "rebuilding",
        [
            // One rebuilding at a time: all reports up to `last_report` are in the new sums.
            """
            CREATE TABLE rebuilding (
                organisation_id BIGINT PRIMARY KEY REFERENCES organisation (id),
                basis TEXT NOT NULL, last_report BIGINT NOT NULL, reports BIGINT NOT NULL,
                records BIGINT NOT NULL, changed BIGINT NOT NULL, started_at BIGINT NOT NULL)
            """,
            // Counts how often sums were replaced: what was remembered of them is void then.
            "INSERT INTO id_block (name, next) VALUES ('sums', 1)",
            """
            CREATE TABLE rebuilt_domain (
                id BIGINT PRIMARY KEY, first_day BIGINT, last_day BIGINT,
                policy TEXT, policy_reporter TEXT, policy_seen BIGINT)
            """,
            """
            CREATE TABLE rebuilt_domain_day (
                organisation_id BIGINT NOT NULL, day BIGINT NOT NULL, domain_id BIGINT NOT NULL,
                class BIGINT NOT NULL, messages BIGINT NOT NULL, estimated BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, day, domain_id, class)) {clustered}
            """,
            """
            CREATE TABLE rebuilt_domain_sender (
                domain_id BIGINT NOT NULL, sender_id BIGINT NOT NULL, confidence BIGINT NOT NULL,
                evidence TEXT NOT NULL, reason TEXT NOT NULL, first_day BIGINT NOT NULL,
                last_day BIGINT NOT NULL, last_undecided_day BIGINT NOT NULL,
                PRIMARY KEY (domain_id, sender_id)) {clustered}
            """,
            """
            CREATE TABLE rebuilt_sender_day (
                domain_id BIGINT NOT NULL, day BIGINT NOT NULL, sender_id BIGINT NOT NULL,
                class BIGINT NOT NULL, messages BIGINT NOT NULL, dkim_aligned BIGINT NOT NULL,
                spf_aligned BIGINT NOT NULL, quarantined BIGINT NOT NULL,
                rejected BIGINT NOT NULL, estimated BIGINT NOT NULL,
                PRIMARY KEY (domain_id, day, sender_id, class)) {clustered}
            """,
            """
            CREATE TABLE rebuilt_identity_day (
                domain_id BIGINT NOT NULL, day BIGINT NOT NULL,
                authentication_set_id BIGINT NOT NULL, sender_id BIGINT NOT NULL,
                class BIGINT NOT NULL, disposition BIGINT NOT NULL, messages BIGINT NOT NULL,
                PRIMARY KEY (domain_id, day, authentication_set_id, sender_id, class, disposition)
            ) {clustered}
            """,
            """
            CREATE TABLE rebuilt_source_total (
                domain_id BIGINT NOT NULL, sender_id BIGINT NOT NULL, source TEXT NOT NULL,
                messages BIGINT NOT NULL, first_day BIGINT NOT NULL, last_day BIGINT NOT NULL,
                PRIMARY KEY (domain_id, sender_id, source)) {clustered}
            """,
            """
            CREATE TABLE rebuilt_reporter_day (
                domain_id BIGINT NOT NULL, day BIGINT NOT NULL, reporter TEXT NOT NULL,
                reports BIGINT NOT NULL, messages BIGINT NOT NULL,
                PRIMARY KEY (domain_id, day, reporter)) {clustered}
            """,
            """
            CREATE TABLE rebuilt_intake_total (
                organisation_id BIGINT NOT NULL, kind TEXT NOT NULL, policy_domain TEXT NOT NULL,
                is_repaired BIGINT NOT NULL, reports BIGINT NOT NULL, records BIGINT NOT NULL,
                messages BIGINT NOT NULL, noted BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, kind, policy_domain, is_repaired)) {clustered}
            """,
        ])
}
