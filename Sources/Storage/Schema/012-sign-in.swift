import SQLDatabase

extension Schema {
    /// How people sign in: which key seals the secrets of second steps, links for a new password,
    /// and who they are at the provider of identities.
    ///
    /// Once `secret_key` names a key, every `second_factor.secret` is sealed. Of links and of what
    /// a browser carries to the provider and back only digests are kept. Instants are seconds
    /// since 1970.
    static let signIn = Migration(
        12, "sign-in",
        [
            "CREATE TABLE secret_key (id BIGINT PRIMARY KEY, fingerprint TEXT NOT NULL)",
            "INSERT INTO secret_key (id, fingerprint) VALUES (1, '')",
            // `used_at` is NULL until it was used, `replayed_at` until it was tried again.
            """
            CREATE TABLE password_link (
                digest TEXT PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES account (id),
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                made_by TEXT NOT NULL, made_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
                used_at BIGINT, replayed_at BIGINT)
            """,
            "CREATE INDEX password_link_by_account ON password_link (account_id)",
            """
            CREATE TABLE provider_identity (
                issuer TEXT NOT NULL, subject TEXT NOT NULL,
                account_id BIGINT NOT NULL REFERENCES account (id), since BIGINT NOT NULL,
                PRIMARY KEY (issuer, subject)) {clustered}
            """,
            "CREATE INDEX provider_identity_by_account ON provider_identity (account_id)",
            // Somebody is on the way to the provider: to sign in, to take up an invitation (its
            // digest), or to join the identity to an account.
            """
            CREATE TABLE provider_visit (
                digest TEXT PRIMARY KEY, next TEXT NOT NULL, invitation TEXT,
                account_id BIGINT, organisation_id BIGINT, expires_at BIGINT NOT NULL)
            """,
        ])
}
