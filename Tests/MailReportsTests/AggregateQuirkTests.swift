import MailReports
import Testing

/// What real reporters send, one case each: research into parsers' bug lists and real reports.
@Suite struct AggregateQuirkTests {
    /// A change to the sample, the repairs it must give, and how many records must be left.
    struct Quirk: CustomTestStringConvertible, Sendable {
        var name: String
        var document: [UInt8]
        var repairs: [String]
        var records: Int

        init(_ name: String, _ document: String, _ repairs: [String] = [], records: Int = 3) {
            self.init(name, bytes: Array(document.utf8), repairs, records: records)
        }

        init(_ name: String, bytes: [UInt8], _ repairs: [String] = [], records: Int = 3) {
            self.name = name
            self.document = bytes
            self.repairs = repairs
            self.records = records
        }

        var testDescription: String { name }
    }

    private static let all = markup + encodings + metadata + policies + rows + results

    @Test(arguments: all) func `a quirk is read with the repairs it deserves`(_ quirk: Quirk) throws
    {
        for chunk in [1, 17, 65_536] {
            let parsed = try parseAggregate(quirk.document, chunk: chunk)
            #expect(parsed.repairs.sorted() == quirk.repairs.sorted(), "chunks of \(chunk)")
            #expect(parsed.records.count == quirk.records, "chunks of \(chunk)")
        }
    }

