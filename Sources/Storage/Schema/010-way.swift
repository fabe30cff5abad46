import SQLDatabase

extension Schema {
    /// The way to reject: what was proposed and what was known then, who decided, and by which
    /// rules a domain goes on by itself.
    ///
    /// `state` is `WayState`, `step` is `WayPosition`; `known` and `before_known` are a `PolicyRisk`
    /// and `rules` are `WayRules`, all in JSON. Instants are seconds since 1970.
    static let way = Migration(
        10, "way",
        [
            "INSERT INTO id_block (name, next) VALUES ('way_proposal', 1)",
            """
            CREATE TABLE way_setting (
                organisation_id BIGINT PRIMARY KEY REFERENCES organisation (id),
                two_people BIGINT NOT NULL)
            """,
            """
            CREATE TABLE way_proposal (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                domain TEXT NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL,
                replaces TEXT, reason TEXT NOT NULL, known TEXT NOT NULL,
                asked_kind TEXT NOT NULL, asked_id BIGINT, asked_by TEXT NOT NULL,
                asked_at BIGINT NOT NULL, decided_by TEXT, decided_at BIGINT, change_id BIGINT,
                remark TEXT NOT NULL)
            """,
            "CREATE INDEX way_proposal_by_domain ON way_proposal (organisation_id, domain, id)",
            """
            CREATE TABLE way_rules (
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                domain TEXT NOT NULL, rules TEXT NOT NULL, agreed_by TEXT NOT NULL,
                agreed_id BIGINT, agreed_at BIGINT NOT NULL, stopped_at BIGINT,
                step TEXT NOT NULL, step_since BIGINT NOT NULL, before_known TEXT NOT NULL,
                remark TEXT NOT NULL, checked_at BIGINT,
                PRIMARY KEY (organisation_id, domain)) {clustered}
            """,
        ])
}
