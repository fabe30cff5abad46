import MailReports
import Testing

@Suite struct RenderingTests {
    static let hostile = "x\u{1B}[31m\u{202E}\u{9B}2J\u{7}\u{200B}y"

    static func hostileReport() -> [UInt8] {
        // XML 1.0 has no escape character; the parser passes it on as text, or replaces it.
        var text = String(decoding: Sample.report(), as: UTF8.self)
        text = text.replacing("reporter.example</org", with: "\(hostile)</org")
        text = text.replacing("s1<", with: "=cmd()\u{202E}<")
        return Array(text.utf8)
    }

    static func text(_ bytes: [UInt8], _ rendering: ReportRendering = .init()) throws -> String {
        var renderer = ReportTextRenderer(output: "", rendering: rendering)
        try ReportReader().read(bytes, name: "f\u{1B}.xml", into: &renderer)
        return renderer.output
    }

    static func json(
        _ bytes: [UInt8], _ layout: ReportJSONRenderer<String>.Layout,
        _ rendering: ReportRendering = .init()
    ) throws -> String {
        var renderer = ReportJSONRenderer(output: "", layout: layout, rendering: rendering)
        try ReportReader().read(bytes, name: "f.xml", into: &renderer)
        renderer.finish()
        return renderer.output
    }

    static func csv(_ bytes: [UInt8]) throws -> String {
        var renderer = ReportCSVRenderer(output: "")
        try ReportReader().read(bytes, name: "f.xml", into: &renderer)
        return renderer.output
    }

