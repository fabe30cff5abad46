import Identities
import MailReports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#endif

/// A report is packed as its specification asks, and read back from the file to the same values.
struct RenderingReportFileTests {
    static func domain(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    static var aggregate: AggregateReport {
        var report = AggregateReport()
        report.specification = .rfc9990
        report.version = "1.0"
        report.reporter = "Receiver & Söhne"
        report.email = "reports@receiver.example"
        report.reportID = "2026-11-21_acme.example_k3x@receiver.example"
        report.begin = 1_795_219_200
        report.end = 1_795_305_599
        report.generator = "Sealgate"
        report.errors = ["7 more messages were seen & are in no row."]
        report.policy.domain = "acme.example"
        report.policy.policy = "reject"
        report.policy.subdomainPolicy = "quarantine"
        report.policy.nonexistentSubdomainPolicy = "none"
        report.policy.dkimAlignment = "r"
        report.policy.spfAlignment = "s"
        report.policy.failureOptions = "1:d"
        report.policy.testing = false
        report.policy.discoveryMethod = "treewalk"
        return report
    }

    @Test func `the name of an aggregate report's file follows the grammar`() throws {
        let file = ReportFile(
            aggregate: [1, 2, 3], Self.aggregate, submitter: try Self.domain("receiver.example"),
            uniqueID: "k3-x!7")
        #expect(
            file.name == "receiver.example!acme.example!1795219200!1795305599!k3x7.xml.gz")
        #expect(file.mediaType == "application/gzip")
        #expect(
            ReportFile(
                aggregate: [], Self.aggregate, submitter: try Self.domain("receiver.example")
            ).name == "receiver.example!acme.example!1795219200!1795305599.xml.gz")
    }

    @Test func `the same octets make the same file, without a time in it`() throws {
        let submitter = try Self.domain("receiver.example")
        let document = Array(repeating: UInt8(65), count: 1_000_000)
        let first = ReportFile(aggregate: document, Self.aggregate, submitter: submitter)
        let second = ReportFile(aggregate: document, Self.aggregate, submitter: submitter)
        #expect(first == second)
        #expect(Array(first.octets[..<3]) == [0x1F, 0x8B, 8])
        #expect(Array(first.octets[4..<8]) == [0, 0, 0, 0])
        #expect(first.octets.count < 5_000)
    }

    @Test func `a packed aggregate report is read back to the same values`() throws {
        var generator = SplitMix(seed: 20_261_122)
        for round in 0..<60 {
            let records = RandomRecords.records(count: 1 + round % 7, &generator)
            var report = Self.aggregate
            let document = AggregateReportRenderer().render(report, records: records)
            let file = ReportFile(
                aggregate: document, report, submitter: try Self.domain("receiver.example"))
            let read = try Collector.read(file.octets, name: file.name)
            report.recordCount = records.count
            report.messageCount = records.reduce(0) { $0 + $1.count }
            let aggregate = try #require(read.aggregates.first, "seed 20261122, round \(round)")
            // Only that a record may have no results at all is worth a note to our reader.
            #expect(
                aggregate.report.repairs.allSatisfy { $0.code == .missingAuthenticationResults })
            var found = aggregate.report
            found.repairs = []
            #expect(found == report)
            #expect(aggregate.records == records)
        }
    }

    @Test func `random aggregate reports are valid by the schema of RFC 9990`() throws {
        let schema = try SharedData.path("standards/dmarc-xml-0.2.xsd")
        var generator = SplitMix(seed: 9_990)
        for round in 0..<12 {
            let records = RandomRecords.records(count: 20, &generator)
            let document = AggregateReportRenderer().render(Self.aggregate, records: records)
            let path = "/tmp/sealgate-schema-\(UUID().uuidString).xml"
            defer { try? FileManager.default.removeItem(atPath: path) }
            try Data(document).write(to: URL(filePath: path))
            #expect(throws: Never.self, "seed 9990, round \(round)") {
                try Command.run(["xmllint", "--noout", "--schema", schema, path])
            }
        }
    }
}

/// Records as our own gateway writes them: every word is one of the specification.
enum RandomRecords {
    static func records(
        count: Int, _ generator: inout SplitMix
    ) -> [AggregateRecord] {
        (0..<count).map { _ in record(&generator) }
    }

    private static let texts = [
        "plain", "a < b & c > d", "\"quoted\" 'and' ]]> more", "Zürich 東京 🏛", "tab\tand\nline",
    ]

    static func record(_ generator: inout SplitMix) -> AggregateRecord {
        func one<Value>(_ values: [Value]) -> Value {
            values[Int(generator.next() % UInt64(values.count))]
        }
        func isTrue() -> Bool { generator.next() & 1 == 0 }
        var record = AggregateRecord()
        let source =
            isTrue()
            ? IPAddress(ipv4: UInt32(truncatingIfNeeded: generator.next()))
            : IPAddress(bytes: (0..<16).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        record.source = source
        record.sourceText = source?.description ?? ""
        record.count = Int64(generator.next() % 1_000_000)
        record.disposition = one(["none", "pass", "quarantine", "reject"])
        record.dkimEvaluated = one(["pass", "fail"])
        record.spfEvaluated = one(["pass", "fail"])
        record.headerFrom = one(["acme.example", "sub.acme.example", "xn--bcher-kva.example"])
        record.envelopeFrom = one([nil, "", "bounce.mailer.example"])
        record.envelopeTo = one([nil, "receiver.example"])
        if isTrue() {
            record.reasons = [
                .init(
                    type: one([
                        "local_policy", "mailing_list", "other", "policy_test_mode",
                        "trusted_forwarder",
                    ]), comment: one([nil] + texts))
            ]
        }
        for _ in 0..<(generator.next() % 4) {
            record.dkim.append(
                .init(
                    domain: one(["acme.example", "mailer.example"]), selector: one(["s1", "k._2"]),
                    result: one([
                        "none", "pass", "fail", "policy", "neutral", "temperror", "permerror",
                    ]), humanResult: one([nil] + texts)))
        }
        if isTrue() {
            record.spf = [
                .init(
                    domain: "mailer.example", scope: "mfrom",
                    result: one([
                        "none", "pass", "fail", "softfail", "neutral", "temperror", "permerror",
                    ]), humanResult: one([nil] + texts))
            ]
        }
        return record
    }
}

/// Random numbers that can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
