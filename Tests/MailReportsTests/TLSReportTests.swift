import MailReports
import Testing

@Suite struct TLSReportTests {
    static func parse(_ json: String) throws -> TLSReport {
        try TLSReportParser(path: "t.json").parse(Array(json.utf8))
    }

    /// A report with `policies` as given and other fields replaced.
    static func report(
        policies: String = policy(), dates: String = dates, head: String = head
    ) -> String {
        "{\(head),\"date-range\":\(dates),\"policies\":\(policies)}"
    }

    static let head =
        "\"organization-name\":\"r.example\",\"report-id\":\"1\",\"contact-info\":\"a@r.example\""
    static let dates =
        "{\"start-datetime\":\"2024-01-01T00:00:00Z\",\"end-datetime\":\"2024-01-01T23:59:59Z\"}"

    static func policy(
        strings: String = "[\"version: STSv1\"]", hosts: String = "\"mx-host\":[\"mx.a.example\"]",
        summary: String =
            "{\"total-successful-session-count\":5,\"total-failure-session-count\":1}",
        failures: String = "[]"
    ) -> String {
        "[{\"policy\":{\"policy-type\":\"sts\",\"policy-string\":\(strings),"
            + "\"policy-domain\":\"A.example.\",\(hosts)},\"summary\":\(summary),"
            + "\"failure-details\":\(failures)}]"
    }

    @Test func `a report as RFC 8460 asks has no repairs`() throws {
        let report = try Self.parse(Self.report())
        #expect(report.repairs == [])
        #expect(report.reporter == "r.example" && report.reportID == "1")
        #expect(report.begin == 1_704_067_200 && report.end == 1_704_153_599)
        #expect(report.policies.first?.domain == "a.example")
        #expect(report.policies.first?.successfulSessions == 5)
    }

    static let variants: [(what: String, json: String, codes: Set<Repair.Code>)] = [
        ("one text for the strings", report(policies: policy(strings: "\"a\"")), [.wrongType]),
        (
            "a JSON list in a text",
            report(policies: policy(strings: "\"[\\\"3 1 1 aa\\\",\\\"3 1 1 bb\\\"]\"")),
            [.wrongType]
        ),
        (
            "a JSON list in a text in a list",
            report(policies: policy(strings: "[\"[\\\"3 1 1 aa\\\"]\"]")), [.wrongType]
        ),
        (
            "one text for mx-host", report(policies: policy(hosts: "\"mx-host\":\"m\"")),
            [.wrongType]
        ),
        ("mx-host-pattern", report(policies: policy(hosts: "\"mx-host-pattern\":[\"m\"]")), []),
        (
            "counts as text",
            report(
                policies: policy(
                    summary:
                        "{\"total-successful-session-count\":\"5\",\"total-failure-session-count\":\"1\"}"
                )), [.wrongType]
        ),
        (
            "a negative count",
            report(
                policies: policy(
                    summary:
                        "{\"total-successful-session-count\":-5,\"total-failure-session-count\":0}")
            ), [.negativeCount]
        ),
        ("no totals", report(policies: policy(summary: "{}")), [.missingField]),
        ("null for failures", report(policies: policy(failures: "null")), []),
        (
            "Microsoft leaves addresses out",
            report(
                policies: policy(
                    failures:
                        "[{\"result-type\":\"starttls-not-supported\",\"failed-session-count\":1}]"
                )), [.missingField]
        ),
        (
            "null contact",
            report(
                head:
                    "\"organization-name\":\"r.example\",\"report-id\":\"1\",\"contact-info\":null"),
            [.wrongType]
        ),
        (
            "no name",
            report(head: "\"report-id\":\"1\",\"contact-info\":\"a@r.example\""),
            [.missingReporterName]
        ),
        (
            "no identifier", report(head: "\"organization-name\":\"r.example\""), [.missingReportID]
        ),
        (
            "times without zone",
            report(
                dates:
                    "{\"start-datetime\":\"2024-01-01T00:00:00\",\"end-datetime\":\"2024-01-01 23:59:59\"}"
            ), [.textualTime]
        ),
        (
            "times with fractions",
            report(
                dates:
                    "{\"start-datetime\":\"2024-01-01T00:00:00.000Z\",\"end-datetime\":\"2024-01-01T23:59:59.999999Z\"}"
            ), [.fractionalTime]
        ),
        (
            "times with an offset",
            report(
                dates:
                    "{\"start-datetime\":\"2024-01-01T01:00:00+01:00\",\"end-datetime\":\"2024-01-01T23:59:59Z\"}"
            ), []
        ),
        (
            "times as numbers",
            report(dates: "{\"start-datetime\":1704067200,\"end-datetime\":1704153599}"),
            [.wrongType]
        ),
        (
            "exchanged times",
            report(
                dates:
                    "{\"start-datetime\":\"2024-01-01T23:59:59Z\",\"end-datetime\":\"2024-01-01T00:00:00Z\"}"
            ), [.invertedPeriod]
        ),
        ("a byte order mark", "\u{FEFF}" + report(), [.byteOrderMark]),
        ("text behind", report() + "\n-- sent", [.trailingText]),
        ("a trailing comma", report(policies: policy().dropLast() + ",]"), [.strayMarkup]),
        (
            "other letters",
            report(
                head:
                    "\"Organization_Name\":\"r.example\",\"report-id\":\"1\",\"contact-info\":\"a\""
            ), [.letterCase]
        ),
        (
            "one policy without a list", report(policies: String(policy().dropFirst().dropLast())),
            [.wrongType]
        ),
    ]

