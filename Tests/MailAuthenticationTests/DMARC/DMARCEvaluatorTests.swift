import DNS
import Identities
import MailAuthentication
import Testing

@Suite struct DMARCEvaluatorTests {
    private static let zone = """
        _dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine; np=reject"
        example.com. A 192.0.2.1
        www.example.com. A 192.0.2.1
        _dmarc.strict.example. TXT "v=DMARC1; p=reject; adkim=s; aspf=s"
        _dmarc.testing.example. TXT "v=DMARC1; p=reject; t=y"
        _dmarc.watching.example. TXT "v=DMARC1; p=none; rua=mailto:r@watching.example"
        _dmarc.broken.example. TXT "v=DMARC1; p=rejekt"
        _dmarc.asking.example. TXT "v=DMARC1; p=rejekt; rua=mailto:r@asking.example"
        _dmarc.twice.example. TXT "v=DMARC1; p=none; p=reject"
        _dmarc.double.example. TXT "v=DMARC1; p=none"
        _dmarc.double.example. TXT "v=DMARC1; p=reject"
        """

    private func evaluate(
        from header: String, spf: SPFEvaluation? = nil, dkim: [DKIMVerification] = [],
        failing: Set<String> = [], zone: String = zone
    ) async throws -> DMARCEvaluation {
        let evaluator = DMARCEvaluator(
            lookup: try TestDNS(zone, failing: failing), suffixes: .system)
        let message = RawMessage(Array("\(header)\r\nSubject: x\r\n\r\nHello\r\n".utf8))
        return await evaluator.evaluate(message, spf: spf, dkim: dkim)
    }

    private func spf(_ result: SPFResult, _ name: String) throws -> SPFEvaluation {
        SPFEvaluation(result, domain: try domain(name), reason: "As the test says.")
    }

    private func dkim(_ result: DKIMResult, _ name: String) throws -> DKIMVerification {
        DKIMVerification(
            result, domain: try domain(name), selector: "s", reason: "As the test says.")
    }

    @Test func `one aligned identifier is enough`() async throws {
        let bySPF = try await evaluate(
            from: "From: a@example.com", spf: spf(.pass, "bounce.example.com"),
            dkim: [dkim(.fail, "example.com")])
        #expect(bySPF.result == .pass)
        #expect(bySPF.disposition == .none)
        #expect(bySPF.alignment.spf?.standing == .aligned)
        #expect(bySPF.alignment.dkim?.standing == .notAuthenticated)
        #expect(bySPF.reason.contains("bounce.example.com"))

        let byDKIM = try await evaluate(
            from: "From: a@www.example.com", spf: spf(.softfail, "other.example"),
            dkim: [dkim(.pass, "esp.example"), dkim(.pass, "example.com")])
        #expect(byDKIM.result == .pass)
        #expect(byDKIM.alignment.dkim?.signature == 1)
        #expect(byDKIM.recordDomain?.text == "example.com")
        #expect(byDKIM.organizationalDomain?.text == "example.com")
        #expect(byDKIM.policy?.tag == .subdomainPolicy)
    }

    @Test(arguments: [
        ("a@example.com", DMARCPolicy.reject, PolicyTag.policy),
        ("a@www.example.com", .quarantine, .subdomainPolicy),
        ("a@nowhere.example.com", .reject, .nonexistentSubdomainPolicy),
        ("a@watching.example", .none, .policy), ("a@testing.example", .quarantine, .policy),
    ])
    func `a failure comes under the policy of its tag`(
        address: String, disposition: DMARCPolicy, tag: PolicyTag
    ) async throws {
        let found = try await evaluate(
            from: "From: \(address)", spf: spf(.pass, "other.example"),
            dkim: [dkim(.pass, "esp.example")])
        #expect(found.result == .fail)
        #expect(found.disposition == disposition)
        #expect(found.policy?.tag == tag)
        #expect(found.alignment.spf?.standing == .notAligned)
        #expect(found.reason.contains("other.example"))
    }

    @Test func `strict alignment takes no subdomain`() async throws {
        let sub = try await evaluate(
            from: "From: a@strict.example", spf: spf(.pass, "mail.strict.example"),
            dkim: [dkim(.pass, "mail.strict.example")])
        #expect(sub.result == .fail)
        #expect(sub.alignment.dkim?.mode == .strict)
        let same = try await evaluate(
            from: "From: a@strict.example", spf: spf(.pass, "strict.example"))
        #expect(same.result == .pass)
    }

