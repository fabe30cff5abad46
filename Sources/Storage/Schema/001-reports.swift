import SQLDatabase

extension Schema {
    /// Reports as they came, their rows, and the sums that pages read.
    ///
    /// Numbers for words: `class` is `SourceClass.code`, `disposition` is `Disposition.code`,
    /// `day` counts days since 1970-01-01, instants are seconds since then.
    static let reports = Migration(
        1, "reports",
        [
            """
            CREATE TABLE organisation (
                id BIGINT PRIMARY KEY, name TEXT NOT NULL, created_at BIGINT NOT NULL)
            """,
            "INSERT INTO organisation (id, name, created_at) VALUES (1, 'This organisation', 0)",
            // Ids are taken in blocks; the row's lock also lines up writers (PostgreSQL).
            "CREATE TABLE id_block (name TEXT PRIMARY KEY, next BIGINT NOT NULL)",
            """
            INSERT INTO id_block (name, next) VALUES
                ('raw_object', 1), ('report', 1), ('authentication_set', 1), ('sender', 1),
                ('domain', 1), ('quarantine', 1), ('account', 1)
            """,
            """
            CREATE TABLE domain (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                name TEXT NOT NULL, created_at BIGINT NOT NULL,
                first_day BIGINT, last_day BIGINT,
                policy TEXT, policy_reporter TEXT, policy_seen BIGINT,
                UNIQUE (organisation_id, name))
            """,
            // What came in, whole, compressed, in pieces.
            """
            CREATE TABLE raw_object (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                digest TEXT NOT NULL, byte_count BIGINT NOT NULL, encoding TEXT NOT NULL,
                name TEXT NOT NULL, door TEXT NOT NULL, received_at BIGINT NOT NULL,
                UNIQUE (organisation_id, digest))
            """,
            """
            CREATE TABLE raw_piece (
                raw_object_id BIGINT NOT NULL, position BIGINT NOT NULL, content {blob} NOT NULL,
                PRIMARY KEY (raw_object_id, position))
            """,
            """
            CREATE TABLE report (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                kind TEXT NOT NULL, reporter TEXT NOT NULL, report_id TEXT NOT NULL,
                policy_domain TEXT NOT NULL, begin_at BIGINT NOT NULL, end_at BIGINT NOT NULL,
                domain_id BIGINT, records BIGINT NOT NULL, messages BIGINT NOT NULL,
                is_repaired BIGINT NOT NULL, details TEXT NOT NULL,
                raw_object_id BIGINT NOT NULL REFERENCES raw_object (id), path TEXT NOT NULL,
                received_at BIGINT NOT NULL,
                UNIQUE (organisation_id, kind, reporter, report_id, policy_domain, begin_at, end_at))
            """,
            "CREATE INDEX report_by_domain ON report (domain_id, begin_at)",
            // Rows share what was authenticated: each combination is kept once, its results as rows.
            """
            CREATE TABLE authentication_set (
                id {id}, organisation_id BIGINT NOT NULL, digest {blob} NOT NULL,
                header_from TEXT NOT NULL, envelope_from TEXT,
                UNIQUE (organisation_id, digest))
            """,
            """
            CREATE TABLE authentication_result (
                authentication_set_id BIGINT NOT NULL, position BIGINT NOT NULL,
                kind BIGINT NOT NULL, domain TEXT NOT NULL, selector TEXT, scope TEXT,
                result TEXT NOT NULL, human_result TEXT,
                PRIMARY KEY (authentication_set_id, position)) {clustered}
            """,
            """
            CREATE TABLE sender (
                id {id}, organisation_id BIGINT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
                service_id TEXT, UNIQUE (organisation_id, key))
            """,
            """
            CREATE TABLE record (
                report_id BIGINT NOT NULL, position BIGINT NOT NULL, source TEXT NOT NULL,
                messages BIGINT NOT NULL, disposition TEXT NOT NULL, dkim TEXT NOT NULL,
                spf TEXT NOT NULL, authentication_set_id BIGINT NOT NULL,
                sender_id BIGINT NOT NULL, class BIGINT NOT NULL, envelope_to TEXT, reasons TEXT,
                PRIMARY KEY (report_id, position)) {clustered}
            """,
            """
            CREATE TABLE domain_day (
                organisation_id BIGINT NOT NULL, day BIGINT NOT NULL, domain_id BIGINT NOT NULL,
                class BIGINT NOT NULL, messages BIGINT NOT NULL, estimated BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, day, domain_id, class)) {clustered}
            """,
            """
            CREATE TABLE domain_sender (
                domain_id BIGINT NOT NULL, sender_id BIGINT NOT NULL, confidence BIGINT NOT NULL,
                evidence TEXT NOT NULL, reason TEXT NOT NULL, first_day BIGINT NOT NULL,
                last_day BIGINT NOT NULL, last_undecided_day BIGINT NOT NULL,
                PRIMARY KEY (domain_id, sender_id)) {clustered}
            """,
            """
            CREATE TABLE sender_day (
                domain_id BIGINT NOT NULL, day BIGINT NOT NULL, sender_id BIGINT NOT NULL,
                class BIGINT NOT NULL, messages BIGINT NOT NULL, dkim_aligned BIGINT NOT NULL,
                spf_aligned BIGINT NOT NULL, quarantined BIGINT NOT NULL,
                rejected BIGINT NOT NULL, estimated BIGINT NOT NULL,
                PRIMARY KEY (domain_id, day, sender_id, class)) {clustered}
            """,
            """
            CREATE TABLE identity_day (
                domain_id BIGINT NOT NULL, day BIGINT NOT NULL,
                authentication_set_id BIGINT NOT NULL, sender_id BIGINT NOT NULL,
                class BIGINT NOT NULL, disposition BIGINT NOT NULL, messages BIGINT NOT NULL,
                PRIMARY KEY (domain_id, day, authentication_set_id, sender_id, class, disposition)
            ) {clustered}
            """,
            """
            CREATE TABLE source_total (
                domain_id BIGINT NOT NULL, sender_id BIGINT NOT NULL, source TEXT NOT NULL,
                messages BIGINT NOT NULL, first_day BIGINT NOT NULL, last_day BIGINT NOT NULL,
                PRIMARY KEY (domain_id, sender_id, source)) {clustered}
            """,
            "CREATE INDEX source_total_largest ON source_total (domain_id, sender_id, messages)",
            """
            CREATE TABLE reporter_day (
                domain_id BIGINT NOT NULL, day BIGINT NOT NULL, reporter TEXT NOT NULL,
                reports BIGINT NOT NULL, messages BIGINT NOT NULL,
                PRIMARY KEY (domain_id, day, reporter)) {clustered}
            """,
            """
            CREATE TABLE intake_total (
                organisation_id BIGINT NOT NULL, kind TEXT NOT NULL, policy_domain TEXT NOT NULL,
                is_repaired BIGINT NOT NULL, reports BIGINT NOT NULL, records BIGINT NOT NULL,
                messages BIGINT NOT NULL, noted BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, kind, policy_domain, is_repaired)) {clustered}
            """,
            """
            CREATE TABLE source_name (
                organisation_id BIGINT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,
                asked_at BIGINT NOT NULL, PRIMARY KEY (organisation_id, source)) {clustered}
            """,
            """
            CREATE TABLE quarantine (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                raw_object_id BIGINT NOT NULL REFERENCES raw_object (id), path TEXT NOT NULL,
                code TEXT NOT NULL, refusal TEXT NOT NULL, received_at BIGINT NOT NULL,
                door TEXT NOT NULL, UNIQUE (raw_object_id, path))
            """,
        ])
}
