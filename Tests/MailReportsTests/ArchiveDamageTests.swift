import MailReports
import Testing

/// Encrypted, cut short and damaged containers.
@Suite struct ArchiveDamageTests {
    // MARK: Encrypted

    @Test func `encrypted archives are refused as such`() throws {
        for bytes in [
            ArchiveFixtures.encryptedZip, ArchiveFixtures.encryptedZipFromPipe,
            ArchiveFixtures.encryptedSevenZip, ArchiveFixtures.sevenZipWithEncryptedDirectory,
        ] {
            let told = try Collector.read(bytes)
            #expect(told.outcomes == ["encrypted"])
            #expect(told.refusals.first?.explanation.contains("password") == true)
        }
    }

    @Test func `archives of other programs are read`() throws {
        for bytes in [ArchiveFixtures.sevenZip, ArchiveFixtures.storedZipFromPipe] {
            let told = try Collector.read(bytes)
            #expect(told.outcomes == ["aggregate"])
            #expect(told.aggregates.first?.records.count == 3)
        }
    }

    // MARK: Cut short

    static let containers: [(what: String, bytes: [UInt8])] = [
        ("xml", Sample.report()),
        ("gzip", Pack.gzip(Sample.report())),
        ("gzip of gzip", Pack.gzip(Pack.gzip(Sample.report()))),
        ("zlib", Pack.deflate(Sample.report(), windowBits: 15)),
        ("zip", Pack.zip([("a.xml", Sample.report()), ("b.gz", Pack.gzip(Sample.report()))])),
        ("tar", Pack.tar([("a.xml", Sample.report())])),
        ("tar.gz", Pack.gzip(Pack.tar([("a.xml", Sample.report())]))),
        ("7z", ArchiveFixtures.sevenZip),
        ("mail", Pack.mail([("a.zip", Pack.zip([("a.xml", Sample.report())]))])),
        ("json", Sample.tls),
        ("json.gz", Pack.gzip(Sample.tls)),
        ("base64", Array(Pack.base64(Pack.gzip(Sample.report())).utf8)),
    ]

    @Test(arguments: containers)
    func `whatever is cut anywhere ends in an answer for every document that was begun`(
        _ container: (what: String, bytes: [UInt8])
    ) throws {
        for length in 0..<container.bytes.count {
            let told = try Collector.read(Array(container.bytes[..<length]))
            #expect(!told.outcomes.isEmpty, "\(container.what) cut at \(length)")
            #expect(told.outcomes.count == told.begun.count, "\(container.what) cut at \(length)")
        }
    }

    @Test(arguments: containers)
    func `whatever is damaged anywhere ends in an answer, too`(
        _ container: (what: String, bytes: [UInt8])
    ) throws {
        for place in stride(from: 0, to: container.bytes.count, by: 3) {
            var bytes = container.bytes
            bytes[place] ^= 0x41
            let told = try Collector.read(bytes)
            #expect(told.outcomes.count == told.begun.count && !told.outcomes.isEmpty)
        }
    }

    @Test func `what a cut gzip holds is read, and the cut is a repair`() throws {
        let report = Sample.report(
            records: (0..<50).map { Sample.record(source: "192.0.2.\($0)") }.joined())
        let packed = Pack.gzip(report)
        let told = try Collector.read(Array(packed.dropLast(100)))
        let read = try #require(told.aggregates.first)
        #expect(read.records.count > 5 && read.records.count < 50)
        #expect(read.report.repairs.contains { $0.code == .truncatedArchive })
        #expect(read.report.isRepaired)
    }

    @Test func `a gzip that lacks only its checksum gives the whole report`() throws {
        let told = try Collector.read(Array(Pack.gzip(Sample.report()).dropLast(8)))
        let read = try #require(told.aggregates.first)
        #expect(read.records.count == 1)
        #expect(read.report.repairs.map(\.code).contains(.truncatedArchive))
    }

    @Test func `bytes behind a gzip are a note`() throws {
        let told = try Collector.read(Pack.gzip(Sample.report()) + Array("\r\n".utf8))
        let read = try #require(told.aggregates.first)
        #expect(read.report.repairs.map(\.code).contains(.trailingText))
        #expect(!read.report.isRepaired)
    }

    @Test func `a gzip damaged at its start says so`() throws {
        let told = try Collector.read([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 255, 255, 255, 255])
        #expect(told.outcomes == ["corruptArchive"])
    }

    @Test func `the reports before a damaged place of a zip are kept`() throws {
        var bytes = Pack.zip([
            ("a.xml", Sample.report(id: "1")), ("b.xml", Sample.report(id: "2")),
            ("c.xml", Sample.report(id: "3")),
        ])
        bytes.removeLast(bytes.count - bytes.count / 3)
        let told = try Collector.read(bytes)
        #expect(told.aggregates.first?.report.reportID == "1")
        #expect(told.outcomes.count > 1)
    }
}
