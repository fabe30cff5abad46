import FoundationEssentials
import Glibc
import MailReports
import TestSupport
import Testing

/// Report samples of others, compared value by value with what their source or a peer says.
@Suite struct ReportConformanceTests {
    /// Differences that are meant, as `file: value`; the reasons stand in docs/conformance.md.
    static let meant: Set<String> = [
        "reports-parsedmarc/aggregate/!example.com!1538204542!1538463818.xml: digest",
        "reports-parsedmarc/aggregate/!large-example.com!1711897200!1711983600.xml: digest",
        "reports-parsedmarc/aggregate/veeam.com!example.com!1530133200!1530219600.xml: digest",
        "reports-parsedmarc/aggregate/invalid_utf_8.xml: digest",
        "reports-parsedmarc/aggregate/invalid_xml.xml: digest",
        "reports-parsedmarc/aggregate/protection.outlook.com!example.com!1711756800!1711843200.xml: reporter",
        "reports-mail-auth/dmarc-feedback/005.xml: record[1] reasons",
        "reports-parsedmarc/failure/[Netease DMARC Failure Report] Rent Reminder.eml: failure",
        "reports-parsedmarc/failure/exim_plain_text_only_no_arf_part.eml: delivery",
        "reports-parsedmarc/failure/DMARC Failure Report for domain.de (mail-from=sharepoint@domain.de, "
            + "ip=10.10.10.10).eml: delivery",
    ]

    // MARK: mail-auth

    @Test func `reports-mail-auth gives the values of its expected files`() throws {
        var tally = ReportConformanceTally("reports-mail-auth")
        for path in try SharedData.files(below: "conformance/reports-mail-auth") {
            let name = Self.relative(path)
            let told = try Self.read(path)
            switch name.split(separator: "/")[1] {
            case "dmarc-feedback" where !name.hasSuffix(".json"):
                let expected = try Self.decode(ExpectedFeedback.self, beside: path)
                tally.compare(name, Self.lines(expected), Self.lines(told.aggregates.first))
            case "arf" where !name.hasSuffix(".json"):
                let expected = try Self.decode(ExpectedFailure.self, beside: path)
                tally.compare(name, Self.lines(expected), Self.lines(told.failures.first))
            case "tlsrpt":
                let expected = try Self.decode(ExpectedTLS.self, beside: path)
                tally.compare(name, Self.lines(expected), Self.lines(told.tls.first))
            default: continue
            }
        }
        tally.finish(meant: Self.meant)
        #expect(tally.cases == 20)
    }

    // MARK: parsedmarc's values

    @Test func `aggregate samples give the values that parsedmarc reads`() throws {
        var tally = ReportConformanceTally("reports-parsedmarc, -mail-dmarc, -opendmarc")
        for peer in PeerReport.all {
            let told = try Self.read(try SharedData.path("conformance/" + peer.path))
            let found = try #require(told.aggregates.first, "\(peer.path): \(told.refusals)")
            tally.compare(peer.path, peer.lines, PeerReport.lines(found))
        }
        tally.finish(meant: Self.meant)
    }

    @Test func `a report that parsedmarc refuses is read as far as it goes`() throws {
        let path = "conformance/reports-opendmarc/bad.com!example.com!1337140800!1337227200.xml"
        let told = try Self.read(try SharedData.path(path))
        #expect(told.aggregates.first?.report.isRepaired == true)
        #expect(told.aggregates.first?.records.isEmpty == false)
    }

    @Test func `TLS samples give the values that parsedmarc reads`() throws {
        var tally = ReportConformanceTally("reports-parsedmarc/smtp_tls")
        for (file, expected) in PeerTLS.all {
            let path = "reports-parsedmarc/smtp_tls/" + file
            let told = try Self.read(try SharedData.path("conformance/" + path))
            tally.compare(path, expected, PeerTLS.lines(told.tls.first))
        }
        tally.finish(meant: Self.meant)
    }

    @Test func `failure samples give the values that parsedmarc reads`() throws {
        var tally = ReportConformanceTally("reports-parsedmarc/failure")
        for (file, expected) in PeerFailure.all {
            let path = "reports-parsedmarc/failure/" + file
            let told = try Self.read(try SharedData.path("conformance/" + path))
            tally.compare(path, expected, PeerFailure.lines(told.failures.first))
        }
        tally.finish(meant: Self.meant)
    }

