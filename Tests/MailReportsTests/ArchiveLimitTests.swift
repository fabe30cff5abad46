import MailReports
import Testing

/// Every limit of `ArchiveLimits`, and the attacks that it is there for.
@Suite struct ArchiveLimitTests {
    static let blanks = [UInt8](repeating: 0x20, count: 80 << 20)

    @Test func `a report followed by a sea of blanks is a bomb in gzip and in zip`() throws {
        let bytes = Array(Sample.report().dropLast(12)) + Self.blanks
        let told = try Collector.read(Pack.gzip(bytes))
        #expect(told.outcomes == ["bomb"])
        let zip = try Collector.read(Pack.zip([("a.xml", bytes), ("b.xml", Sample.report())]))
        #expect(zip.outcomes == ["bomb"])
    }

    @Test func `gzip of gzip of zeros is weighed against its outermost bytes`() throws {
        let bomb = Pack.gzip(Pack.gzip(Array("<feedback>".utf8) + Self.blanks))
        #expect(bomb.count < 2_000)
        #expect(try Collector.read(bomb).outcomes == ["bomb"])
        #expect(try Collector.read(Pack.mail([("a.gz", bomb)])).outcomes == ["bomb"])
        #expect(try Collector.read(Pack.zip([("a.gz", bomb)])).outcomes == ["bomb"])
    }

    @Test func `many small bombs add up`() throws {
        var limits = ArchiveLimits()
        limits.bombFloor = 1 << 20
        let one = Pack.gzip(Array("<feedback>".utf8) + Self.blanks[..<(512 << 10)])
        let parts = (0..<40).map { ("\($0).gz", one) }
        let mail = try Collector.read(Pack.mail(parts), limits: limits)
        #expect(mail.outcomes.last == "bomb")
        #expect(mail.outcomes.count < 20)
        let zip = try Collector.read(Pack.zip(parts), limits: limits)
        #expect(zip.outcomes.last == "bomb")
        #expect(zip.outcomes.count < 6)
    }

    @Test func `a report that compresses well is none`() throws {
        // Rows as alike as real ones can be: only a number differs.
        var limits = ArchiveLimits()
        limits.bombFloor = 1 << 20
        let rows = (0..<6_000).map {
            Sample.record(source: "192.0.\($0 / 256).\($0 % 256)", count: Int64($0 % 97))
        }
        let report = Sample.report(records: rows.joined())
        let packed = Pack.gzip(report)
        #expect(report.count > 2 << 20 && report.count / packed.count > 30)
        let told = try Collector.read(packed, limits: limits)
        #expect(told.outcomes == ["aggregate"])
        #expect(told.aggregates.first?.records.count == 6_000)
    }

    @Test func `a document may not be longer than its limit`() throws {
        var limits = ArchiveLimits()
        limits.documentBytes = 2_000
        let long = Sample.report(records: String(repeating: Sample.record(), count: 10))
        #expect(try Collector.read(long, limits: limits).outcomes == ["tooLarge"])
        let two = Pack.zip([("a", long), ("b", Sample.report())])
        #expect(try Collector.read(two, limits: limits).outcomes == ["tooLarge", "aggregate"])
    }

    @Test func `all documents together may not unpack to more than the limit`() throws {
        var limits = ArchiveLimits()
        limits.totalBytes = Sample.report().count * 5 / 2
        let zip = Pack.zip([("a", Sample.report()), ("b", Sample.report()), ("c", Sample.report())])
        #expect(
            try Collector.read(zip, limits: limits).outcomes
                == ["aggregate", "aggregate", "tooLarge"])
    }

    @Test func `containers may not lie deeper than the limit`() throws {
        var bytes = Sample.report()
        for level in 1...6 { bytes = Pack.zip([("\(level).zip", bytes)]) }
        #expect(try Collector.read(bytes).outcomes == ["aggregate"])
        #expect(try Collector.read(Pack.gzip(bytes)).outcomes == ["tooDeep"])
        var gzip = Sample.report()
        for _ in 1...7 { gzip = Pack.gzip(gzip) }
        #expect(try Collector.read(gzip).outcomes == ["tooDeep"])
    }

    @Test func `mails in mails may not lie deeper than the limit`() throws {
        var bytes = Pack.mail([("a", Sample.report())])
        for _ in 1...8 {
            bytes = Array("Subject: f\r\nContent-Type: message/rfc822\r\n\r\n".utf8) + bytes
        }
        #expect(try Collector.read(bytes).outcomes == ["tooDeep"])
    }

    @Test func `an archive may not hold more entries than the limit`() throws {
        var limits = ArchiveLimits()
        limits.entries = 3
        let entries = (0..<5).map { ("\($0).xml", Sample.report(id: "\($0)")) }
        let told = try Collector.read(Pack.zip(entries), limits: limits)
        #expect(told.outcomes == ["aggregate", "aggregate", "aggregate", "tooManyEntries"])
        let mail = try Collector.read(Pack.mail(entries), limits: limits)
        #expect(mail.outcomes.last == "tooManyEntries")
    }

    @Test func `a mail may not be longer than the limit`() throws {
        var limits = ArchiveLimits()
        limits.mailBytes = 1_000
        let told = try Collector.read(Pack.mail([("a", Sample.report())]), limits: limits)
        #expect(told.outcomes == ["tooLarge"])
    }

    @Test func `a 7z may not be longer than the limit`() throws {
        var limits = ArchiveLimits()
        limits.archiveBytes = 100
        #expect(
            try Collector.read(ArchiveFixtures.sevenZip, limits: limits).outcomes == ["tooLarge"])
    }

    @Test func `names are cut at the limit`() throws {
        let name = String(repeating: "n", count: 5_000)
        let told = try Collector.read(Pack.zip([(name, Sample.report())]))
        #expect((told.begun.first?.count ?? 0) < 300)
    }

    @Test func `elements nested ten thousand deep are refused`() throws {
        let nested = String(repeating: "<a>", count: 10_000)
        #expect(try Collector.read(Array("<feedback>\(nested)".utf8)).outcomes == ["tooDeep"])
    }
}
