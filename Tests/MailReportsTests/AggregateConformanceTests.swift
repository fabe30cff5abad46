import FoundationEssentials
import Identities
import MailReports
import TestSupport
import Testing

/// Samples of other projects, read to the values their authors expect.
@Suite struct AggregateConformanceTests {
    /// As stalwartlabs/mail-auth writes its reports down; only what both sides can say is compared.
    private struct Peer: Decodable {
        struct Metadata: Decodable {
            struct Range: Decodable { var begin, end: Int64 }
            var org_name, email, report_id: String
            var extra_contact_info, generator: String?
            var date_range: Range
            var error: [String]
        }
        struct Policy: Decodable {
            var domain, adkim, aspf, p, sp: String
            var np, discovery_method, fo: String?
            var testing: Bool
        }
        struct Record: Decodable {
            struct Row: Decodable {
                struct Evaluated: Decodable {
                    struct Reason: Decodable {
                        var type_: String
                        var comment: String?
                    }
                    var disposition, dkim, spf: String
                    var reason: [Reason]
                }
                var source_ip: String
                var count: Int64
                var policy_evaluated: Evaluated
            }
            struct Identifiers: Decodable { var envelope_from, header_from: String }
            struct Results: Decodable {
                struct DKIM: Decodable {
                    var domain, selector, result: String
                    var human_result: String?
                }
                struct SPF: Decodable {
                    var domain, scope, result: String
                    var human_result: String?
                }
                var dkim: [DKIM]
                var spf: [SPF]
            }
            var row: Row
            var identifiers: Identifiers
            var auth_results: Results
        }
        var report_metadata: Metadata
        var policy_published: Policy
        var record: [Record]
    }

    /// The peer's name of a word: `trusted_forwarder` is `TrustedForwarder`.
    private static func word(_ text: String?) -> String {
        guard let text else { return "Unspecified" }
        return text.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }

    private static func alignment(_ text: String?) -> String {
        text == nil ? "Unspecified" : text == "r" ? "Relaxed" : "Strict"
    }