    @Test func `every file of the report suites is a case, or named as none`() throws {
        let none = [
            "_LICENSE", "effective_tld_names.dat", "rua-schema.xsd", "reports-parsedmarc/empty.xml",
            "bad.com!",
        ]
        let cases =
            PeerReport.all.map(\.path) + PeerTLS.all.map { "reports-parsedmarc/smtp_tls/" + $0.0 }
            + PeerFailure.all.map { "reports-parsedmarc/failure/" + $0.0 }
        for suite in ["reports-parsedmarc", "reports-mail-dmarc", "reports-opendmarc"] {
            for path in try SharedData.files(below: "conformance/" + suite) {
                let name = Self.relative(path)
                let isNone = none.contains { name.contains($0) }
                #expect(isNone || cases.contains(name), "\(name) is no case")
            }
        }
        let empty = try SharedData.path("conformance/reports-parsedmarc/empty.xml")
        #expect(try Self.read(empty).refusals.map(\.code) == [.empty])
    }

    /// The samples of the specification and of mail-auth carry times of 1970 to 1979.
    @Test func `samples with times that cannot be are refused unless the limit is lifted`() throws {
        let samples = [
            "reports-mail-auth/dmarc-feedback/001.xml", "reports-mail-auth/dmarc-feedback/004.xml",
            "reports-mail-auth/dmarc-feedback/005.xml",
            "reports-parsedmarc/aggregate/rfc9990-sample.xml",
        ]
        for sample in samples {
            let path = try SharedData.path("conformance/" + sample)
            var told = ReportConformanceCollector()
            try ReportReader().read(file: path, into: &told)
            #expect(told.refusals.map(\.code) == [.implausible], "\(sample)")
        }
    }

    // MARK: Quirks

    @Test func `generated quirks are read or refused as their names say, in bounds`() throws {
        let script = try SharedData.path("bench/gen_dmarc.py")
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "sealgate-quirks-\(getpid())").path()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(Self.run("python3 '\(script)' '\(folder)' --quirks") == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count > 40)
        for name in names {
            let before = Self.peakMemory
            let start = ContinuousClock.now
            var told = ReportConformanceCollector()
            try ReportReader().read(file: folder + "/" + name, into: &told)
            let seconds = Double((ContinuousClock.now - start).components.seconds)
            #expect(seconds < 20, "\(name) took \(seconds) s")
            // Other tests run in the same process; the bombs hold 2 GB.
            #expect(Self.peakMemory - before < 512 << 20, "\(name)")
            if name.hasPrefix("ok-") {
                #expect(told.refusals.isEmpty, "\(name): \(told.refusals)")
                #expect(told.aggregates.map(\.records.count) == [3], "\(name)")
            } else if name.hasPrefix("bad-") {
                #expect(told.aggregates.isEmpty && told.refusals.count == 1, "\(name)")
            } else {
                #expect(told.aggregates.count + told.refusals.count > 0, "\(name)")
            }
            #expect(told.refusals.allSatisfy { !$0.explanation.isEmpty })
        }
    }

    // MARK: Helpers

    /// Reads with every time allowed: samples carry made-up ones.
    static func read(_ path: String) throws -> ReportConformanceCollector {
        var limits = ReportLimits()
        limits.earliestBegin = 0
        var told = ReportConformanceCollector()
        try ReportReader(reportLimits: limits).read(file: path, into: &told)
        return told
    }

    static func relative(_ path: String) -> String {
        path.firstRange(of: "conformance/").map { String(path[$0.upperBound...]) } ?? path
    }

    static func decode<Value: Decodable>(_ type: Value.Type, beside path: String) throws -> Value {
        let end = path.lastIndex(of: ".") ?? path.endIndex
        let bytes = try SharedData.bytes(path[..<end] + ".json")
        return try JSONDecoder().decode(type, from: Data(bytes))
    }

    static func run(_ command: String) -> CInt {
        guard
            let pid = try? ChildProgram.start(
                ["sh", "-c", command], streams: [.read("/dev/null"), .write("/dev/null"), .like(1)])
        else { return -1 }
        return (try? ChildProgram.wait(for: pid)) ?? -1
    }

    /// The most memory that this process ever held, in bytes.
    static var peakMemory: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1_024
    }
}
