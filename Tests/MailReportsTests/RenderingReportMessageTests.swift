import Identities
import InternetMessage
import MailReports
import Testing

/// The mail around a report: what RFC 9990 §3.5.2 and RFC 8460 §5.3 ask for, and nothing a mail
/// must not have.
struct RenderingReportMessageTests {
    private static func message(
        _ kind: ReportMessage.Kind = .aggregate, organisation: String = "Receiver",
        recipient: String = "dmarc@acme.example"
    ) throws -> ReportMessage {
        let submitter = try RenderingReportFileTests.domain("mail.receiver.example")
        let domain = try RenderingReportFileTests.domain("acme.example")
        let file =
            kind == .tls
            ? ReportFile(RenderingTLSReportTests.report, about: domain, submitter: submitter)
            : ReportFile(
                aggregate: AggregateReportRenderer().render(
                    RenderingReportFileTests.aggregate, records: [sampleRecord]),
                RenderingReportFileTests.aggregate, submitter: submitter)
        return ReportMessage(
            kind, about: domain, submitter: submitter,
            reportID: "2026-11-21_acme.example_k3x@mail.receiver.example",
            organisation: organisation,
            sender: try #require(EmailAddress("reports@receiver.example")),
            recipient: try #require(EmailAddress(recipient)),
            messageID: "0.2026-11-21_acme.example_k3x@mail.receiver.example",
            date: 1_795_306_200, period: 1_795_219_200...1_795_305_599, file: file)
    }

    private static var sampleRecord: AggregateRecord {
        var generator = SplitMix(seed: 1)
        return RandomRecords.record(&generator)
    }

    @Test func `an aggregate report's mail has the fields that are asked for`() throws {
        let octets = try Self.message().render()
        let mail = MessageParser().parse(octets)
        #expect(mail.defects.isEmpty)
        #expect(mail.from.entries.count == 1)
        #expect(
            mail.subject == "Report Domain: acme.example Submitter: mail.receiver.example "
                + "Report-ID: <2026-11-21_acme.example_k3x@mail.receiver.example>")
        #expect(mail.date?.secondsSinceEpoch == 1_795_306_200)
        #expect(String(decoding: octets, as: UTF8.self).contains("Sun, 22 Nov 2026 00:10:00 +0000"))
        #expect(mail.root.contentType.type == "multipart")
        #expect(mail.root.contentType.subtype == "mixed")
        let parts = mail.root.children
        #expect(parts.count == 2)
        #expect(parts[0].text().contains("what we saw of mail in the name of acme.example"))
        #expect(parts[0].text().contains("2026-11-21 23:59:59 UTC"))
        #expect(parts[1].contentType.subtype == "gzip")
        #expect(
            parts[1].fileName
                == "mail.receiver.example!acme.example!1795219200!1795305599.xml.gz")
        #expect(parts[1].isAttachment)
    }

    @Test func `our own reader finds the report in the mail`() throws {
        let aggregate = try Collector.read(try Self.message().render(), name: "mail.eml")
        #expect(aggregate.outcomes == ["aggregate"])
        #expect(aggregate.aggregates.first?.records == [Self.sampleRecord])
        let tls = try Collector.read(try Self.message(.tls).render(), name: "mail.eml")
        #expect(tls.tls == [RenderingTLSReportTests.report])
    }

    @Test func `a TLS report's mail is a report and names domain and submitter`() throws {
        let octets = try Self.message(.tls).render()
        let text = String(decoding: octets, as: UTF8.self)
        #expect(text.contains("\r\nTLS-Report-Domain: acme.example\r\n"))
        #expect(text.contains("\r\nTLS-Report-Submitter: mail.receiver.example\r\n"))
        #expect(text.contains("\r\nContent-Type: multipart/report; report-type=\"tlsrpt\";\r\n"))
        #expect(text.contains("\r\nContent-Type: application/tlsrpt+gzip;\r\n"))
        #expect(MessageParser().parse(octets).defects.isEmpty)
    }

    @Test(arguments: [
        "", "Müller & Söhne \"GmbH\"", "back\\slash", "two\r\nBcc: evil@example.com",
        String(repeating: "東京", count: 60), String(repeating: "x", count: 300),
    ])
    func `any name of an organisation makes a mail with short lines`(name: String) throws {
        let octets = try Self.message(organisation: name).render()
        let mail = MessageParser().parse(octets)
        #expect(mail.defects.isEmpty)
        #expect(mail.headers.first(named: "Bcc") == nil)
        let lines = String(decoding: octets, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(!octets.contains { $0 == 0 || $0 >= 0x80 })
        guard case .mailbox(let from)? = mail.from.entries.first else {
            Issue.record("There is no From.")
            return
        }
        #expect(from.domain == "receiver.example")
        let visible = String(name.unicodeScalars.filter { $0.value >= 0x20 })
        #expect((from.displayName ?? "") == visible)
    }

    @Test func `only an address beyond ASCII needs SMTPUTF8`() throws {
        #expect(try !Self.message().isInternational)
        #expect(try Self.message(recipient: "grüße@acme.example").isInternational)
    }
}
