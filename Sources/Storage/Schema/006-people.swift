import SQLDatabase

extension Schema {
    /// Who may do what in which organisation, what programs may do, and who did what.
    ///
    /// `role` is `Role.rawValue`, `scopes` are `TokenScope.rawValue` with spaces between. Of tokens,
    /// links and recovery codes only digests are kept; the secret of a second step must be known
    /// to check a code, and leaves its table for nothing else.
    static let people = Migration(
        6, "people",
        [
            """
            INSERT INTO id_block (name, next) VALUES
                ('organisation', 2), ('api_token', 1), ('invitation', 1)
            """,
            """
            CREATE TABLE membership (
                account_id BIGINT NOT NULL REFERENCES account (id),
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                role TEXT NOT NULL, since BIGINT NOT NULL,
                PRIMARY KEY (account_id, organisation_id)) {clustered}
            """,
            "CREATE INDEX membership_by_organisation ON membership (organisation_id, account_id)",
            // A domain owner's domains, each with all names below it.
            """
            CREATE TABLE membership_domain (
                account_id BIGINT NOT NULL, organisation_id BIGINT NOT NULL, domain TEXT NOT NULL,
                PRIMARY KEY (account_id, organisation_id, domain)) {clustered}
            """,
            """
            CREATE TABLE invitation (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                digest TEXT NOT NULL UNIQUE, remark TEXT NOT NULL, role TEXT NOT NULL,
                domains TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL)
            """,
            """
            CREATE TABLE api_token (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                digest TEXT NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL,
                role TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL, used_at BIGINT, revoked_at BIGINT)
            """,
            "CREATE INDEX api_token_by_organisation ON api_token (organisation_id, id)",
            // `confirmed_at` is NULL until a first code was right; `step` is the last one accepted.
            """
            CREATE TABLE second_factor (
                account_id BIGINT PRIMARY KEY REFERENCES account (id), secret {blob} NOT NULL,
                confirmed_at BIGINT, step BIGINT NOT NULL, failures BIGINT NOT NULL,
                failed_since BIGINT NOT NULL)
            """,
            """
            CREATE TABLE recovery_code (
                account_id BIGINT NOT NULL, digest TEXT NOT NULL,
                PRIMARY KEY (account_id, digest)) {clustered}
            """,
            // A password was right; the second step is still owed.
            """
            CREATE TABLE sign_in_step (
                digest TEXT PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES account (id),
                expires_at BIGINT NOT NULL)
            """,
            // The head of each organisation's chain; its row lines up those who append.
            """
            CREATE TABLE audit_chain (
                organisation_id BIGINT PRIMARY KEY REFERENCES organisation (id),
                sequence BIGINT NOT NULL, digest TEXT NOT NULL)
            """,
            """
            CREATE TABLE audit_entry (
                organisation_id BIGINT NOT NULL, sequence BIGINT NOT NULL, made_at BIGINT NOT NULL,
                actor_kind TEXT NOT NULL, actor_id BIGINT, actor TEXT NOT NULL, act TEXT NOT NULL,
                subject TEXT NOT NULL, text_before TEXT, text_after TEXT, previous TEXT NOT NULL,
                digest TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
                PRIMARY KEY (organisation_id, sequence)) {clustered}
            """,
            "CREATE INDEX audit_entry_by_time ON audit_entry (organisation_id, made_at)",
            // Whoever could sign in before could do everything.
            """
            INSERT INTO membership (account_id, organisation_id, role, since)
            SELECT id, organisation_id, 'owner', created_at FROM account
            """,
        ])
}
