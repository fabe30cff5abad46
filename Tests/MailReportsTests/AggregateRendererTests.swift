import Identities
import MailReports
import Testing

/// What is rendered is read back to the same values.
@Suite struct AggregateRendererTests {
    private var report: AggregateReport {
        var report = AggregateReport()
        report.version = "1.0"
        report.reporter = "R & <S> \"Co\" 'X' \u{1F4EE}"
        report.email = "dmarc@reporter.example"
        report.extraContact = "https://reporter.example/?a=1&b=2"
        report.reportID = "<id]]>@reporter.example>"
        report.begin = 1_700_006_400
        report.end = 1_700_092_799
        report.errors = ["rows were left out"]
        report.policy.domain = "acme.example"
        report.policy.policy = "reject"
        report.policy.subdomainPolicy = "quarantine"
        report.policy.dkimAlignment = "r"
        report.policy.spfAlignment = "s"
        report.policy.failureOptions = "1:d:s"
        return report
    }

    private var records: [AggregateRecord] {
        var first = AggregateRecord()
        first.sourceText = "2001:db8::1"
        first.source = IPAddress("2001:db8::1")
        first.count = 3
        first.disposition = "reject"
        first.dkimEvaluated = "fail"
        first.spfEvaluated = "pass"
        first.reasons = [.init(type: "local_policy", comment: "a < b\rc"), .init(type: "other")]
        first.headerFrom = "acme.example"
        first.envelopeFrom = ""
        first.envelopeTo = "receiver.example"
        first.dkim = [
            .init(domain: "acme.example", selector: "s1", result: "fail", humanResult: "no key"),
            .init(domain: "mailer.example", selector: "k2", result: "pass"),
        ]
        first.spf = [
            .init(domain: "acme.example", scope: "mfrom", result: "pass", humanResult: "&")
        ]
        var second = AggregateRecord()
        second.sourceText = "192.0.2.9"
        second.source = IPAddress("192.0.2.9")
        second.count = 1
        second.disposition = "none"
        second.headerFrom = "sub.acme.example"
        second.spf = [.init(domain: "x.example", scope: "mfrom", result: "none")]
        return [first, second]
    }

    @Test(arguments: [true, false]) func `RFC 9990 reads back`(_ isIndented: Bool) throws {
        var report = report
        report.specification = .rfc9990
        report.generator = "Sealgate"
        report.policy.nonexistentSubdomainPolicy = "none"
        report.policy.testing = true
        report.policy.discoveryMethod = "treewalk"
        let bytes = AggregateReportRenderer(isIndented: isIndented).render(report, records: records)
        let parsed = try parseAggregate(bytes)
        report.recordCount = 2
        report.messageCount = 4
        #expect(parsed.report == report)
        #expect(parsed.records == records)
    }

    @Test func `RFC 7489 reads back, and has no word for passed`() throws {
        var report = report
        report.specification = .rfc7489
        report.policy.percentage = 50
        var records = records
        records[1].disposition = "pass"
        let bytes = AggregateReportRenderer(specification: .rfc7489).render(
            report, records: records)
        let parsed = try parseAggregate(bytes)
        report.recordCount = 2
        report.messageCount = 4
        records[1].disposition = "none"
        #expect(parsed.report == report)
        #expect(parsed.records == records)
    }

    @Test func `a draft has neither version nor namespace`() throws {
        let bytes = AggregateReportRenderer(specification: .draft).render(report, records: records)
        let parsed = try parseAggregate(bytes)
        #expect(parsed.report.specification == .draft)
        #expect(parsed.repairs == ["missingVersion/note", "missingNamespace/note"])
        #expect(parsed.records == records)
    }

    @Test func `no text breaks out of its element`() throws {
        for scalar in (0..<0x300).compactMap(Unicode.Scalar.init) {
            var report = report
            report.reporter = "a\(scalar)b"
            let bytes = AggregateReportRenderer().render(report, records: records)
            let parsed = try parseAggregate(bytes)
            #expect(parsed.records.count == 2)
            let isAllowed = scalar.value >= 0x20 || [0x09, 0x0A, 0x0D].contains(scalar.value)
            #expect(parsed.report.reporter == (isAllowed ? report.reporter : "a\u{FFFD}b"))
        }
    }

    @Test func `records can be written one by one`() throws {
        let renderer = AggregateReportRenderer()
        var bytes: [UInt8] = []
        renderer.begin(report, into: &bytes)
        for record in records { renderer.append(record, into: &bytes) }
        renderer.end(into: &bytes)
        #expect(bytes == renderer.render(report, records: records))
    }
}
