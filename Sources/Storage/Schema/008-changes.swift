import SQLDatabase

extension Schema {
    /// Changes of DNS records: what was asked for, where each stands, and how it came there.
    ///
    /// `change` is a `ZoneChange` in JSON, `state` is `ChangeState`. Instants are seconds since
    /// 1970.
    static let changes = Migration(
        8, "changes",
        [
            "INSERT INTO id_block (name, next) VALUES ('zone_change', 1)",
            """
            CREATE TABLE zone_change (
                id {id}, organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                domain TEXT NOT NULL, state TEXT NOT NULL, change TEXT NOT NULL,
                zone TEXT, server TEXT, created_at BIGINT NOT NULL, applied_at BIGINT,
                due_at BIGINT, checked_at BIGINT, next_check_at BIGINT, undo_of BIGINT,
                remark TEXT NOT NULL)
            """,
            "CREATE INDEX zone_change_by_domain ON zone_change (organisation_id, domain, id)",
            """
            CREATE INDEX zone_change_due
                ON zone_change (organisation_id, next_check_at, id)
            """,
            """
            CREATE TABLE zone_change_event (
                change_id BIGINT NOT NULL, number BIGINT NOT NULL,
                organisation_id BIGINT NOT NULL, happened_at BIGINT NOT NULL,
                state TEXT NOT NULL, person TEXT NOT NULL, remark TEXT NOT NULL,
                PRIMARY KEY (change_id, number)) {clustered}
            """,
        ])
}