    @Test(arguments: ["001", "002", "003", "004", "005"])
    func `mail-auth's samples are read to mail-auth's values`(_ name: String) throws {
        let folder = "conformance/reports-mail-auth/dmarc-feedback/"
        let bytes = try SharedData.bytes(SharedData.path(folder + name + ".xml"))
        let json = try SharedData.bytes(SharedData.path(folder + name + ".json"))
        let peer = try JSONDecoder().decode(Peer.self, from: Data(json))
        // Three samples cover days of the 1970s, which we refuse: the limit is lifted to compare.
        var limits = ReportLimits()
        limits.earliestBegin = 0
        let parsed = try parseAggregate(bytes, limits: limits)
        let report = parsed.report
        #expect(report.reporter == peer.report_metadata.org_name)
        #expect(report.email == peer.report_metadata.email)
        #expect(report.extraContact == peer.report_metadata.extra_contact_info)
        #expect(report.generator == peer.report_metadata.generator)
        #expect(report.reportID == peer.report_metadata.report_id)
        #expect(report.begin == peer.report_metadata.date_range.begin)
        #expect(report.end == peer.report_metadata.date_range.end)
        #expect(report.errors == peer.report_metadata.error)
        let policy = peer.policy_published
        #expect(report.policy.domain == policy.domain)
        #expect(Self.alignment(report.policy.dkimAlignment) == policy.adkim)
        #expect(Self.alignment(report.policy.spfAlignment) == policy.aspf)
        #expect(Self.word(report.policy.policy) == policy.p)
        #expect(Self.word(report.policy.subdomainPolicy) == policy.sp)
        #expect(Self.word(report.policy.nonexistentSubdomainPolicy) == policy.np ?? "Unspecified")
        #expect(
            Self.word(report.policy.discoveryMethod) == policy.discovery_method ?? "Unspecified")
        #expect((report.policy.testing ?? false) == policy.testing)
        #expect(report.policy.failureOptions == policy.fo)
        #expect(parsed.records.count == peer.record.count)
        for (ours, theirs) in zip(parsed.records, peer.record) { compare(ours, theirs) }
    }

    private func compare(_ ours: AggregateRecord, _ theirs: Peer.Record) {
        #expect(ours.source?.description == theirs.row.source_ip)
        #expect(ours.count == theirs.row.count)
        let evaluated = theirs.row.policy_evaluated
        #expect(Self.word(ours.disposition) == evaluated.disposition)
        #expect(Self.word(ours.dkimEvaluated) == evaluated.dkim)
        #expect(Self.word(ours.spfEvaluated) == evaluated.spf)
        // mail-auth folds RFC 7489's sampled_out into Other; we keep the word.
        #expect(
            ours.reasons.map { $0.type == "sampled_out" ? "Other" : Self.word($0.type) }
                == evaluated.reason.map(\.type_))
        #expect(ours.reasons.map(\.comment) == evaluated.reason.map(\.comment))
        #expect(ours.headerFrom == theirs.identifiers.header_from)
        #expect((ours.envelopeFrom ?? "") == theirs.identifiers.envelope_from)
        #expect(
            ours.dkim.map { [$0.domain, $0.selector ?? "", Self.word($0.result)] }
                == theirs.auth_results.dkim.map { [$0.domain, $0.selector, $0.result] })
        #expect(
            ours.dkim.map(\.humanResult) == theirs.auth_results.dkim.map(\.human_result))
        let scopes = ["mfrom": "MailFrom", "helo": "Helo"]
        #expect(
            ours.spf.map {
                [$0.domain, scopes[$0.scope ?? ""] ?? "Unspecified", Self.word($0.result)]
            } == theirs.auth_results.spf.map { [$0.domain, $0.scope, $0.result] })
    }

    /// What each sample without expected values must come to: records, messages, repaired.
    static let samples: [(String, Int, Int64, Bool)] = [
        ("reports-parsedmarc/aggregate/!example.com!1538204542!1538463818.xml", 1, 1, true),
        (
            "reports-parsedmarc/aggregate/!large-example.com!1711897200!1711983600.xml", 2_286,
            2_286, true
        ),
        (
            "reports-parsedmarc/aggregate/addisonfoods.com!example.com!1536105600!1536191999.xml",
            1, 1, false
        ),
        ("reports-parsedmarc/aggregate/empty_reason.xml", 1, 2, false),
        (
            "reports-parsedmarc/aggregate/example.net!example.com!1529366400!1529452799.xml", 1, 1,
            false
        ),
        ("reports-parsedmarc/aggregate/ikea.com!example.de!1538690400!1538776800.xml", 1, 1, true),
        ("reports-parsedmarc/aggregate/invalid_utf_8.xml", 1, 1, true),
        ("reports-parsedmarc/aggregate/invalid_xml.xml", 1, 1, true),
        ("reports-parsedmarc/aggregate/old_draft_from_wiki.xml", 1, 2, false),
        (
            "reports-parsedmarc/aggregate/protection.outlook.com!example.com!1711756800!1711843200.xml",
            1, 1, false
        ),
        (
            "reports-parsedmarc/aggregate/rfc9990-example.net!example.com!1700000000!1700086399.xml",
            2, 7, false
        ),
        ("reports-parsedmarc/aggregate/rfc9990-sample.xml", 1, 123, false),
        (
            "reports-parsedmarc/aggregate/usssa.com!example.com!1538784000!1538870399.xml", 2, 2,
            false
        ),
        (
            "reports-parsedmarc/aggregate/veeam.com!example.com!1530133200!1530219600.xml", 1, 1,
            false
        ),
        ("reports-parsedmarc/aggregate_invalid/report_with_upper_cased_pass.xml", 1, 1, false),
        ("reports-parsedmarc/extract_report/nice-input.xml", 20, 3_047, false),
        ("reports-parsedmarc/extract_report/changed-input.xml", 20, 3_047, false),
        (
            "reports-opendmarc/163.com!example.com!1337270400!1337356799.20120518163.xml", 50, 92,
            false
        ),
        ("reports-opendmarc/bad.com!example.com!1337140800!1337227200.xml", 3, 284, true),
        ("reports-opendmarc/good.com!example.com!1337270400!1337356799.xml", 754, 183_934, false),
        (
            "reports-opendmarc/yeah.net!example.com!1337270400!1337356799.20120518.xml", 254,
            21_679, false
        ),
        ("reports-mail-dmarc/t/fixtures/test_dmarc.xml", 1, 1, false),
    ]

    @Test(arguments: samples) func `other samples are read whole`(
        _ file: String, _ records: Int, _ messages: Int64, _ isRepaired: Bool
    ) throws {
        let bytes = try SharedData.bytes(SharedData.path("conformance/" + file))
        var limits = ReportLimits()
        // The sample of RFC 9990 itself covers a day of 1979.
        if file.hasSuffix("rfc9990-sample.xml") { limits.earliestBegin = 0 }
        let parsed = try parseAggregate(bytes, path: file, limits: limits)
        #expect(parsed.records.count == records)
        #expect(parsed.report.messageCount == messages)
        #expect(parsed.report.isRepaired == isRepaired)
    }

    @Test func `opendmarc's broken report keeps what can be read`() throws {
        let file = "conformance/reports-opendmarc/bad.com!example.com!1337140800!1337227200.xml"
        let parsed = try parseAggregate(SharedData.bytes(SharedData.path(file)))
        #expect(parsed.report.reporter == "AOL")
        #expect(
            parsed.records.map(\.sourceText) == [
                "108.166.27.220", "108r.166.27.220", "118.103.89.13",
            ])
        #expect(parsed.records.map { $0.source == nil } == [false, true, false])
        #expect(parsed.records.map(\.count) == [267, 16, 1])
        #expect(parsed.records.allSatisfy { $0.headerFrom == "example.com" })
        // Nothing was said about DKIM and SPF, so neither is taken as passed.
        #expect(
            parsed.records.allSatisfy { $0.dkimEvaluated == "fail" && $0.spfEvaluated == "fail" })
    }
}
