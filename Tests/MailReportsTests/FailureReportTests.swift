import InternetMessage
import MailReports
import Testing

@Suite struct FailureReportTests {
    static func mail(
        feedback: String, encoding: String = "7bit", type: String = "message/feedback-report",
        copy: String = "From: \"B\" <bob@a.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
            + "Message-ID: <m@a.example>\r\n"
    ) -> [UInt8] {
        Array(
            """
            From: r@r.example\r
            MIME-Version: 1.0\r
            Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r
            \r
            --b\r
            Content-Type: text/plain\r
            \r
            An authentication failure.\r
            --b\r
            Content-Type: \(type)\r
            Content-Transfer-Encoding: \(encoding)\r
            \r
            \(feedback)\r
            --b\r
            Content-Type: text/rfc822-headers\r
            \r
            \(copy)\r
            --b--\r

            """.utf8)
    }

    static let fields =
        "Feedback-Type: auth-failure\r\nUser-Agent: X/1\r\nVersion: 1\r\n"
        + "Original-Mail-From: <x+1=c.example@esp.example>\r\nOriginal-Rcpt-To: <eve@r.example>\r\n"
        + "Arrival-Date: Mon, 01 Jan 2024 01:00:00 +0100\r\nSource-IP: 192.0.2.1 (mx.a.example)\r\n"
        + "Reported-Domain: A.example\r\nAuth-Failure: dmarc\r\nIncidents: 3\r\n"
        + "Identity-Alignment: dkim, spf\r\nReporting-MTA: dns; mx.r.example\r\n"
        + "Authentication-Results: r.example;\r\n spf=fail smtp.mailfrom=x@esp.example\r\n"
        + "X-Other: yes"

    static func parse(_ bytes: [UInt8]) throws -> FailureReport {
        let told = try Collector.read(bytes)
        #expect(told.outcomes == ["failure"], "\(told.refusals)")
        return try #require(told.failures.first)
    }

    @Test func `every field has its place`() throws {
        let report = try Self.parse(Self.mail(feedback: Self.fields))
        #expect(report.repairs == [])
        #expect(report.feedbackType == "auth-failure")
        #expect(report.reportedDomain == "a.example")
        #expect(report.sourceText == "192.0.2.1")
        #expect(report.arrival == 1_704_067_200)
        #expect(report.incidents == 3)
        #expect(report.reportingMTA == "mx.r.example")
        #expect(report.originalMailFrom == "<x+1=c.example@esp.example>")
        #expect(report.authenticationResults == ["r.example; spf=fail smtp.mailfrom=x@esp.example"])
        #expect(report.subject == "Grüße")
        #expect(report.headerFrom == "\"B\" <bob@a.example>")
        #expect(report.messageID == "<m@a.example>")
        #expect(report.otherFields == [.init(name: "X-Other", value: "yes")])
    }

    @Test func `a feedback part in base64 is a note`() throws {
        let report = try Self.parse(
            Self.mail(feedback: Pack.base64(Array(Self.fields.utf8)), encoding: "base64"))
        #expect(report.repairs.map(\.code) == [.base64Part])
        #expect(report.reportedDomain == "a.example")
    }

    @Test func `a feedback part of another type is known by its first field`() throws {
        let report = try Self.parse(Self.mail(feedback: Self.fields, type: "text/plain"))
        #expect(report.reportedDomain == "a.example")
    }

    @Test func `missing fields are notes, and the domain is taken from the results`() throws {
        let report = try Self.parse(
            Self.mail(
                feedback: "Feedback-Type: auth-failure\r\n"
                    + "Authentication-Results: dmarc=fail (p=none; dis=none) header.from=b.example")
        )
        #expect(report.reportedDomain == "b.example")
        #expect(
            report.repairs.filter { $0.weight == .repair }.map(\.location) == ["Reported-Domain"])
        #expect(
            Set(report.repairs.map(\.location)) == [
                "Reported-Domain", "Source-IP", "Arrival-Date", "Auth-Failure",
                "Identity-Alignment",
            ])
    }

    @Test func `unreadable values are repairs`() throws {
        let report = try Self.parse(
            Self.mail(
                feedback: "Version: 1\r\nArrival-Date: yesterday\r\nIncidents: many\r\n"
                    + "Reported-Domain: a.example"))
        #expect(report.arrival == nil && report.incidents == 1)
        let codes = Set(report.repairs.filter { $0.weight == .repair }.map(\.code))
        #expect(codes == [.textualTime, .invalidCount, .missingField])
    }

    @Test func `the plain text of Exim filters is a failure report`() throws {
        let text = """
            Subject: DMARC Forensic Report\r
            Content-Type: text/plain\r
            \r
            A message claiming to be from you has failed the published DMARC policy.\r
            \r
              Sender Domain: a.example\r
              Sender IP Address: 192.0.2.7\r
              Received date: Mon, 01 Jan 2024 00:00:00 +0000\r
              SPF Alignment: no\r
              DKIM Alignment: yes\r
              DMARC Results: None, Accept\r
            \r
            ------ This is a copy of the headers that were received.\r
            \r
            From: <bob@a.example>\r
            Subject: Pay me\r

            """
        let report = try Self.parse(Array(text.utf8))
        #expect(report.reportedDomain == "a.example" && report.sourceText == "192.0.2.7")
        #expect(report.arrival == 1_704_067_200 && report.subject == "Pay me")
        #expect(report.identityAlignment == "spf")
        #expect(report.repairs.map(\.code).contains(.missingFeedbackPart))
    }

    @Test func `reports inside the message that is reported are not taken for reports`() throws {
        let inner = String(decoding: Pack.mail([("a.xml", Sample.report())]), as: UTF8.self)
        let mail = String(decoding: Self.mail(feedback: Self.fields, copy: inner), as: UTF8.self)
            .replacing("text/rfc822-headers", with: "message/rfc822")
        #expect(try Collector.read(Array(mail.utf8)).outcomes == ["failure"])
    }

    @Test func `excess is dropped`() throws {
        let many = (0..<200).map { "X-\($0): \($0)\r\n" }.joined()
        let report = try Self.parse(Self.mail(feedback: Self.fields + "\r\n" + many))
        #expect(report.otherFields.count == 64)
        #expect(report.repairs.map(\.code) == [.excessDropped])
    }

    // MARK: Redaction

    static let redactions = [
        ("bob@a.example", "…@a.example"),
        ("\"Bob B\" <bob.b+x@a.example>", "\"Bob B\" <…@a.example>"),
        ("spf=fail smtp.mailfrom=bob@a.example;", "spf=fail smtp.mailfrom=…@a.example;"),
        ("bounce+bob=c.example@esp.example", "…@esp.example"),
        ("\"bob b\"@a.example", "…@a.example"),
        ("@a.example", "@a.example"),
        ("no address", "no address"),
        ("a@b@c", "…@…@c"),
    ]

    @Test(arguments: redactions)
    func `local parts are hidden and domains are kept`(_ pair: (String, String)) {
        #expect(Redaction.hideLocalParts(pair.0) == pair.1)
    }
}
