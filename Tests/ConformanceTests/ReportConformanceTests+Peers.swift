import FoundationEssentials
import MailReports

/// Values that parsedmarc 10 reads from an aggregate sample.
struct PeerReport: Sendable {
    var path: String
    var reporter: String
    var identifier: String
    var begin: Int64
    var end: Int64
    var domain: String
    var policy: String
    var subdomainPolicy: String
    var records: Int
    var messages: Int64
    /// Messages that pass DMARC.
    var authenticated: Int64
    /// FNV-1a (64 bits) over the records; see `digest`.
    var digest: UInt64

    init(
        _ path: String, _ reporter: String, _ identifier: String, _ begin: Int64, _ end: Int64,
        _ domain: String, _ policy: String, _ subdomainPolicy: String, _ records: Int,
        _ messages: Int64, _ authenticated: Int64, _ digest: UInt64
    ) {
        self.path = path
        self.reporter = reporter
        self.identifier = identifier
        self.begin = begin
        self.end = end
        self.domain = domain
        self.policy = policy
        self.subdomainPolicy = subdomainPolicy
        self.records = records
        self.messages = messages
        self.authenticated = authenticated
        self.digest = digest
    }

    var lines: [String] {
        [
            "reporter: \(reporter)", "id: \(identifier)", "begin: \(begin)", "end: \(end)",
            "domain: \(domain)", "p: \(policy)", "sp: \(subdomainPolicy)", "records: \(records)",
            "messages: \(messages)", "authenticated: \(authenticated)",
            "digest: \(String(digest, radix: 16))",
        ]
    }

    static func lines(_ found: (report: AggregateReport, records: [AggregateRecord])) -> [String] {
        let (report, records) = found
        let passed = records.filter { $0.dkimEvaluated == "pass" || $0.spfEvaluated == "pass" }
        return [
            "reporter: \(report.reporter)", "id: \(report.reportID)", "begin: \(report.begin)",
            "end: \(report.end)", "domain: \(report.policy.domain)",
            "p: \(report.policy.policy ?? "")",
            // RFC 9989 §4.7: without `sp`, `p` holds for subdomains; parsedmarc fills it in.
            "sp: \(report.policy.subdomainPolicy ?? report.policy.policy ?? "")",
            "records: \(records.count)",
            "messages: \(records.reduce(0) { $0 + $1.count })",
            "authenticated: \(passed.reduce(0) { $0 + $1.count })",
            "digest: \(String(digest(records), radix: 16))",
        ]
    }

    /// Source, count, disposition, evaluations, author domain and all results of every record.
    static func digest(_ records: [AggregateRecord]) -> UInt64 {
        let lines = records.map { record in
            [
                record.sourceText, "\(record.count)", record.disposition, record.dkimEvaluated,
                record.spfEvaluated, record.headerFrom,
                record.dkim.map { "\($0.domain)=\($0.result)" }.joined(separator: ","),
                record.spf.map { "\($0.domain)=\($0.result)" }.joined(separator: ","),
            ].joined(separator: "|")
        }
        return lines.joined(separator: "\n").utf8.reduce(0xCBF2_9CE4_8422_2325) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
    }