    static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0 == "\n" || $0 == "\r"
                || ($0.value >= 0x20 && !(0x7F...0x9F).contains($0.value))
                    && !["\u{202E}", "\u{200B}"].contains($0)
        }
    }

    // MARK: Text

    @Test func `a report for people`() throws {
        let records = Sample.record() + Sample.record(source: "2001:db8::1", count: 1_500)
        let output = try Self.text(Sample.report(records: records))
        let expected = """
            DMARC report by reporter.example about a.example
              Period     2023-11-15 00:00:00 to 2023-11-15 23:59:59 UTC (1 day)
              Report id  id-1
              Contact    r@reporter.example
              Policy     none, subdomains none, DKIM relaxed, SPF relaxed
              Format     RFC 7489
              Totals     2 rows, 1,502 messages, 1,502 pass DMARC (100 %)
              File       f\u{FFFD}.xml

              Messages  Source       From       DMARC  DKIM               SPF                     Receiver did
                 1,500  2001:db8::1  a.example  pass   aligned a.example  passes for esp.example  nothing
                     2  192.0.2.1    a.example  pass   aligned a.example  passes for esp.example  nothing

            """
        #expect(output == expected)
    }

    @Test func `rows beyond the limit are added up`() throws {
        let records = (1...30).map { Sample.record(count: Int64($0)) }.joined()
        let output = try Self.text(Sample.report(records: records), .init(rows: 2))
        #expect(output.contains("  30  192.0.2.1"))
        #expect(output.contains("  29  192.0.2.1"))
        #expect(!output.contains("  28  192.0.2.1"))
        #expect(output.contains("and 28 smaller rows with 406 messages"))
        #expect(
            try Self.text(Sample.report(records: records), .init(rows: 0)).contains("30 smaller"))
    }

    @Test func `colours are only written when asked for`() throws {
        #expect(!(try Self.text(Sample.report())).contains("\u{1B}"))
        let coloured = try Self.text(Sample.report(), .init(isColoured: true))
        #expect(coloured.contains("\u{1B}[32mpass\u{1B}[0m"))
        let plain = coloured.replacing(/\u{1B}\[\d+m/, with: "")
        #expect(plain == (try Self.text(Sample.report())))
    }

    @Test func `refusals are told with their reason`() throws {
        let output = try Self.text(Array("hello".utf8))
        #expect(
            output.hasPrefix("Not read: f\u{FFFD}.xml\n  There is no DMARC or TLS report in it"))
    }

    @Test func `repairs are sentences`() throws {
        let output = try Self.text(Pack.gzip(Sample.report()) + Array("\r\n".utf8))
        #expect(output.contains("    noted     Bytes that belong to nothing follow"))
    }

    @Test func `columns stay aligned with wide characters`() throws {
        let failures = ["日本", "abcd"].map {
            "{\"result-type\":\"\($0)\",\"sending-mta-ip\":\"192.0.2.1\",\"failed-session-count\":1}"
        }.joined(separator: ",")
        let json = TLSReportTests.report(
            policies: TLSReportTests.policy(failures: "[\(failures)]"))
        let lines = try Self.text(Array(json.utf8)).split(separator: "\n")
        // Two characters that take two columns each, and four of one column.
        #expect(lines.contains { $0.hasPrefix("         1  日本         192.0.2.1") })
        #expect(lines.contains { $0.hasPrefix("         1  abcd         192.0.2.1") })
    }

    // MARK: Hostile values

    @Test func `nothing hostile reaches a terminal in any format`() throws {
        let report = Self.hostileReport()
        #expect(Self.isHarmless(try Self.text(report)))
        #expect(Self.isHarmless(try Self.json(report, .array)))
        #expect(Self.isHarmless(try Self.json(report, .lines)))
        #expect(Self.isHarmless(try Self.csv(report)))
        #expect(Self.isHarmless(try Self.text(Array("<feedback>\(Self.hostile)".utf8))))
    }

    static let cells = [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("=1+1", "'=1+1"),
        ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "' =1"),
        ("\r=1", "' =1"), ("\tx", "' x"), ("\n=1", "' =1"), ("  =1", "'  =1"), ("＝1", "'＝1"),
        (
            "=HYPERLINK(\"x\",\"y\")",
            "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""
        ),
        ("a=1", "a=1"), ("", ""), ("a\nb", "a b"), ("\u{1B}[2J", "\u{FFFD}[2J"),
    ]

    @Test(arguments: cells)
    func `cells cannot become formulas`(_ pair: (String, String)) {
        #expect(CSVCell.render(pair.0) == pair.1)
    }

    // MARK: JSON and CSV

    @Test func `JSON is one array with the records before the facts`() throws {
        let zip = Pack.zip([
            ("a.xml", Sample.report(records: Sample.record() + Sample.record())),
            ("t.json", Sample.tls), ("b.xml", Array("<feedback>".utf8)),
        ])
        let output = try Self.json(zip, .array)
        #expect(
            output.hasPrefix(
                "[\n{\"document\":1,\"path\":\"f.xml › a.xml\",\"records\":[\n{\"source\""))
        #expect(output.contains("\"kind\":\"aggregate\",\"specification\":\"rfc7489\""))
        #expect(output.contains("{\"document\":2,\"path\":\"f.xml › t.json\",\"kind\":\"tls\""))
        #expect(output.contains("\"kind\":\"refused\""))
        #expect(output.hasSuffix("}\n]\n"))
        #expect(try Self.json([], .array).contains("\"code\":\"empty\""))
    }

    @Test func `JSON lines stand alone and end with their report`() throws {
        let output = try Self.json(
            Sample.report(records: Sample.record() + Sample.record()), .lines)
        let lines = output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(
            lines[0].hasPrefix("{\"document\":1,\"path\":\"f.xml\",\"kind\":\"record\",\"source\""))
        #expect(lines[2].hasPrefix("{\"document\":1,\"path\":\"f.xml\",\"kind\":\"aggregate\""))
        #expect(lines[2].contains("\"begin\":\"2023-11-15T00:00:00Z\""))
    }

    @Test func `CSV has one line for each record, and each names its report`() throws {
        let output = try Self.csv(Sample.report(records: Sample.record() + Sample.record()))
        // One character: a return and a line feed.
        let lines = output.split(separator: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("file,reporter,report_id,begin,end,policy_domain"))
        #expect(
            lines[1]
                == "f.xml,reporter.example,id-1,2023-11-15T00:00:00Z,2023-11-15T23:59:59Z,a.example,"
                + "none,none,192.0.2.1,2,pass,none,pass,fail,a.example,,,pass d=a.example s=s1,"
                + "pass mfrom=esp.example,")
        #expect(lines[1].filter { $0 == "," }.count == lines[0].filter { $0 == "," }.count)
    }

    @Test func `personal data is hidden unless asked for`() throws {
        let mail = FailureReportTests.mail(feedback: FailureReportTests.fields)
        for output in [try Self.text(mail), try Self.json(mail, .array)] {
            #expect(!output.contains("bob@") && !output.contains("eve@"))
            #expect(!output.contains("Grüße"))
            #expect(output.contains("…@a.example"))
        }
        let open = ReportRendering(showsPersonalData: true)
        for output in [try Self.text(mail, open), try Self.json(mail, .array, open)] {
            #expect(output.contains("bob@a.example") && output.contains("Grüße"))
        }
    }
}
