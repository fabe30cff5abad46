import MailReports
import Testing

@Suite struct ReportReaderTests {
    // MARK: Containers

    static let report = Sample.report()

    static let containers: [(what: String, bytes: [UInt8])] = [
        ("plain XML", report),
        ("XML with a byte order mark", [0xEF, 0xBB, 0xBF] + report),
        ("XML behind blank lines", Array("\n\n ".utf8) + report),
        ("gzip", Pack.gzip(report)),
        (
            "gzip in two members",
            Pack.gzip(Array(report[..<300])) + Pack.gzip(Array(report[300...]))
        ),
        ("gzip of gzip", Pack.gzip(Pack.gzip(report))),
        ("gzip with bytes behind", Pack.gzip(report) + Array("\r\n".utf8)),
        ("zlib", Pack.deflate(report, windowBits: 15)),
        ("zip", Pack.zip([("a.xml", report)])),
        ("zip in zip", Pack.zip([("b.zip", Pack.zip([("a.xml", report)]))])),
        ("zip with clutter", Pack.zip([("__MACOSX/._a.xml", [0, 5]), ("a.xml", report)])),
        ("zip with a read-me", Pack.zip([("readme", Array("hello".utf8)), ("a.xml", report)])),
        ("zip with an entry without name", Pack.zip([("", report)])),
        ("tar", Pack.tar([("a.xml", report)])),
        ("tar.gz", Pack.gzip(Pack.tar([("a.xml.gz", Pack.gzip(report))]))),
        ("mail with zip", Pack.mail([("x.dat", Pack.zip([("a.xml", report)]))])),
        ("mail with gzip called zip", Pack.mail([("a.zip", Pack.gzip(report))])),
        ("mail with XML", Pack.mail([("a", report)], body: "unused")),
        (
            "mail behind a From line",
            Array("From a@b Mon Jan 1\n".utf8) + Pack.mail([("a", report)])
        ),
        ("gzip of mail", Pack.gzip(Pack.mail([("a.gz", Pack.gzip(report))]))),
        ("base64 without a header", Array(Pack.base64(Pack.gzip(report)).utf8)),
        (
            "mail whose body is undeclared base64",
            Array("Subject: r\r\n\r\n\(Pack.base64(Pack.zip([("a.xml", report)])))\r\n".utf8)
        ),
        (
            "mail in a mail",
            Array("Subject: f\r\nContent-Type: message/rfc822\r\n\r\n".utf8)
                + Pack.mail([("a.gz", Pack.gzip(report))])
        ),
    ]

    @Test(arguments: containers)
    func `the bytes decide how a container is opened`(_ container: (what: String, bytes: [UInt8]))
        throws
    {
        let told = try Collector.read(container.bytes)
        #expect(told.outcomes == ["aggregate"], "\(container.what): \(told.refusals)")
        #expect(told.aggregates.first?.records.count == 1)
        #expect(told.aggregates.first?.report.reportID == "id-1")
        #expect(told.begun.count == 1)
    }