    static let all: [PeerReport] = [
        .init(
            "reports-mail-dmarc/t/fixtures/test_dmarc.xml",
            "Test Sender", "1234567890", 1609459200, 1609545600,
            "example.com", "none", "none", 1, 1, 1, 0xbd8399450d067aa5),
        .init(
            "reports-mail-dmarc/t/fixtures/test_dmarc.xml.gz",
            "Test Sender", "1234567890", 1609459200, 1609545600,
            "example.com", "none", "none", 1, 1, 1, 0xbd8399450d067aa5),
        .init(
            "reports-mail-dmarc/t/fixtures/test_dmarc.xml.zip",
            "Test Sender", "1234567890", 1609459200, 1609545600,
            "example.com", "none", "none", 1, 1, 1, 0xbd8399450d067aa5),
        .init(
            "reports-opendmarc/163.com!example.com!1337270400!1337356799.20120518163.xml",
            "163.com", "aggr_report_example.com_20120518_163.com", 1337270400, 1337356799,
            "example.com", "reject", "reject", 50, 92, 46, 0x6f85a4c9628da65e),
        .init(
            "reports-opendmarc/good.com!example.com!1337270400!1337356799.xml",
            "126.com", "aggr_report_example.com_20120518_126.com", 1337270400, 1337356799,
            "example.com", "reject", "reject", 754, 183934, 182497, 0x6ff9a893c93cee7d),
        .init(
            "reports-opendmarc/yeah.net!example.com!1337270400!1337356799.20120518.xml",
            "yeah.net", "aggr_report_example.com_20120518_yeah.net", 1337270400, 1337356799,
            "example.com", "reject", "reject", 254, 21679, 21506, 0xa9cb15797389b996),
        .init(
            "reports-parsedmarc/aggregate/!example.com!1538204542!1538463818.xml",
            "accurateplastics.com", "example.com:1538463741", 1538413632, 1538413632,
            "example.com", "none", "reject", 1, 1, 0, 0xebbc0072771c165d),
        .init(
            "reports-parsedmarc/aggregate/!large-example.com!1711897200!1711983600.xml",
            "accurateplastics.com", "example.com:1711897200", 1711897200, 1711983600,
            "example.com", "none", "reject", 2286, 2286, 0, 0x2ae5ea7e70af0f31),
        .init(
            "reports-parsedmarc/aggregate/Report domain- borschow.com Submitter- google.com Report-ID- 949348866075514174.eml",
            "google.com", "949348866075514174", 1549929600, 1550015999,
            "borschow.com", "reject", "reject", 1, 1, 0, 0x85274731dee475b2),
        .init(
            "reports-parsedmarc/aggregate/addisonfoods.com!example.com!1536105600!1536191999.xml",
            "addisonfoods.com", "3ceb5548498640beaeb47327e202b0b9", 1536105600, 1536191999,
            "example.com", "none", "none", 1, 1, 0, 0xeb0ad4d2767523b0),
        .init(
            "reports-parsedmarc/aggregate/empty_reason.xml",
            "example.org", "20240125141224705995", 1706159544, 1706185733,
            "example.com", "quarantine", "quarantine", 1, 2, 2, 0xf3cf49bf3f956387),
        .init(
            "reports-parsedmarc/aggregate/estadocuenta1.infonacot.gob.mx!example.com!1536853302!1536939702!2940.xml.zip",
            "XYZ Corporation", "2940", 1536853302, 1536939702,
            "example.com", "none", "none", 1, 1, 0, 0xac4509923aa7d3bf),
        .init(
            "reports-parsedmarc/aggregate/example.net!example.com!1529366400!1529452799.xml",
            "example.net", "b043f0e264cf4ea995e93765242f6dfb", 1529366400, 1529452799,
            "example.com", "none", "none", 1, 1, 0, 0x1c0fbdc2c13c6326),
        .init(
            "reports-parsedmarc/aggregate/fastmail.com!example.com!1516060800!1516147199!102675056.xml.gz",
            "FastMail Pty Ltd", "102675056", 1516060800, 1516147199,
            "indemed.com", "none", "none", 1, 1, 0, 0xc32789e1bbd44a79),
        .init(
            "reports-parsedmarc/aggregate/ikea.com!example.de!1538690400!1538776800.xml",
            "ikea.com", "aggr_report_2018_10_05_5bc7e9b4f3e8a", 1538690400, 1538776800,
            "example.de", "none", "none", 1, 1, 0, 0x25222acde482c24c),
        .init(
            "reports-parsedmarc/aggregate/invalid_utf_8.xml",
            "accurateplastics.com", "example.com:1538463741", 1538413632, 1538413632,
            "example.com", "none", "reject", 1, 1, 0, 0xa372a1683455650e),
        .init(
            "reports-parsedmarc/aggregate/invalid_xml.xml",
            "veeam.com", "sonexushealth.com:1530233361", 1530133200, 1530219600,
            "example.com", "none", "none", 1, 1, 0, 0xc065e059d8ce9635),
        .init(
            "reports-parsedmarc/aggregate/mimecast-weird-gzip.eml",
            "Mimecast", "157a5fe30ec76f4bc0d8bccfc96c118a167a1280fee7c7465af5115e73082e5e",
            1693353600, 1693439999,
            "ab.id.au", "reject", "none", 1, 1, 1, 0x444f89c70906394d),
        .init(
            "reports-parsedmarc/aggregate/old_draft_from_wiki.xml",
            "acme.com", "9391651994964116463", 1335571200, 1335657599,
            "example.com", "none", "none", 1, 2, 2, 0xf914813d10404427),
        .init(
            "reports-parsedmarc/aggregate/protection.outlook.com!example.com!1711756800!1711843200.xml",
            "outlook.com", "cfeafefe4129445e8c81018bd9177197", 1711756800, 1711843200,
            "example.com", "none", "none", 1, 1, 0, 0xcfd6a34bf8cc675b),
        .init(
            "reports-parsedmarc/aggregate/rfc9990-example.net!example.com!1700000000!1700086399.xml",
            "example.net", "dmarcbis-test-report-001", 1700000000, 1700086399,
            "example.com", "reject", "quarantine", 2, 7, 5, 0xb388ae3682b63ca2),
        .init(
            "reports-parsedmarc/aggregate/rfc9990-sample.xml",
            "Sample Reporter", "3v98abbp8ya9n3va8yr8oa3ya", 302832000, 302918399,
            "example.com", "quarantine", "none", 1, 123, 123, 0xc212eb7465060859),
        .init(
            "reports-parsedmarc/aggregate/twilight.eml",
            "google.com", "1627703331531660819", 1549756800, 1549843199,
            "twlnet.com", "reject", "reject", 1, 1, 1, 0x90abe77114ced7a1),
        .init(
            "reports-parsedmarc/aggregate/usssa.com!example.com!1538784000!1538870399.xml",
            "usssa.com", "8953b4d4a4ee4218b6ac0e2cb2667ee1", 1538784000, 1538870399,
            "example.com", "none", "none", 2, 2, 0, 0x6e733941ee31d30f),
        .init(
            "reports-parsedmarc/aggregate/veeam.com!example.com!1530133200!1530219600.xml",
            "veeam.com", "sonexushealth.com:1530233361", 1530133200, 1530219600,
            "example.com", "none", "none", 1, 1, 0, 0x1c0fbdc2c13c6326),
        .init(
            "reports-parsedmarc/aggregate_invalid/report_with_upper_cased_pass.xml",
            "example.com", "aggr_report_example.com_20191202_1638", 1574955300, 1575304683,
            "example.com", "reject", "reject", 1, 1, 1, 0x41613ac7e1cd5610),
        .init(
            "reports-parsedmarc/extract_report/changed-input.xml",
            "fred.com", "11038226378739404135", 1718236800, 1718323199,
            "example.com", "none", "none", 20, 3047, 3047, 0xb5d20e421a3afe17),
        .init(
            "reports-parsedmarc/extract_report/nice-input.xml",
            "google.com", "11038226378739404135", 1718236800, 1718323199,
            "example.com", "none", "none", 20, 3047, 3047, 0xb5d20e421a3afe17),
        .init(
            "reports-parsedmarc/extract_report/nice-input.xml.gz",
            "google.com", "11038226378739404135", 1718236800, 1718323199,
            "example.com", "none", "none", 20, 3047, 3047, 0xb5d20e421a3afe17),
        .init(
            "reports-parsedmarc/extract_report/nice-input.xml.zip",
            "google.com", "11038226378739404135", 1718236800, 1718323199,
            "example.com", "none", "none", 20, 3047, 3047, 0xb5d20e421a3afe17),
    ]
}

