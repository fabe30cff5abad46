import SQLDatabase

extension Schema {
    /// What people decided about senders, what each person has seen, and the programme of domains.
    ///
    /// Domains and senders stand by name and key: their numbers change when all senders are named
    /// anew. `verdict` is `SenderVerdict.rawValue` or empty, states before and after an event are
    /// `SenderDecision` in JSON, `purpose` is `DomainPurpose.rawValue`. Instants are seconds since
    /// 1970, `target_day` counts days since then.
    static let programme = Migration(
        9, "programme",
        [
            """
            CREATE TABLE sender_decision (
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                domain TEXT NOT NULL, sender TEXT NOT NULL, verdict TEXT NOT NULL,
                details TEXT NOT NULL,
                PRIMARY KEY (organisation_id, domain, sender)) {clustered}
            """,
            """
            CREATE TABLE sender_event (
                organisation_id BIGINT NOT NULL, domain TEXT NOT NULL, sender TEXT NOT NULL,
                number BIGINT NOT NULL, happened_at BIGINT NOT NULL, person TEXT NOT NULL,
                act TEXT NOT NULL, state_before TEXT NOT NULL, state_after TEXT NOT NULL,
                is_undone BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, domain, sender, number)) {clustered}
            """,
            // What a person saw of a domain's senders: before this visit, and in it.
            """
            CREATE TABLE sender_visit (
                account_id BIGINT NOT NULL, organisation_id BIGINT NOT NULL,
                domain TEXT NOT NULL, seen_at BIGINT NOT NULL, known_at BIGINT,
                seen TEXT NOT NULL, known TEXT NOT NULL,
                PRIMARY KEY (account_id, organisation_id, domain)) {clustered}
            """,
            """
            CREATE TABLE programme_domain (
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                domain TEXT NOT NULL, owner TEXT NOT NULL, purpose TEXT NOT NULL,
                tranche TEXT NOT NULL, target_day BIGINT, source TEXT NOT NULL,
                added_at BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, domain)) {clustered}
            """,
            // What the last plan of a domain said; its page makes it anew.
            """
            CREATE TABLE programme_plan (
                organisation_id BIGINT NOT NULL REFERENCES organisation (id),
                domain TEXT NOT NULL, made_at BIGINT NOT NULL, stage TEXT NOT NULL,
                blocking BIGINT NOT NULL, first_block TEXT NOT NULL, earliest_day BIGINT,
                PRIMARY KEY (organisation_id, domain)) {clustered}
            """,
            // The days on which a domain was first seen at a stage.
            """
            CREATE TABLE programme_stage (
                organisation_id BIGINT NOT NULL, domain TEXT NOT NULL, stage TEXT NOT NULL,
                since_day BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, domain, stage)) {clustered}
            """,
        ])
}
