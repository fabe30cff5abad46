import SQLDatabase

extension Schema {
    /// Messages that came by: what was recorded of each, what became of it, and what many of them
    /// add up to.
    ///
    /// Numbers for words: `state` is `MessageState.rawValue`, `kind` that of `MessageEvent.Kind` or
    /// `MessageCount.Kind`, `term` is `SearchTerm.code`. Instants are milliseconds since 1970,
    /// `day` counts days since then.
    static let messages = Migration(
        4, "messages",
        [
            // `state`: where it stood when it came; where it stands is what its recipients say.
            // `stands_for`: how many messages alike this one was kept for, itself included.
            """
            CREATE TABLE message (
                id {id}, organisation_id BIGINT NOT NULL, received_at BIGINT NOT NULL,
                state BIGINT NOT NULL, reason TEXT NOT NULL, stands_for BIGINT NOT NULL,
                record {blob} NOT NULL)
            """,
            "CREATE INDEX message_by_time ON message (organisation_id, received_at, id)",
            """
            CREATE TABLE message_recipient (
                message_id BIGINT NOT NULL, position BIGINT NOT NULL,
                organisation_id BIGINT NOT NULL, address TEXT NOT NULL, state BIGINT NOT NULL,
                updated_at BIGINT NOT NULL, host TEXT, reply TEXT,
                PRIMARY KEY (message_id, position)) {clustered}
            """,
            """
            CREATE TABLE message_event (
                message_id BIGINT NOT NULL, number BIGINT NOT NULL,
                organisation_id BIGINT NOT NULL, happened_at BIGINT NOT NULL, kind BIGINT NOT NULL,
                recipients TEXT NOT NULL, host TEXT, reply TEXT, detail TEXT, next_at BIGINT,
                PRIMARY KEY (message_id, number)) {clustered}
            """,
            // By day first: what is written together lies together, and old days go as a whole.
            """
            CREATE TABLE message_term (
                organisation_id BIGINT NOT NULL, day BIGINT NOT NULL, term BIGINT NOT NULL,
                message_id BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, day, term, message_id)) {clustered}
            """,
            // Who wrote to whom. One row a day, so that it can be read as it stood on any day.
            """
            CREATE TABLE relationship (
                organisation_id BIGINT NOT NULL, recipient TEXT NOT NULL, identity TEXT NOT NULL,
                sender TEXT NOT NULL, day BIGINT NOT NULL, messages BIGINT NOT NULL,
                first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, recipient, identity, sender, day)) {clustered}
            """,
            """
            CREATE INDEX relationship_by_sender
                ON relationship (organisation_id, identity, sender, recipient, day)
            """,
            """
            CREATE TABLE message_day (
                organisation_id BIGINT NOT NULL, day BIGINT NOT NULL, kind BIGINT NOT NULL,
                reason TEXT NOT NULL, messages BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, day, kind, reason)) {clustered}
            """,
            // How far a log of changes was read into these tables.
            """
            CREATE TABLE projection (
                organisation_id BIGINT NOT NULL, name TEXT NOT NULL, position TEXT NOT NULL,
                PRIMARY KEY (organisation_id, name)) {clustered}
            """,
        ])
}