/// Values that parsedmarc 10 reads from a TLS sample.
enum PeerTLS {
    static let all: [(String, [String])] = [
        (
            "google.com_smtp_tls_report.eml",
            [
                "name: Google Inc.", "contact: smtp-tls-reporting@google.com",
                "id: 2024-09-03T00:00:00Z_cardinalhealth.ca", "begin: 2024-09-03T00:00:00Z",
                "end: 2024-09-03T23:59:59Z", "cardinalhealth.ca no-policy-found 48 0",
            ]
        ),
        (
            "mail.ru.json",
            [
                "name: Mail.ru", "contact: tls_support@corp.mail.ru",
                "id: b28254de-7b2e-be36-bb5c-4c3b92da8b25@mail.ru", "begin: 2024-02-22T00:00:00Z",
                "end: 2024-02-23T00:00:00Z", "example.com sts 0 1",
                "sts-policy-fetch-error 1 bad https response code: 404",
                "sts-policy-fetch-error 1 bad https response code: 500",
            ]
        ),
        (
            "rfc8460.json",
            [
                "name: Company-X", "contact: sts-reporting@company-x.example",
                "id: 5065427c-23d3-47ca-b6e0-946ea0e8c4be", "begin: 2016-04-01T00:00:00Z",
                "end: 2016-04-01T23:59:59Z", "company-y.example sts 5326 303",
                "certificate-expired 100 ", "starttls-not-supported 200 ",
                "validation-failure 3 X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
            ]
        ),
        (
            "smtp_tls.json",
            [
                "name: Example Inc.", "contact: smtp-tls-reporting@example.com",
                "id: 2024-01-09T00:00:00Z_example.com", "begin: 2024-01-09T00:00:00Z",
                "end: 2024-01-09T23:59:59Z", "example.com sts 0 3", "validation-failure 2 ",
                "validation-failure 1 ",
            ]
        ),
    ]