    @Test func `UTF-16 reports are read`() throws {
        let text = String(decoding: Self.report, as: UTF8.self)
            .replacing("UTF-8", with: "UTF-16")
        let units = text.utf16.flatMap { unit in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let bytes: [UInt8] = [0xFF, 0xFE] + units
        #expect(try Collector.read(bytes).outcomes == ["aggregate"])
    }

    @Test func `a path names every layer that has a name`() throws {
        let zip = Pack.zip([("r/a.xml", Self.report)])
        let told = try Collector.read(Pack.mail([("report.zip", zip)]), name: "mail.eml")
        #expect(told.begun == ["mail.eml › report.zip › r/a.xml"])
    }

    @Test func `control characters in names do not reach the path`() throws {
        let told = try Collector.read(Pack.zip([("a\u{1B}[2J\u{202E}.xml", Self.report)]))
        #expect(told.begun == ["file › a\u{FFFD}[2J\u{FFFD}.xml"])
    }

    @Test func `all reports of a container are read, and a bad one does not stop the others`()
        throws
    {
        let told = try Collector.read(
            Pack.zip([
                ("a.xml", Sample.report(id: "1")), ("b.xml", Array("<feedback>".utf8)),
                ("t.json", Sample.tls), ("c.xml.gz", Pack.gzip(Sample.report(id: "2"))),
            ]))
        #expect(told.outcomes.count == 4)
        #expect(told.aggregates.map(\.report.reportID) == ["1", "2"])
        #expect(told.tls.map(\.reportID) == ["t-1"])
        #expect(told.refusals.map(\.path) == ["file › b.xml"])
    }

    @Test func `reports attached to a mail are read whatever they are called`() throws {
        let told = try Collector.read(
            Pack.mail([
                ("picture.png", Pack.gzip(Sample.report(id: "1"))), ("t.gz", Sample.tls),
                ("logo.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            ]))
        #expect(told.outcomes == ["aggregate", "tls"])
    }

    // MARK: Not reports

    static let others: [(what: String, bytes: [UInt8], code: String)] = [
        ("nothing", [], "empty"),
        ("a gzip of nothing", Pack.gzip([]), "empty"),
        ("text", Array("hello\nworld".utf8), "notAReport"),
        ("a web page", Array("<!DOCTYPE html><html></html>".utf8), "notAReport"),
        ("a picture", [0x89, 0x50, 0x4E, 0x47, 1, 2, 3], "notAReport"),
        ("random bytes", [0, 1, 2, 3, 4, 200, 201], "notAReport"),
        ("a mail without report", Pack.mail([("a.txt", Array("hello".utf8))]), "notAReport"),
        ("a mail with an HTML body", Pack.mail([("", Array("<html></html>".utf8))]), "notAReport"),
        ("a mail with other XML", Pack.mail([("a.xml", Array("<a/>".utf8))]), "notAReport"),
        ("an empty zip", Pack.zip([]), "notAReport"),
        ("a zip of texts", Pack.zip([("a", Array("hi".utf8)), ("b", [])]), "notAReport"),
        ("other JSON", Array("{\"a\":1}".utf8), "notAReport"),
    ]

    @Test(arguments: others)
    func `what holds no report gives one refusal`(
        _ other: (what: String, bytes: [UInt8], code: String)
    ) throws {
        let told = try Collector.read(other.bytes)
        #expect(told.outcomes == [other.code], "\(other.what)")
        #expect(told.begun == ["file"])
        #expect(told.refusals.first?.explanation.hasSuffix(".") == true)
    }

    @Test func `a refusal says what was found instead`() throws {
        let told = try Collector.read(
            Pack.mail([("a.png", [0x89, 0x50, 0x4E, 0x47]), ("b.png", [0x89, 0x50, 0x4E, 0x47])]))
        let words = told.refusals.first?.explanation ?? ""
        #expect(words.contains("a mail with 3 parts") && words.contains("a picture ×2"))
    }

    // MARK: Sources

    @Test func `any way of handing over the bytes gives the same`() throws {
        struct Drip: ByteSource {
            var rest: ArraySlice<UInt8>
            let step: Int
            mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                let part = rest.prefix(min(step, buffer.count))
                buffer.copyBytes(from: part)
                rest = rest.dropFirst(part.count)
                return part.count
            }
        }
        for container in Self.containers {
            let whole = try Collector.read(container.bytes)
            for step in [1, 7, 1_000] {
                var source = Drip(rest: container.bytes[...], step: step)
                var told = Collector()
                try ReportReader().read(&source, name: "file", into: &told)
                #expect(told.outcomes == whole.outcomes, "\(container.what) by \(step)")
                #expect(told.aggregates.first?.report == whole.aggregates.first?.report)
            }
        }
    }

    @Test func `errors of the visitor stop the reading and are passed on`() throws {
        struct Full: Error {}
        struct Stubborn: ReportVisitor {
            var records = 0
            mutating func begin(path: String) {}
            mutating func aggregateRecord(_ record: AggregateRecord) throws {
                records += 1
                // Even a refusal is the visitor's own error here.
                if records == 2 { throw ReportRefusal(.tooLarge, path: "", "The disk is full.") }
            }
            mutating func aggregateReport(_ report: AggregateReport) throws { throw Full() }
            mutating func tlsReport(_ report: TLSReport) {}
            mutating func failureReport(_ report: FailureReport) {}
            mutating func refused(_ refusal: ReportRefusal) { Issue.record("refused \(refusal)") }
        }
        var visitor = Stubborn()
        #expect(throws: Full.self) {
            try ReportReader().read(Self.report, name: "a", into: &visitor)
        }
        let two = Sample.report(records: Sample.record() + Sample.record())
        visitor = Stubborn()
        #expect(throws: ReportRefusal.self) {
            try ReportReader().read(Pack.zip([("a", two)]), name: "a", into: &visitor)
        }
    }

    @Test func `files that cannot be opened are refused in plain words`() throws {
        var told = Collector()
        try ReportReader().read(file: "/nonexistent/a.xml", into: &told)
        try ReportReader().read(file: "/", into: &told)
        #expect(told.outcomes == ["unreadableFile", "unreadableFile"])
        #expect(told.refusals.first?.explanation.contains("no file") == true)
        #expect(told.refusals.last?.explanation.contains("folder") == true)
    }
}
