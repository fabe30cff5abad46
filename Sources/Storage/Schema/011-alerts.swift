import SQLDatabase

extension Schema {
    /// What people are alerted to, and what is on its way to them.
    ///
    /// `kind` is `Alert.Kind`, `place` tells situations of one kind apart, `over_at` is NULL while
    /// the situation lasts; `channel` is `AlertNotice.Channel`. Instants are seconds since 1970.
    static let alerts = Migration(
        11, "alerts",
        [
            "INSERT INTO id_block (name, next) VALUES ('alert', 1), ('alert_notice', 1)",
            """
            CREATE TABLE alert (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                kind TEXT NOT NULL, domain TEXT NOT NULL, place TEXT NOT NULL,
                what TEXT NOT NULL, evidence TEXT NOT NULL, advice TEXT NOT NULL,
                since_day BIGINT NOT NULL, raised_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
                over_at BIGINT, acknowledged_at BIGINT, acknowledged_by TEXT)
            """,
            "CREATE INDEX alert_by_state ON alert (organisation_id, over_at, id)",
            """
            CREATE TABLE alert_notice (
                id {id}, organisation_id BIGINT NOT NULL, channel TEXT NOT NULL,
                kind TEXT NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL,
                made_at BIGINT NOT NULL, attempts BIGINT NOT NULL, due_at BIGINT NOT NULL,
                state TEXT NOT NULL, remark TEXT NOT NULL)
            """,
            "CREATE INDEX alert_notice_due ON alert_notice (organisation_id, state, due_at)",
            """
            CREATE TABLE alert_round (
                organisation_id BIGINT PRIMARY KEY, judged_at BIGINT NOT NULL,
                digest_day BIGINT NOT NULL)
            """,
        ])
}
