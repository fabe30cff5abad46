import Identities
import MailAuthentication
import TestSupport
import Testing

/// The messages and keys of dkimpy, with what its test programs say of them: sign with a key of the
/// suite, verify with a record of the suite.
@Suite struct DKIMPyConformanceTests {
    private static let suite = DKIMSuite("dkim-dkimpy")
    private static let place = "test._domainkey.example.com"

    private static func record(_ file: String) throws -> String {
        String(try suite.text(file).drop(while: \.isWhitespace).prefix { $0 != "\n" })
    }

    private static func message(_ file: String) throws -> RawMessage {
        RawMessage(try suite.file(file))
    }

    /// Signs a message in all four pairs of forms and verifies each with the record.
    private static func outcomes(
        _ file: String, key: String, record: String, domain: String = "example.com",
        policy: DKIMPolicy = DKIMPolicy(), change: (RawMessage) -> RawMessage = { $0 }
    ) async throws -> [DKIMVerification] {
        var signer = DKIMSigner(
            domain: try suite.domain(domain), selector: "test",
            key: try SigningKey(pem: suite.text(key)))
        let dns = DKIMSuiteDNS(texts: ["test._domainkey.\(domain)": [try Self.record(record)]])
        var outcomes: [DKIMVerification] = []
        for headerForm in Canonicalization.allCases {
            for bodyForm in Canonicalization.allCases {
                signer.headerForm = headerForm
                signer.bodyForm = bodyForm
                let signed = try suite.signed(try message(file), signer)
                outcomes.append(await dns.verify(change(signed), policy: policy)[0])
            }
        }
        return outcomes
    }

    private static func four(_ result: DKIMResult) -> [DKIMResult] {
        Array(repeating: result, count: 4)
    }

    @Test func `dkim-dkimpy gives what dkimpy's tests expect`() async throws {
        var suite = Self.suite
        try await Self.addMessages(to: &suite)
        try await Self.addRecords(to: &suite)
        try await Self.addKeys(to: &suite)
        try await Self.addChanges(to: &suite)
        suite.finish(count: 23)
    }

    /// Messages that come signed.
    private static func addMessages(to suite: inout DKIMSuite) async throws {
        let key = try record("test.txt")
        let rfc = DKIMSuiteDNS(texts: [
            "test._domainkey.football.example.com": [key],
            "brisbane._domainkey.football.example.com": [
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            ],
        ])
        suite.expect(
            "rfc6376.signed.msg", [.pass, .pass],
            await rfc.verify(try message("rfc6376.signed.msg")))
        suite.expect(
            "rfc6376.signed.rsa.msg", [.pass],
            await rfc.verify(try message("rfc6376.signed.rsa.msg")))
        // The signature of the message above, with other tags around it.
        suite.expect(
            "rfc6376.signed.no_t.msg", [.fail],
            await rfc.verify(try message("rfc6376.signed.no_t.msg")))
        suite.expect("test.message", [.none], await rfc.verify(try message("test.message")))
        suite.expect(
            "test.message.baddomain", [.permerror],
            await rfc.verify(try message("test.message.baddomain")))
        let exim = DKIMSuiteDNS(texts: ["sed._domainkey.test.ex": [try record("eximtest.dns")]])
        suite.expect(
            "ed25519test2.msg", [.pass], await exim.verify(try message("ed25519test2.msg")))
        // dkimpy's test names Google's key of 2012, which the MimeKit suite carries.
        let pem = try DKIMSuite("dkim-mimekit").text("gmail.pub").split(separator: "\n")
            .filter { !$0.hasPrefix("-") }.joined()
        let gmail = DKIMSuiteDNS(texts: ["20120113._domainkey.gmail.com": ["k=rsa; p=" + pem]])
        suite.expect("test2.message", [.pass], await gmail.verify(try message("test2.message")))
    }

    /// Key records, good and bad, for one key.
    private static func addRecords(to suite: inout DKIMSuite) async throws {
        let cases: [(String, DKIMResult)] = [
            ("test.txt", .pass), ("test2.txt", .pass), ("badversion.txt", .permerror),
            ("badk.txt", .permerror), ("test_bad.txt", .permerror),
            ("test_tlsrpt.txt", .permerror),
        ]
        for (file, result) in cases {
            suite.expect(
                file, four(result),
                try await outcomes("test.message", key: "test.private", record: file))
        }
        var reports = DKIMPolicy()
        reports.service = "tlsrpt"
        suite.expect(
            "test_tlsrpt.txt for reports", four(.pass),
            try await outcomes(
                "test.message", key: "test2.private", record: "test_tlsrpt.txt", policy: reports))
    }

    /// Private keys in each form.
    private static func addKeys(to suite: inout DKIMSuite) async throws {
        for (key, record) in [
            ("1024_testkey.key", "1024_testkey_wo_markers.pub.txt"),
            ("1024_testkey.key", "1024_testkey_wo_markers.pub.rsa.txt"),
            ("2048_testkey.key", "2048_testkey_wo_markers.pub.txt"),
            ("2048_testkey.key", "2048_testkey_wo_markers.pub.rsa.txt"),
            ("2048_testkey_PKCS8.key", "2048_testkey_PKCS8.key.pub.txt"),
        ] {
            suite.expect(
                record, four(.pass),
                try await outcomes("test.message", key: key, record: record))
        }
        suite.expect(
            "ed25519test.key", four(.pass),
            try await outcomes(
                "ed25519test.msg", key: "ed25519test.key", record: "ed25519test.dns",
                domain: "example.net"))
    }

    /// Messages that are changed or refused.
    private static func addChanges(to suite: inout DKIMSuite) async throws {
        for (name, index) in [("test_extra.message", 0), ("message.mbox", 1)] {
            let field = try #require(RawField("From: \"Resident Evil\" <sales@spammer.com>"))
            let other = try #require(RawField("X-Foo: bar"))
            let good = try await outcomes(name, key: "test.private", record: "test.txt") {
                $0.with(fields: $0.fields + [other])
            }
            let bad = try await outcomes(name, key: "test.private", record: "test.txt") {
                $0.with(fields: index == 0 ? [field] + $0.fields : $0.fields + [field])
            }
            // The archived message has a signature of its own below ours.
            suite.expect(
                name, good.map(\.result) == four(.pass) && bad.map(\.result) == four(.fail),
                "found \(good.map(\.reason)), \(bad.map(\.reason))")
        }
        var refusal: DKIMSigningError?
        do {
            let signer = DKIMSigner(
                domain: try suite.domain("example.com"), selector: "test",
                key: try SigningKey(pem: suite.text("test.private")))
            _ = try signer.sign(try message("test_nofrom.message"), now: 0)
        } catch let error as DKIMSigningError {
            refusal = error
        }
        suite.expect(
            "test_nofrom.message", refusal == .noFromField, "\(String(describing: refusal))")
    }
}
