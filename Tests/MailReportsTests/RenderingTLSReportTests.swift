import Identities
import MailReports
import Testing

/// TLS reports are written as RFC 8460 §4.4 has them, and read back to the same values.
struct RenderingTLSReportTests {
    static var report: TLSReport {
        var report = TLSReport()
        report.reporter = "Sender \"Co\" & Söhne"
        report.contact = "tls@sender.example"
        report.reportID = "2026-11-21_acme.example_k3x@sender.example"
        report.begin = 1_795_219_200
        report.end = 1_795_305_599
        var sts = TLSReport.PolicyResult()
        sts.type = "sts"
        sts.strings = ["version: STSv1", "mode: enforce", "mx: *.acme.example", "max_age: 86400"]
        sts.domain = "acme.example"
        sts.mxHosts = ["*.acme.example"]
        sts.successfulSessions = 5_326
        sts.failedSessions = 303
        var expired = TLSReport.FailureDetail()
        expired.resultType = "certificate-expired"
        expired.sendingMTA = "2001:db8::1"
        expired.receivingMXHost = "mx1.acme.example"
        expired.receivingAddress = "203.0.113.7"
        expired.failedSessions = 300
        var other = TLSReport.FailureDetail()
        other.resultType = "validation-failure"
        other.sendingMTA = "192.0.2.1"
        other.receivingMXHost = "mx2.acme.example"
        other.receivingMXHelo = "mx2"
        other.receivingAddress = "203.0.113.8"
        other.failedSessions = 3
        other.additionalInformation = "https://sender.example/why?a=1&b=\"2\""
        other.reasonCode = "no common version\n\u{7}"
        sts.failures = [expired, other]
        var none = TLSReport.PolicyResult()
        none.type = "no-policy-found"
        none.domain = "acme.example"
        none.successfulSessions = 12
        report.policies = [sts, none]
        return report
    }

    @Test func `a rendered report is read back without one repair`() throws {
        let bytes = TLSReportRenderer().render(Self.report)
        #expect(try TLSReportParser(path: "report.json").parse(bytes) == Self.report)
    }

    @Test func `the document has the members of RFC 8460 in their words`() throws {
        var report = Self.report
        report.policies = [Self.report.policies[1]]
        report.reporter = "Sender"
        let text = String(decoding: TLSReportRenderer().render(report), as: UTF8.self)
        #expect(
            text == """
                {"organization-name":"Sender","date-range":{"start-datetime":"2026-11-21T00:00:00Z",\
                "end-datetime":"2026-11-21T23:59:59Z"},"contact-info":"tls@sender.example",\
                "report-id":"2026-11-21_acme.example_k3x@sender.example","policies":[{"policy":\
                {"policy-type":"no-policy-found","policy-domain":"acme.example"},"summary":\
                {"total-successful-session-count":12,"total-failure-session-count":0}}]}
                """)
    }

    @Test func `the file is named, compressed and read back`() throws {
        let file = ReportFile(
            Self.report, about: try RenderingReportFileTests.domain("acme.example"),
            submitter: try RenderingReportFileTests.domain("mail.sender.example"),
            uniqueID: "k3x")
        #expect(
            file.name == "mail.sender.example!acme.example!1795219200!1795305599!k3x.json.gz")
        #expect(file.mediaType == "application/tlsrpt+gzip")
        #expect(try Collector.read(file.octets, name: file.name).tls == [Self.report])
    }
}
