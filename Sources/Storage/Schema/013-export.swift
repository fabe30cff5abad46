import SQLDatabase

extension Schema {
    /// What happened, in the order in which it was recorded, so that it can be told elsewhere
    /// without a gap and without repetition.
    ///
    /// Ids of messages are times at which they came; several nodes record them in another order.
    /// `stream` is `Recording.Stream`, `sequence` the last number that was given out; numbers are
    /// given out in the order in which transactions commit.
    static let export = Migration(
        13, "export",
        [
            """
            CREATE TABLE recording (
                organisation_id BIGINT NOT NULL, stream TEXT NOT NULL, sequence BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, stream)) {clustered}
            """,
            """
            CREATE TABLE message_recorded (
                organisation_id BIGINT NOT NULL, sequence BIGINT NOT NULL,
                message_id BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, sequence)) {clustered}
            """,
            "CREATE INDEX message_recorded_by_message ON message_recorded (message_id)",
            // `kind` is `RecordedAlert.Kind`.
            """
            CREATE TABLE alert_event (
                organisation_id BIGINT NOT NULL, sequence BIGINT NOT NULL,
                alert_id BIGINT NOT NULL, kind TEXT NOT NULL, happened_at BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, sequence)) {clustered}
            """,
            // What is there already, in the order in which it came.
            """
            INSERT INTO message_recorded (organisation_id, sequence, message_id)
            SELECT organisation_id,
                ROW_NUMBER() OVER (PARTITION BY organisation_id ORDER BY id), id FROM message
            """,
            """
            INSERT INTO alert_event (organisation_id, sequence, alert_id, kind, happened_at)
            SELECT organisation_id,
                ROW_NUMBER() OVER (PARTITION BY organisation_id ORDER BY at, id, kind DESC),
                id, kind, at
            FROM (
                SELECT organisation_id, id, 'raised' AS kind, raised_at AS at FROM alert
                UNION ALL
                SELECT organisation_id, id, 'over' AS kind, over_at AS at FROM alert
                WHERE over_at IS NOT NULL) past
            """,
            """
            INSERT INTO recording (organisation_id, stream, sequence)
            SELECT organisation_id, 'message', MAX(sequence) FROM message_recorded
            GROUP BY organisation_id
            """,
            """
            INSERT INTO recording (organisation_id, stream, sequence)
            SELECT organisation_id, 'alert', MAX(sequence) FROM alert_event
            GROUP BY organisation_id
            """,
        ])
}
