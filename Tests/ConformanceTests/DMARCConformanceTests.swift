import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing

/// rspamd's messages with the senders, the DNS and the expected symbols of its functional tests
/// (115_dmarc, 116_dkim, 117_spf).
@Suite struct RspamdConformanceTests {
    /// One scan of a message: `file`, the client and MAIL FROM, and what rspamd's test expects.
    struct Scan: Sendable {
        let name: String
        let file: String
        var client: String?
        var from = ""
        let expected: String

        init(_ name: String, _ file: String, _ expected: String) {
            self.name = name
            self.file = file
            self.expected = expected
        }

        init(
            _ name: String, _ file: String, _ client: String, from: String = "",
            _ expected: String
        ) {
            self.init(name, file, expected)
            self.client = client
            self.from = from
        }
    }

    private func authenticate(_ scan: Scan) async throws -> MessageAuthentication {
        let path = try SharedData.path("conformance/dmarc-rspamd/\(scan.file)")
        let suffixes = try #require(
            PublicSuffixList(
                file: try SharedData.path("conformance/psl/public_suffix_list.dat")))
        let authenticator = MessageAuthenticator(
            lookup: try DMARCSuiteDNS(
                RspamdSuite.zone + "\n" + RspamdSuite.wideKeys, failing: RspamdSuite.failing),
            suffixes: suffixes)
        return await authenticator.authenticate(
            MessageAuthenticatorRequest(
                message: RawMessage(try SharedData.bytes(path)),
                client: scan.client.flatMap { IPAddress($0) }, helo: "localhost",
                mailFrom: scan.from, now: 1_700_000_000))
    }

    @Test func `the DMARC tests of rspamd are met, but for what RFC 9989 changed`() async throws {
        var tally = DMARCTally("dmarc-rspamd (DMARC)")
        for scan in RspamdSuite.dmarc {
            let found = try #require(try await authenticate(scan).dmarc)
            let words =
                found.result == .fail ? "fail \(found.disposition.rawValue)" : found.result.rawValue
            tally.compare(scan.name, scan.expected, words)
            if RspamdSuite.organizations.contains(scan.name) {
                // By the method that rspamd uses we come to its result, and say so.
                #expect(found.discovery?.legacyResult == .pass)
                #expect(found.discovery?.divergence != nil)
            }
        }
        tally.finish(meant: RspamdSuite.organizations.union(RspamdSuite.percentages))
    }

    @Test func `the SPF tests of rspamd with these messages are met, but for two`() async throws {
        var tally = DMARCTally("dmarc-rspamd (SPF)")
        for scan in RspamdSuite.spf {
            let found = try await authenticate(scan).spf
            tally.compare(scan.name, scan.expected, found?.result.rawValue ?? "none")
        }
        tally.finish(meant: ["FAIL UNRESOLVEABLE INCLUDE", "PTRS 2"])
    }

    @Test func `the DKIM tests of rspamd with these messages are met`() async throws {
        var tally = DMARCTally("dmarc-rspamd (DKIM)")
        for scan in RspamdSuite.dkim {
            let found = try await authenticate(scan).dkim
            tally.compare(scan.name, scan.expected, found.first?.result.rawValue ?? "none")
        }
        tally.finish(meant: [])
    }

    @Test func `the ARC tests of rspamd are met`() async throws {
        var tally = DMARCTally("dmarc-rspamd (ARC)")
        for scan in RspamdSuite.arc {
            let found = try await authenticate(scan).arc
            tally.compare(scan.name, scan.expected, found?.result.rawValue ?? "none")
        }
        tally.finish(meant: [])
    }

    @Test func `every message of the folder is read, and none of it stops us`() async throws {
        let files = try SharedData.files(below: "conformance/dmarc-rspamd").filter {
            $0.hasSuffix(".eml")
        }
        let root = try SharedData.path("conformance/dmarc-rspamd") + "/"
        for file in files {
            let scan = Scan(
                "", String(file.dropFirst(root.count)), "8.8.8.8", from: "x@a.example", "")
            let found = try await authenticate(scan)
            #expect(!found.dkim.isEmpty)
            #expect(found.dmarc != nil)
            #expect(found.questions <= Limits.questionsPerMessage)
        }
        #expect(files.count == 36)
    }
}

