import MailReports
import Testing

/// What is no report, or cannot be one, is refused with a code and a sentence.
@Suite struct AggregateRefusalTests {
    struct Refused: CustomTestStringConvertible, Sendable {
        var name: String
        var document: String
        var code: ReportRefusal.Code
        var testDescription: String { name }
    }

    private static let all: [Refused] = [
        .init(name: "nothing", document: "", code: .empty),
        .init(name: "blanks", document: " \n\t ", code: .empty),
        .init(name: "a mark alone", document: "\u{FEFF}", code: .empty),
        .init(name: "text", document: "hello", code: .notAReport),
        .init(name: "JSON", document: "{\"a\": [1, 2]}", code: .notAReport),
        .init(name: "much text", document: String(repeating: "x", count: 5_000), code: .notAReport),
        .init(name: "a page", document: "<html><body>error</body></html>", code: .notAReport),
        .init(
            name: "a page with its type", document: "<!doctype html><html/>",
            code: .documentTypeDeclaration),
        .init(name: "a lone <", document: "<", code: .notAReport),
        .init(
            name: "a file reader",
            document:
                "<?xml version='1.0'?><!DOCTYPE f [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
                + AggregateSample.records, code: .documentTypeDeclaration),
        .init(
            name: "a declaration inside",
            document: AggregateSample.with("<record>", "<!ENTITY a \"b\"><record>"),
            code: .documentTypeDeclaration),
        .init(name: "no records", document: AggregateSample.head + "</feedback>", code: .noRecords),
        .init(name: "an empty root", document: "<feedback/>", code: .noRecords),
        .init(
            name: "no readable records",
            document: AggregateSample.head
                + AggregateSample.record(address: "192.0.2.1", count: "-1")
                + "</feedback>", code: .noRecords),
        .init(
            name: "no reporter",
            document: AggregateSample.with("Reporter Inc", "").replacing(
                "dmarc@reporter.example", with: ""),
            code: .noReporter),
        .init(
            name: "no domain",
            document: AggregateSample.with("<domain>acme.example</domain>\n    <adkim>", "<adkim>")
                .replacing("<header_from>acme.example", with: "<header_from>"),
            code: .noPolicyDomain),
        .init(
            name: "no period",
            document: AggregateSample.with("begin>", "x>", everywhere: true)
                .replacing("end>", with: "y>"), code: .noPeriod),
        .init(
            name: "1970", document: AggregateSample.with("1700006400", "86400"), code: .implausible),
        .init(
            name: "before time", document: AggregateSample.with("1700006400", "-5"),
            code: .implausible),
        .init(
            name: "2099", document: AggregateSample.with("1700092799", "4076352000"),
            code: .implausible),
        .init(
            name: "the end of time",
            document: AggregateSample.with("1700092799", "99999999999999999999"), code: .implausible
        ),
        .init(
            name: "ten years", document: AggregateSample.with("1700092799", "1999999999"),
            code: .implausible
        ),
    ]

    @Test(arguments: all) func `it is refused however it is cut`(_ refused: Refused) throws {
        for chunk in [1, 5, 4_096] {
            let refusal = try #require(
                aggregateRefusal(refused.document, chunk: chunk), "chunks of \(chunk)")
            #expect(refusal.code == refused.code)
            #expect(refusal.path == "test.xml")
            #expect(refusal.explanation.hasSuffix("."))
        }
    }

    @Test func `a period far after the clock is refused`() {
        let begin: Int64 = 1_700_006_400
        #expect(aggregateRefusal(AggregateSample.report, now: begin) == nil)
        #expect(
            aggregateRefusal(AggregateSample.report, now: begin - 500 * 86_400)?.code
                == .implausible)
        #expect(aggregateRefusal(AggregateSample.report, now: .max) == nil)
    }

    @Test func `after a refusal nothing more is read`() throws {
        var parser = AggregateReportParser(path: "x.xml")
        let page = Array("<html>".utf8)
        for _ in 0..<2 {
            #expect(throws: ReportRefusal.self) {
                try page.withUnsafeBytes { try parser.feed($0) { _ in } }
            }
        }
        #expect(throws: ReportRefusal.self) { try parser.finish { _ in } }
    }

    @Test func `what the receiver of records throws is passed on`() throws {
        struct Full: Error {}
        var parser = AggregateReportParser(path: "x.xml")
        #expect(throws: Full.self) {
            try Array(AggregateSample.report.utf8).withUnsafeBytes {
                try parser.feed($0) { _ in throw Full() }
            }
        }
    }
}
