import SQLDatabase

extension Schema {
    /// People who may open the console, their sessions, and links that work once.
    ///
    /// Of every secret only a digest is kept: scrypt for passwords, SHA-256 for random tokens.
    static let accounts = Migration(
        2, "accounts",
        [
            """
            CREATE TABLE account (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                name TEXT NOT NULL, folded_name TEXT NOT NULL, role TEXT NOT NULL,
                password TEXT NOT NULL, created_at BIGINT NOT NULL,
                UNIQUE (organisation_id, folded_name))
            """,
            """
            CREATE TABLE session (
                digest TEXT PRIMARY KEY,
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                account_id BIGINT NOT NULL REFERENCES account (id),
                opened_at BIGINT NOT NULL, seen_at BIGINT NOT NULL)
            """,
            "CREATE INDEX session_by_account ON session (account_id)",
            """
            CREATE TABLE one_time_link (
                digest TEXT PRIMARY KEY,
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                purpose TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)
            """,
        ])
}
