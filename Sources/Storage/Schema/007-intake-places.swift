import SQLDatabase

extension Schema {
    /// Places that reports are fetched from, what was taken out of each, who was behind what came
    /// in, and how far each report is to be trusted.
    ///
    /// `state` of an item is `IntakeItem.State.rawValue`, `level` is `ReportTrust.Level`.
    static let intakePlaces = Migration(
        7, "intake-places",
        [
            // `validity`: what the items' names hold under (UIDVALIDITY of a mail folder).
            """
            CREATE TABLE intake_place (
                organisation_id BIGINT NOT NULL, place TEXT NOT NULL, validity BIGINT NOT NULL,
                succeeded_at BIGINT, failed_at BIGINT, failure TEXT, failures BIGINT NOT NULL,
                found BIGINT NOT NULL, taken BIGINT NOT NULL, known BIGINT NOT NULL,
                refused BIGINT NOT NULL, left_there BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, place)) {clustered}
            """,
            """
            CREATE TABLE intake_item (
                organisation_id BIGINT NOT NULL, place TEXT NOT NULL, item TEXT NOT NULL,
                state BIGINT NOT NULL, attempts BIGINT NOT NULL, remark TEXT,
                changed_at BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, place, item)) {clustered}
            """,
            """
            CREATE TABLE raw_object_origin (
                raw_object_id BIGINT PRIMARY KEY, organisation_id BIGINT NOT NULL,
                details TEXT NOT NULL)
            """,
            """
            CREATE TABLE report_trust (
                report_id BIGINT PRIMARY KEY, organisation_id BIGINT NOT NULL,
                level TEXT NOT NULL, reasons TEXT NOT NULL)
            """,
            // `domain`: whose mail brought the reports, proved; empty where nothing proved it.
            """
            CREATE TABLE reporter_history (
                organisation_id BIGINT NOT NULL, reporter TEXT NOT NULL, domain TEXT NOT NULL,
                first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, reports BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, reporter, domain)) {clustered}
            """,
        ])
}