    private static let markup: [Quirk] = [
        Quirk("the sample", AggregateSample.report),
        Quirk("no declaration", AggregateSample.with(AggregateSample.declaration + "\n", "")),
        Quirk(
            "a declaration without its ?", AggregateSample.with("?>", ">"), ["strayMarkup/repair"]),
        Quirk("blanks first", "\n\n" + AggregateSample.report, ["leadingText/note"]),
        Quirk("text first", "Report: " + AggregateSample.report, ["leadingText/repair"]),
        Quirk("NUL after the end", AggregateSample.report + "\0\0", ["trailingText/note"]),
        Quirk("text after the end", AggregateSample.report + "-- \nbye\n", ["trailingText/note"]),
        Quirk(
            "a second report", AggregateSample.report + AggregateSample.head,
            ["strayMarkup/repair", "trailingText/note"]
        ),
        Quirk(
            "CDATA and a comment",
            AggregateSample.with("Reporter Inc", "<!-- -- a > b --><![CDATA[R & ]] Co]]>")),
        Quirk(
            "references",
            AggregateSample.with("Reporter Inc", "R&amp;R &#x43;&#111; &lt;&gt;&quot;&apos;")),
        Quirk("a bare &", AggregateSample.with("Reporter Inc", "R & R"), ["bareAmpersand/repair"]),
        Quirk("&nbsp;", AggregateSample.with("Reporter Inc", "R&nbsp;R"), ["unknownEntity/repair"]),
        Quirk(
            "a number of no character", AggregateSample.with("Inc", "&#0;"),
            ["unknownEntity/repair"]),
        Quirk("a bare <", AggregateSample.with("Reporter Inc", "R < R"), ["strayMarkup/repair"]),
        Quirk(
            "an address in angle brackets",
            AggregateSample.with("dmarc@reporter.example", "<a@b.example>"),
            ["mismatchedTag/repair", "unknownElement/note", "missingEmail/note"]),
        Quirk(
            "an end tag too many", AggregateSample.with("<row>", "</spf><row>"),
            ["mismatchedTag/repair"]),
        Quirk("a missing end tag", AggregateSample.with("</row>", ""), ["unclosedElement/repair"]),
        Quirk(
            "a value without its end tag", AggregateSample.with("</source_ip>", ""),
            ["unclosedElement/repair"]),
        Quirk(
            "a record without its end tag", AggregateSample.with("</record>", ""),
            ["unclosedElement/repair"]
        ),
        Quirk(
            "cut after a record", AggregateSample.head + AggregateSample.records,
            ["truncatedDocument/repair"]),
        Quirk(
            "cut within a record", String(AggregateSample.report.dropLast(200)),
            ["truncatedDocument/repair", "skippedRecord/repair"], records: 2),
        Quirk(
            "a schema around it",
            AggregateSample.with(
                "<feedback", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><feedback"),
            ["strayMarkup/repair"]),
        Quirk(
            "capital names", AggregateSample.with("<count>7</count>", "<Count>7</Count>"),
            ["letterCase/note"]),
        Quirk(
            "an extension",
            AggregateSample.with("<record>", "<extension><row>x</row></extension><record>")),
        Quirk(
            "an unknown element", AggregateSample.with("<row>", "<odd><row/></odd><row>"),
            ["unknownElement/note"]),
        Quirk(
            "a foreign element",
            AggregateSample.with(
                "<record>", "<x:record xmlns:x=\"urn:x\"><x:row/></x:record><record>")),
        Quirk(
            "stray text", AggregateSample.with("<sp>none</sp>", "<sp>none</sp>11"),
            ["strayMarkup/note"]),
        Quirk(
            "prefixed names",
            AggregateSample.report.replacing("</", with: "</d:").replacing("<", with: "<d:")
                .replacing("<d:/d:", with: "</d:").replacing("<d:?", with: "<?")
                .replacing("xmlns=", with: "xmlns:d=")),
        Quirk(
            "a prefix nobody declared",
            AggregateSample.with("feedback", "d:feedback", everywhere: true),
            ["undeclaredPrefix/repair"]),
        Quirk(
            "an unknown namespace", AggregateSample.with("http:", "http"), ["unknownNamespace/note"]
        ),
        Quirk(
            "no namespace", AggregateSample.with(" xmlns=\"http://dmarc.org/dmarc-xml/0.1\"", ""),
            ["missingNamespace/note"]),
        Quirk("an attribute", AggregateSample.with("<email>", "<email lang = 'en' x=\"1\" >")),
        Quirk(
            "an attribute without quotes", AggregateSample.with("<email>", "<email a=1>"),
            ["strayMarkup/repair"]),
        Quirk(
            "a control character", AggregateSample.with("Inc", "I\u{0}c"),
            ["controlCharacter/repair"]),
        Quirk(
            "text beyond all measure",
            AggregateSample.with("Reporter Inc", String(repeating: "x", count: 9_000)),
            ["excessDropped/repair"]),
    ]

    private static let latin = Array(
        AggregateSample.with("UTF-8", "ISO-8859-1").replacing("Reporter Inc", with: "Fast? GmbH")
            .utf8
    ).map { $0 == UInt8(ascii: "?") ? 0xE9 : $0 }

    private static func sixteen(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return bigEndian ? bytes : bytes.reversed()
        }
    }

    private static let encodings: [Quirk] = [
        Quirk("a byte order mark", "\u{FEFF}" + AggregateSample.report, ["byteOrderMark/note"]),
        Quirk(
            "UTF-16 with a mark",
            bytes: sixteen("\u{FEFF}" + AggregateSample.report, bigEndian: true),
            ["otherEncoding/note"]),
        Quirk(
            "UTF-16 without one", bytes: sixteen(AggregateSample.report, bigEndian: false),
            ["otherEncoding/note"]),
        Quirk(
            "named UTF-16, in UTF-8", AggregateSample.with("UTF-8", "utf-16"),
            ["otherEncoding/note"]),
        Quirk(
            "ISO-8859-1",
            bytes: latin.enumerated().map {
                $0.offset < 60 && $0.element == 0xE9 ? 0x3F : $0.element
            },
            ["otherEncoding/note"]),
        Quirk(
            "a set nobody knows", AggregateSample.with("UTF-8", "x-klingon"), ["otherEncoding/note"]
        ),
        Quirk(
            "bytes that are not UTF-8",
            bytes: Array(AggregateSample.report.utf8).map { $0 == UInt8(ascii: "I") ? 0xFF : $0 },
            ["invalidUTF8/note"]),
    ]