/// The scenarios of OpenDMARC's filter tests, whose configuration files stand in the folder: what
/// each test sends and what it expects. They ran against the DNS of the world; the records here are
/// those that the tests' own words state.
@Suite struct OpenDMARCConformanceTests {
    private static let zone = """
        _dmarc.paypal.com. TXT "v=DMARC1; p=reject"
        _dmarc.trusteddomain.org. TXT "v=DMARC1; p=none"
        trusteddomain.org. TXT "v=spf1 ip4:192.0.2.1 -all"
        _dmarc.eleet.org. TXT "v=DMARC1; p=none"
        """

    private struct Scenario {
        let name: String
        let from: String
        let mailFrom: String
        /// Nil: the socket says nothing about the client.
        let client: String?
        let expected: String
    }

    private static let scenarios = [
        Scenario(
            name: "nodata", from: "user@paypal.com", mailFrom: "user@paypal.com",
            client: "127.0.0.1", expected: "fail reject"),
        Scenario(
            name: "nodata-reject", from: "user@paypal.com", mailFrom: "user@paypal.com",
            client: "127.0.0.2", expected: "fail reject"),
        Scenario(
            name: "unspec", from: "user@paypal.com", mailFrom: "user@paypal.com", client: nil,
            expected: "fail reject"),
        // SPF of the filter itself: the client is not one of the domain's.
        Scenario(
            name: "self-spf", from: "user@trusteddomain.org", mailFrom: "user@trusteddomain.org",
            client: "127.0.0.2", expected: "fail none"),
        // A Received-SPF field that a mail server of ours set is handed in as a result.
        Scenario(
            name: "received-spf-good", from: "user@trusteddomain.org",
            mailFrom: "user@trusteddomain.org", client: "192.0.2.1", expected: "pass none"),
        Scenario(
            name: "received-spf-bad", from: "user@trusteddomain.org",
            mailFrom: "user@trusteddomain.org", client: nil, expected: "fail none"),
        // RejectMultiValueFrom refuses it because the domains differ; here that is a defect.
        Scenario(
            name: "multi-from-reject",
            from: "user1@eleet.org, user2@blackops.org, user3@eleet.org",
            mailFrom: "user@paypal.com", client: "127.0.0.2", expected: "fail none several-domains"),
        // The filter must survive it and accept.
        Scenario(
            name: "multi-from-malformed", from: "user1@example.com, user2, user3@example.com",
            mailFrom: "user@paypal.com", client: "127.0.0.2", expected: "none none"),
    ]

    @Test func `the scenarios of the filter tests end as they expect`() async throws {
        var tally = DMARCTally("dmarc-opendmarc/opendmarc")
        let folder = "conformance/dmarc-opendmarc/opendmarc/tests/"
        let authenticator = MessageAuthenticator(
            lookup: try DMARCSuiteDNS(Self.zone), suffixes: .system)
        for scenario in Self.scenarios {
            let path = try SharedData.path(folder + "t-verify-\(scenario.name).conf")
            let settings = String(decoding: try SharedData.bytes(path), as: UTF8.self)
            let message = RawMessage(
                Array(
                    """
                    From: \(scenario.from)\r
                    To: user@example.com\r
                    Date: Tue, 22 Dec 2009 13:04:12 -0800\r
                    Subject: DMARC test\r
                    \r\n
                    """.utf8))
            let found = await authenticator.authenticate(
                MessageAuthenticatorRequest(
                    message: message, client: scenario.client.flatMap { IPAddress($0) },
                    helo: "localhost", mailFrom: scenario.mailFrom, now: 1_700_000_000))
            let dmarc = try #require(found.dmarc)
            let defects = dmarc.authors.defects.map { " " + $0.rawValue }.sorted().joined()
            tally.compare(
                scenario.name, scenario.expected,
                "\(dmarc.result.rawValue) \(dmarc.disposition.rawValue)\(defects)")
            if settings.contains("RejectFailures") { #expect(dmarc.disposition == .reject) }
            if scenario.name == "self-spf" {
                #expect(found.spf?.result == .fail)
                #expect(found.spf?.domain?.text == "trusteddomain.org")
            }
        }
        tally.finish(meant: [])
        let files = try SharedData.files(below: folder).filter { $0.hasSuffix(".conf") }
        #expect(files.count == Self.scenarios.count)
    }
}
