import SQLDatabase

extension Schema {
    /// What the gateway saw, added up until it is reported, and the reports that it sends.
    ///
    /// `begin_at` is the first second of the time that is reported about; `kind` is `dmarc` or
    /// `tls`; `state` is `OutgoingReport.State` or `OutgoingReportMail.State`.
    static let gatewayReports = Migration(
        5, "gateway-reports",
        [
            // Policy domains that mail was seen of, with the DMARC record as it was seen last.
            """
            CREATE TABLE observed_domain (
                organisation_id BIGINT NOT NULL, begin_at BIGINT NOT NULL, domain TEXT NOT NULL,
                seconds BIGINT NOT NULL, top TEXT NOT NULL, record TEXT NOT NULL,
                method TEXT NOT NULL, seen_at BIGINT NOT NULL, messages BIGINT NOT NULL,
                about_reports BIGINT NOT NULL, merged BIGINT NOT NULL, left_out BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, begin_at, domain)) {clustered}
            """,
            "CREATE INDEX observed_domain_by_top ON observed_domain (organisation_id, begin_at, top)",
            """
            CREATE TABLE observed_record (
                organisation_id BIGINT NOT NULL, begin_at BIGINT NOT NULL, domain TEXT NOT NULL,
                digest {blob} NOT NULL, source TEXT NOT NULL, header_from TEXT NOT NULL,
                envelope_from TEXT, envelope_to TEXT, disposition TEXT NOT NULL,
                dkim TEXT NOT NULL, spf TEXT NOT NULL, results TEXT NOT NULL,
                messages BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, begin_at, domain, digest)) {clustered}
            """,
            """
            CREATE TABLE observed_session (
                organisation_id BIGINT NOT NULL, begin_at BIGINT NOT NULL, domain TEXT NOT NULL,
                digest {blob} NOT NULL, policy TEXT NOT NULL, failure TEXT,
                successes BIGINT NOT NULL, failures BIGINT NOT NULL,
                PRIMARY KEY (organisation_id, begin_at, domain, digest)) {clustered}
            """,
            """
            CREATE TABLE outgoing_report (
                organisation_id BIGINT NOT NULL, kind TEXT NOT NULL, begin_at BIGINT NOT NULL,
                domain TEXT NOT NULL, end_at BIGINT NOT NULL, report_id TEXT NOT NULL,
                state TEXT NOT NULL, due_at BIGINT NOT NULL, composed_at BIGINT NOT NULL,
                claimed_by TEXT NOT NULL, claimed_until BIGINT NOT NULL, name TEXT NOT NULL,
                media_type TEXT NOT NULL, content {blob}, messages BIGINT NOT NULL,
                remark TEXT NOT NULL,
                PRIMARY KEY (organisation_id, kind, begin_at, domain)) {clustered}
            """,
            "CREATE INDEX outgoing_report_due ON outgoing_report (organisation_id, state, due_at)",
            """
            CREATE TABLE outgoing_report_mail (
                organisation_id BIGINT NOT NULL, kind TEXT NOT NULL, begin_at BIGINT NOT NULL,
                domain TEXT NOT NULL, position BIGINT NOT NULL, destination TEXT NOT NULL,
                state TEXT NOT NULL, attempts BIGINT NOT NULL, changed_at BIGINT NOT NULL,
                remark TEXT NOT NULL,
                PRIMARY KEY (organisation_id, kind, begin_at, domain, position)) {clustered}
            """,
        ])
}