    private static let metadata: [Quirk] = [
        Quirk(
            "no version", AggregateSample.with("<version>1.0</version>", ""),
            ["missingVersion/note"]),
        Quirk("no name", AggregateSample.with("Reporter Inc", ""), ["missingReporterName/repair"]),
        Quirk(
            "no address", AggregateSample.with("dmarc@reporter.example", " "), ["missingEmail/note"]
        ),
        Quirk(
            "no identifier", AggregateSample.with("<report_id>r-1</report_id>", ""),
            ["missingReportID/repair"]),
        Quirk(
            "decimal times", AggregateSample.with("1700006400", "1700006400.0"),
            ["fractionalTime/note"]),
        Quirk(
            "half seconds", AggregateSample.with("1700006400", "1700006400.5"),
            ["fractionalTime/repair"]),
        Quirk(
            "dates", AggregateSample.with("1700006400", "2023-11-15T00:00:00Z"),
            ["textualTime/repair"]),
        Quirk(
            "a missing end", AggregateSample.with("<end>1700092799</end>", ""),
            ["missingPeriod/repair"]),
        Quirk(
            "an inverted period", AggregateSample.with("1700092799", "1699990000"),
            ["invertedPeriod/repair"]
        ),
        Quirk(
            "two days", AggregateSample.with("1700092799", "1700179199"), ["periodOverOneDay/note"]),
        Quirk(
            "the period first",
            AggregateSample.with(
                "<org_name>", "<date_range><begin>1700006400</begin></date_range><org_name>"),
            ["metadataOrder/repair"]),
    ]

    private static let policies: [Quirk] = [
        Quirk(
            "p is empty", AggregateSample.with("<p>quarantine</p>", "<p/>"),
            ["emptyValue/note", "missingPolicy/note"]),
        Quirk(
            "sp is empty", AggregateSample.with("<sp>none</sp>", "<sp></sp>"), ["emptyValue/note"]),
        Quirk(
            "sp is nil", AggregateSample.with("<sp>none</sp>", "<sp>nil</sp>"),
            ["unknownPolicyValue/repair"]
        ),
        Quirk("np in RFC 7489", AggregateSample.with("<pct>", "<np>reject</np><pct>")),
        Quirk(
            "no adkim", AggregateSample.with("<adkim>r</adkim>", ""), ["missingAlignmentMode/note"]),
        Quirk(
            "a percentage of 101", AggregateSample.with(">100<", ">101<"),
            ["invalidPercentage/repair"]),
        Quirk(
            "two policies",
            AggregateSample.with("<policy_published>", "<policy_published/><policy_published>"),
            [
                "repeatedPolicy/repair", "missingPolicy/note", "missingAlignmentMode/note",
                "missingPolicyDomain/repair",
            ]),
        Quirk(
            "no domain", AggregateSample.with("<domain>acme.example</domain>", ""),
            ["missingPolicyDomain/repair"]),
        Quirk(
            "no policy", AggregateSample.with("policy_published", "odd", everywhere: true),
            ["unknownElement/note", "missingPolicy/repair", "missingPolicyDomain/repair"]),
    ]