    @Test(arguments: variants)
    func `variants are read, and what was odd is kept`(
        _ variant: (what: String, json: String, codes: Set<Repair.Code>)
    ) throws {
        let report = try Self.parse(variant.json)
        #expect(Set(report.repairs.map(\.code)) == variant.codes, "\(variant.what)")
        #expect(report.reporter == "r.example" && report.policies.count == 1)
        if !variant.what.contains("number") {
            #expect((1_704_067_200...1_704_153_599).contains(report.begin), "\(variant.what)")
        }
    }

    @Test func `a JSON list in a text is taken apart`() throws {
        let json = Self.report(policies: Self.policy(strings: "\"[\\\"3 1 1 aa\\\",\\\"b\\\"]\""))
        #expect(try Self.parse(json).policies.first?.strings == ["3 1 1 aa", "b"])
    }

    @Test func `escapes are decoded`() throws {
        let json = Self.report(
            head:
                "\"organization-name\":\"\\u00e9\\ud83d\\ude00\\ud800 \\n\\/\",\"report-id\":\"1\"")
        #expect(try Self.parse(json).reporter == "é😀\u{FFFD} \n/")
    }

    static let refused: [(what: String, json: String, code: ReportRefusal.Code)] = [
        ("cut", String(report().dropLast(20)), .invalidJSON),
        ("no JSON", "{policies}", .invalidJSON),
        ("no policies", "{\"report-id\":\"1\"}", .missingField),
        ("a list", "[1]", .notAReport),
        ("other JSON", "{\"a\":1}", .notAReport),
        ("no reporter", report(head: "\"report-id\":\"1\""), .noReporter),
        ("no period", report(dates: "null"), .noPeriod),
        ("empty policies", report(policies: "[]"), .noRecords),
        (
            "1970", report(dates: "{\"start-datetime\":\"1970-01-01T00:00:00Z\"}"), .implausible
        ),
        (
            "2099", report(dates: "{\"start-datetime\":\"2099-01-01T00:00:00Z\"}"), .implausible
        ),
        (
            "numbers at the edge",
            report(
                dates:
                    "{\"start-datetime\":-9223372036854775808,\"end-datetime\":9223372036854775807}"
            ), .implausible
        ),
        ("nested deeply", String(repeating: "[", count: 100_000), .tooManyElements),
        ("unknown escape", "{\"a\":\"\\q\"}", .invalidJSON),
        ("a lone minus", "{\"policies\":-}", .invalidJSON),
    ]

    @Test(arguments: refused)
    func `what is no report is refused with a sentence`(
        _ refused: (what: String, json: String, code: ReportRefusal.Code)
    ) throws {
        let error = #expect(throws: ReportRefusal.self) { try Self.parse(refused.json) }
        #expect(error?.code == refused.code, "\(refused.what): \(error?.explanation ?? "")")
        #expect(error?.explanation.hasSuffix(".") == true && error?.path == "t.json")
    }

    // MARK: Limits

    @Test func `each limit is met`() throws {
        var limits = TLSReportLimits()
        limits.policies = 2
        limits.failures = 1
        limits.textLength = 4
        let failure = "{\"result-type\":\"certificate-expired\",\"failed-session-count\":1}"
        let one = Self.policy(failures: "[\(failure),\(failure)]").dropFirst().dropLast()
        let json = Self.report(policies: "[\(one),\(one),\(one)]")
        let report = try TLSReportParser(path: "", limits: limits).parse(Array(json.utf8))
        #expect(report.policies.count == 2)
        #expect(report.policies.allSatisfy { $0.failures.count == 1 })
        #expect(report.reporter == "r.ex")
        #expect(report.repairs.contains { $0.code == .excessDropped })

        limits.values = 10
        #expect(throws: ReportRefusal.self) {
            try TLSReportParser(path: "", limits: limits).parse(Array(json.utf8))
        }
        limits = TLSReportLimits()
        limits.depth = 3
        #expect(throws: ReportRefusal.self) {
            try TLSReportParser(path: "", limits: limits).parse(Array(json.utf8))
        }
        limits = TLSReportLimits()
        limits.periodSeconds = 3_600
        #expect(throws: ReportRefusal.self) {
            try TLSReportParser(path: "", limits: limits).parse(Array(json.utf8))
        }
        let long = Array(json.utf8) + [UInt8](repeating: 0x20, count: 17 << 20)
        #expect(try Collector.read(long).outcomes == ["tooLarge"])
    }
}
