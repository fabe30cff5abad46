import Identities
import MailReports
import Testing

/// To which values reports are read.
@Suite struct AggregateValueTests {
    @Test func `a report by RFC 7489 is read to its values`() throws {
        let parsed = try parseAggregate(AggregateSample.report)
        let report = parsed.report
        #expect(report.specification == .rfc7489)
        #expect(report.version == "1.0")
        #expect(report.reporter == "Reporter Inc")
        #expect(report.email == "dmarc@reporter.example")
        #expect(report.reportID == "r-1")
        #expect(report.begin == 1_700_006_400)
        #expect(report.end == 1_700_092_799)
        #expect(report.policy.domain == "acme.example")
        #expect(report.policy.policy == "quarantine")
        #expect(report.policy.subdomainPolicy == "none")
        #expect(report.policy.nonexistentSubdomainPolicy == nil)
        #expect(report.policy.dkimAlignment == "r")
        #expect(report.policy.spfAlignment == "s")
        #expect(report.policy.percentage == 100)
        #expect(report.policy.failureOptions == "1")
        #expect(report.recordCount == 3)
        #expect(report.messageCount == 10)
        #expect(report.repairs.isEmpty)
        let record = try #require(parsed.records.first)
        #expect(record.sourceText == "192.0.2.1")
        #expect(record.source == IPAddress("192.0.2.1"))
        #expect(record.count == 7)
        #expect(record.disposition == "none")
        #expect(record.dkimEvaluated == "pass")
        #expect(record.spfEvaluated == "fail")
        #expect(record.headerFrom == "acme.example")
        #expect(record.envelopeFrom == "bounce.mailer.example")
        #expect(record.envelopeTo == nil)
        #expect(record.dkim == [.init(domain: "acme.example", selector: "s1", result: "pass")])
        #expect(
            record.spf == [
                .init(domain: "bounce.mailer.example", scope: "mfrom", result: "softfail")
            ])
    }

    @Test func `np alone does not make a report one of RFC 9990`() throws {
        let parsed = try parseAggregate(AggregateSample.with("<pct>", "<np>reject</np><pct>"))
        #expect(parsed.report.specification == .rfc7489)
        #expect(parsed.report.policy.nonexistentSubdomainPolicy == "reject")
    }

    @Test(arguments: [
        AggregateSample.with("http://dmarc.org/dmarc-xml/0.1", "urn:ietf:params:xml:ns:dmarc-2.0"),
        AggregateSample.with("<pct>100</pct>", "<testing>y</testing>"),
        AggregateSample.with("<pct>100</pct>", "<discovery_method>treewalk</discovery_method>"),
        AggregateSample.with("<report_id>", "<generator>g 1.0</generator><report_id>"),
    ])
    func `the namespace or an element of its own makes a report one of RFC 9990`(
        _ document: String
    ) throws {
        #expect(try parseAggregate(document).report.specification == .rfc9990)
    }

    @Test func `words that mean something else than they say are read as meant`() throws {
        #expect(
            try parseAggregate(AggregateSample.with(">softfail<", ">hardfail<")).records[0].spf[0]
                .result == "fail")
        #expect(
            try parseAggregate(AggregateSample.with(">softfail<", ">error<")).records[0].spf[0]
                .result == "permerror")
        #expect(
            try parseAggregate(AggregateSample.with(">softfail<", ">Unknown<")).records[0].spf[0]
                .result == "unknown")
        #expect(
            try parseAggregate(AggregateSample.with("<spf>fail<", "<spf>SoftFail<")).records[0]
                .spfEvaluated
                == "softfail")
    }

    @Test func `names of domains become lower-case A-labels`() throws {
        let parsed = try parseAggregate(
            AggregateSample.with("<header_from>acme.example", "<header_from>B\u{FC}cher.Example."))
        #expect(parsed.records[0].headerFrom == "xn--bcher-kva.example")
        let policy = try parseAggregate(
            AggregateSample.with("<domain>acme.example", "<domain>ACME.example"))
        #expect(policy.report.policy.domain == "acme.example")
    }

    @Test func `an empty envelope sender is the null reverse-path`() throws {
        let empty = try parseAggregate(
            AggregateSample.with(
                "<envelope_from>bounce.mailer.example</envelope_from>", "<envelope_from/>"))
        #expect(empty.records[0].envelopeFrom == "")
        let absent = try parseAggregate(
            AggregateSample.with("<envelope_from>bounce.mailer.example</envelope_from>", ""))
        #expect(absent.records[0].envelopeFrom == nil)
    }

    @Test func `text in other encodings is read`() throws {
        let text = AggregateSample.with(
            "Reporter Inc", "\u{41F}\u{43E}\u{447}\u{442}\u{430} \u{1F4EE}")
        let units = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(
            try parseAggregate(units, chunk: 3).report.reporter
                == "\u{41F}\u{43E}\u{447}\u{442}\u{430} \u{1F4EE}")
        let cyrillic: [UInt8] = [0xCF, 0xEE, 0xF7, 0xF2, 0xE0]
        let parts = AggregateSample.with("UTF-8", "Windows-1251").split(separator: "Reporter Inc")
        let bytes = Array(parts[0].utf8) + cyrillic + Array(parts[1].utf8)
        #expect(try parseAggregate(bytes).report.reporter == "\u{41F}\u{43E}\u{447}\u{442}\u{430}")
    }

    @Test func `the file's name helps out where the report is silent`() throws {
        let name = "mail.eml \u{203A} reporter.example!acme.example!1700006400!1700092799!x7.xml.gz"
        let bare = AggregateSample.records.replacing("acme.example", with: "other.example")
        let parsed = try parseAggregate(
            "<feedback><report_metadata/>" + bare + "</feedback>", path: name)
        #expect(parsed.report.reporter == "reporter.example")
        #expect(parsed.report.policy.domain == "acme.example")
        #expect(parsed.report.reportID == "x7")
        #expect(parsed.report.begin == 1_700_006_400)
        #expect(parsed.report.end == 1_700_092_799)
        #expect(parsed.report.isRepaired)
    }

    @Test func `a repair says where it was first met and how often`() throws {
        let parsed = try parseAggregate(
            AggregateSample.with(">softfail<", ">hardfail<", everywhere: true))
        let repair = try #require(parsed.report.repairs.first)
        #expect(repair.code == .reinterpretedResult)
        #expect(repair.weight == .repair)
        #expect(repair.location == "record[1]/auth_results/spf/result")
        #expect(repair.occurrences == 3)
        #expect(repair.detail.contains("hardfail"))
    }

    @Test func `reasons keep their types and comments`() throws {
        let parsed = try parseAggregate(
            AggregateSample.with(
                "<spf>fail</spf>",
                "<spf>fail</spf><reason><type>mailing_list</type><comment>a &lt; b</comment></reason>"
                    + "<reason><type>other</type></reason>"))
        #expect(
            parsed.records[0].reasons == [
                .init(type: "mailing_list", comment: "a < b"), .init(type: "other"),
            ])
    }
}