    @Test(arguments: [
        ("a@nothing.example", DMARCResult.none), ("a@double.example", .none),
        ("a@broken.example", .permerror), ("a@twice.example", .permerror),
        // §4.10.1: with a reporting address an invalid policy counts as p=none.
        ("a@asking.example", .fail),
    ])
    func `without a usable record there is no policy`(
        address: String, expected: DMARCResult
    ) async throws {
        let found = try await evaluate(
            from: "From: \(address)", spf: spf(.fail, "other.example"))
        #expect(found.result == expected)
        #expect(found.disposition == .none)
        #expect(found.reason.hasSuffix(".") || found.reason.contains("."))
    }

    @Test func `an invalid record without reporting address cannot be passed either`()
        async throws
    {
        let found = try await evaluate(
            from: "From: a@broken.example", spf: spf(.pass, "broken.example"))
        #expect(found.result == .permerror)
    }

    @Test func `a message without a readable author is a permanent error`() async throws {
        for header in ["To: a@example.com", "From: Anna", "From: a@[192.0.2.1]"] {
            let found = try await evaluate(from: header, spf: spf(.pass, "example.com"))
            #expect(found.result == .permerror)
            #expect(found.author == nil)
            #expect(found.discovery == nil)
        }
    }

    @Test func `the names that the caller passed decide nothing when the DNS fails`()
        async throws
    {
        let unknown = try await evaluate(
            from: "From: a@www.example.com", spf: spf(.pass, "other.example"),
            failing: ["_dmarc.example.com"])
        #expect(unknown.result == .temperror)
        #expect(unknown.disposition == .none)
        #expect(unknown.reason.contains("_dmarc.example.com"))
    }
}

@Suite struct DMARCTemporaryErrorTests {
    private static let zone = """
        _dmarc.example.com. TXT "v=DMARC1; p=reject; np=quarantine"
        example.com. A 192.0.2.1
        """

    private func evaluate(
        _ author: String = "example.com", spf: (SPFResult, String)? = nil,
        dkim: (DKIMResult, String)? = nil, failing: Set<String> = []
    ) async throws -> DMARCEvaluation {
        let evaluator = DMARCEvaluator(
            lookup: try TestDNS(Self.zone, failing: failing), suffixes: .system)
        return await evaluator.evaluate(
            AuthorDomains(try domain(author)),
            spf: try spf.map { SPFEvaluation($0.0, domain: try domain($0.1), reason: "") },
            dkim: try dkim.map { [DKIMVerification($0.0, domain: try domain($0.1), reason: "")] }
                ?? [])
    }

    @Test func `a temporary error that could have led to a pass is one of DMARC`() async throws {
        #expect(try await evaluate(spf: (.temperror, "example.com")).result == .temperror)
        #expect(try await evaluate(spf: (.temperror, "b.example.com")).result == .temperror)
        #expect(try await evaluate(dkim: (.temperror, "b.example.com")).result == .temperror)
    }

    @Test func `a temporary error of another organisation makes no difference`() async throws {
        let found = try await evaluate(
            spf: (.temperror, "other.example"), dkim: (.temperror, "esp.example"))
        #expect(found.result == .fail)
        #expect(found.disposition == .reject)
    }

    @Test func `a pass of the other mechanism outweighs it`() async throws {
        let found = try await evaluate(
            spf: (.temperror, "example.com"), dkim: (.pass, "example.com"))
        #expect(found.result == .pass)
    }

    @Test func `a pass whose organisation cannot be found out is no failure`() async throws {
        let found = try await evaluate(
            spf: (.pass, "b.example.com"), failing: ["_dmarc.b.example.com"])
        #expect(found.result == .temperror)
        #expect(found.alignment.spf?.standing == .unknown)
    }

    @Test func `when the walk breaks off above the author's own record, its own name still passes`()
        async throws
    {
        let same = try await evaluate(spf: (.pass, "example.com"), failing: ["_dmarc.com"])
        #expect(same.result == .pass)
        #expect(same.organizationalDomain == nil)
        let sub = try await evaluate(spf: (.pass, "b.example.com"), failing: ["_dmarc.com"])
        #expect(sub.result == .temperror)
        let apart = try await evaluate(spf: (.pass, "other.example"), failing: ["_dmarc.com"])
        #expect(apart.result == .fail)
    }

    @Test func `whether the author exists matters for a failure only`() async throws {
        let pass = try await evaluate(
            "new.example.com", spf: (.pass, "example.com"), failing: ["new.example.com"])
        #expect(pass.result == .pass)
        let fail = try await evaluate("new.example.com", failing: ["new.example.com"])
        #expect(fail.result == .temperror)
    }
}