    static func lines(_ found: TLSReport?) -> [String] {
        guard let found else { return [] }
        var lines = [
            "name: \(found.reporter)", "contact: \(found.contact ?? "")", "id: \(found.reportID)",
            "begin: \(time(found.begin))", "end: \(time(found.end))",
        ]
        for policy in found.policies {
            lines.append(
                "\(policy.domain) \(policy.type) \(policy.successfulSessions) "
                    + "\(policy.failedSessions)")
            lines += policy.failures.map {
                "\($0.resultType) \($0.failedSessions) \($0.reasonCode ?? "")"
            }
        }
        return lines
    }

    /// By another route than the parser's own.
    static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
    }
}

/// Values that parsedmarc 10 reads from a failure sample.
enum PeerFailure {
    static let all: [(String, [String])] = [
        (
            "DMARC Failure Report for domain.de (mail-from=sharepoint@domain.de, "
                + "ip=10.10.10.10).eml",
            [
                "type: auth-failure", "agent: Lua/1.0", "version: 1.0",
                "from: sharepoint@domain.de", "to: peter.pan@domain.de",
                "arrival: 2018-10-01T09:20:27Z", "source: 10.10.10.10", "failure: dmarc",
                "domain: domain.de", "delivery: policy",
                "results: dmarc=fail (p=none, dis=none) header.from=domain.de",
            ]
        ),
        (
            "[Netease DMARC Failure Report] Rent Reminder.eml",
            [
                "type: auth-failure", "agent: NtesDmarcReporter/1.0", "version: 1",
                "from: <bounces+1137616-c1ad-xsj399=163.com@email.entrata.com>",
                "arrival: 2018-09-28T08:48:42Z", "source: 167.89.69.24", "failure: dmarc",
                "domain: cardinal.com", "delivery: delivered",
                "envelope id: N8CowEApcUPo6q1bnXlMAA--.44392S3", "dkim: entrata.com",
                "alignment: spf,dkim",
                "results: 163.com; dkim=pass (verify result: all signatures verified) "
                    + "header.d=entrata.com; spf=pass "
                    + "smtp.mailfrom=bounces+1137616-c1ad-xsj399=163.com@email.entrata.com",
            ]
        ),
        ("dmarc_ruf_report_linkedin.crlf.eml", linkedIn),
        ("dmarc_ruf_report_linkedin.eml", linkedIn),
        (
            "exim_plain_text_only_no_arf_part.eml",
            [
                "type: auth-failure", "arrival: 2025-04-07T21:16:09Z", "source: 203.0.113.68",
                "failure: dmarc", "domain: example.com", "delivery: other",
            ]
        ),
    ]

    private static let linkedIn = [
        "type: auth-failure", "agent: Lua/1.0", "version: 1.0", "to: recipient@linkedin.com",
        "arrival: 2019-04-30T02:09:00Z", "source: 10.10.10.10", "failure: dmarc",
        "domain: example.com", "delivery: delivered",
        "results: dmarc=fail (p=none; dis=none) header.from=example.com",
    ]

    static func lines(_ found: FailureReport?) -> [String] {
        guard let found else { return [] }
        var values = ReportValues()
        values.add("type", found.feedbackType)
        values.add("agent", found.userAgent)
        values.add("version", found.version)
        values.add("from", found.originalMailFrom)
        values.add("to", found.originalRecipient)
        values.add("arrival", found.arrival.map { PeerTLS.time($0) })
        values.add("source", found.sourceText)
        values.add("failure", found.authenticationFailure)
        values.add("domain", found.reportedDomain)
        values.add("delivery", found.deliveryResult)
        values.add("envelope id", found.originalEnvelopeID)
        values.add("dkim", found.dkimDomain)
        values.add("alignment", found.identityAlignment)
        values.add("results", found.authenticationResults.first)
        return values.lines
    }
}