    private static let rows: [Quirk] = [
        Quirk("blanks around values", AggregateSample.with(">7<", ">\n 7\t<")),
        Quirk(
            "no address", AggregateSample.with("<source_ip>192.0.2.1</source_ip>", ""),
            ["missingSourceAddress/repair"]),
        Quirk(
            "an address that is none", AggregateSample.with("192.0.2.1", "unknown"),
            ["invalidSourceAddress/repair"]),
        Quirk(
            "below zero", AggregateSample.with(">7<", ">-7<"),
            ["negativeCount/repair", "skippedRecord/repair"], records: 2),
        Quirk(
            "no number", AggregateSample.with(">7<", ">many<"),
            ["invalidCount/repair", "skippedRecord/repair"], records: 2),
        Quirk(
            "beyond all numbers", AggregateSample.with(">7<", ">99999999999999999999<"),
            ["invalidCount/repair", "skippedRecord/repair"], records: 2),
        Quirk(
            "beyond belief", AggregateSample.with(">7<", ">1000000000001<"),
            ["invalidCount/repair", "skippedRecord/repair"], records: 2),
        Quirk(
            "no count", AggregateSample.with("<count>7</count>", ""),
            ["missingCount/repair", "skippedRecord/repair"], records: 2),
        Quirk("a decimal count", AggregateSample.with(">7<", ">7.0<"), ["invalidCount/note"]),
        Quirk(
            "identities", AggregateSample.with("identifiers", "identities", everywhere: true),
            ["identitiesElement/note"]),
        Quirk(
            "no From", AggregateSample.with("<header_from>acme.example</header_from>", ""),
            ["missingHeaderFrom/repair"]),
        Quirk(
            "a From that is none", AggregateSample.with("<header_from>acme", "<header_from>a c"),
            ["invalidHeaderFrom/note"]),
        Quirk(
            "an empty reason", AggregateSample.with("<spf>fail</spf>", "<spf>fail</spf><reason/>"),
            ["emptyReason/note"]),
        Quirk(
            "a reason of empty elements",
            AggregateSample.with(
                "<spf>fail</spf>", "<spf>fail</spf><reason><type></type><comment/></reason>"),
            ["emptyReason/note"]),
        Quirk(
            "a bare reason",
            AggregateSample.with("<spf>fail</spf>", "<spf>fail</spf><reason>sampled_out</reason>"),
            ["bareReason/repair"]),
        Quirk(
            "a misspelt reason",
            AggregateSample.with(
                "<spf>fail</spf>",
                "<spf>fail</spf><reason><type>trusted_forwarded</type></reason>"),
            ["unknownReason/note"]),
        Quirk(
            "no disposition", AggregateSample.with("<disposition>none</disposition>", ""),
            ["unknownDisposition/repair"]),
        Quirk(
            "softfail as disposition", AggregateSample.with("n>none<", "n>softfail<"),
            ["unknownDisposition/note"]),
        Quirk("pass as disposition", AggregateSample.with("n>none<", "n>pass<")),
        Quirk(
            "softfail evaluated", AggregateSample.with("<spf>fail</spf>", "<spf>softfail</spf>"),
            ["unknownEvaluation/note"]),
        Quirk(
            "nothing evaluated", AggregateSample.with("<spf>fail</spf>", ""),
            ["unknownEvaluation/repair"]),
    ]

    private static let results: [Quirk] = [
        Quirk(
            "capital words", AggregateSample.with(">pass<", ">Pass<", everywhere: true),
            ["letterCase/note"]),
        Quirk(
            "hardfail", AggregateSample.with(">softfail<", ">hardfail<"),
            ["reinterpretedResult/repair"]),
        Quirk(
            "error", AggregateSample.with(">softfail<", ">error<"), ["reinterpretedResult/repair"]),
        Quirk("unknown", AggregateSample.with(">softfail<", ">unknown<"), ["unknownResult/note"]),
        Quirk("an empty result", AggregateSample.with(">softfail<", "><"), ["emptyResult/note"]),
        Quirk(
            "no selector", AggregateSample.with("<selector>s1</selector>", ""),
            ["missingSelector/note"]),
        Quirk("no scope", AggregateSample.with("<scope>mfrom</scope>", ""), ["missingScope/note"]),
        Quirk(
            "an empty DKIM element",
            AggregateSample.with("<spf>\n        <domain>", "<dkim/><spf><domain>"),
            ["emptyResult/note"]),
        Quirk(
            "no results", AggregateSample.with("auth_results", "extension", everywhere: true),
            ["missingAuthenticationResults/note"]),
        Quirk(
            "two SPF results",
            AggregateSample.with(
                "</auth_results>",
                "<spf><domain>a.b</domain><scope>helo</scope><result>none</result></spf>"
                    + "</auth_results>"
            ),
            ["repeatedSPFResult/note"]),
    ]
}
