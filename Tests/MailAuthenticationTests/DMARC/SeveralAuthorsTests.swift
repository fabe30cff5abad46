import DNS
import Identities
import MailAuthentication
import Testing

/// RFC 9989 §11.5: each Author Domain is evaluated, and the strictest policy of those that fail is
/// applied.
@Suite struct SeveralAuthorsTests {
    private static let zone = """
        _dmarc.good.example. TXT "v=DMARC1; p=reject"
        _dmarc.quarantine.example. TXT "v=DMARC1; p=quarantine"
        _dmarc.reject.example. TXT "v=DMARC1; p=reject"
        _dmarc.none.example. TXT "v=DMARC1; p=none"
        """

    private func evaluate(
        _ header: String, passing: String = "good.example", failing: Set<String> = []
    ) async throws -> DMARCEvaluation {
        let evaluator = DMARCEvaluator(
            lookup: try TestDNS(Self.zone, failing: failing), suffixes: .system)
        return await evaluator.evaluate(
            RawMessage(Array("\(header)\r\n\r\n".utf8)),
            spf: SPFEvaluation(.pass, domain: try domain(passing), reason: ""), dkim: [])
    }

    @Test(arguments: [
        ("a@good.example, b@quarantine.example", DMARCResult.fail, DMARCPolicy.quarantine),
        ("a@quarantine.example, b@reject.example", .fail, .reject),
        ("a@reject.example, b@quarantine.example", .fail, .reject),
        ("a@none.example, b@quarantine.example, c@good.example", .fail, .quarantine),
        ("a@good.example, b@norecord.example", .none, .none),
        ("a@good.example, b@good.example", .pass, .none),
    ])
    func `the strictest policy of those that fail is applied`(
        list: String, result: DMARCResult, disposition: DMARCPolicy
    ) async throws {
        let found = try await evaluate("From: \(list)")
        #expect(found.result == result)
        #expect(found.disposition == disposition)
    }

    @Test func `a failing look-up for one author is no pass for the other`() async throws {
        let found = try await evaluate(
            "From: a@good.example, b@slow.example", failing: ["_dmarc.slow.example"])
        #expect(found.result == .temperror)
        #expect(found.author?.text == "slow.example")
    }

    @Test func `a second From field turns a pass into a permanent error`() async throws {
        let found = try await evaluate("From: a@good.example\r\nFrom: x@good.example")
        #expect(found.result == .permerror)
        #expect(found.disposition == .none)
        #expect(found.reason.contains("2 From fields"))
    }

    @Test func `a second From field does not get around a policy`() async throws {
        let found = try await evaluate("From: a@good.example\r\nFrom: x@reject.example")
        #expect(found.result == .fail)
        #expect(found.disposition == .reject)
        #expect(found.author?.text == "reject.example")
    }

    @Test func `an address that cannot be read keeps the message from passing`() async throws {
        let found = try await evaluate("From: a@good.example, b@[192.0.2.1]")
        #expect(found.result == .permerror)
    }

    @Test func `a message with more authors than are checked never passes`() async throws {
        let many = (0...Limits.authorDomains).map { "a@d\($0).example" }.joined(separator: ", ")
        let found = try await evaluate("From: a@good.example, \(many)")
        #expect(found.result == .permerror)
    }
}

@Suite struct DMARCDivergenceTests {
    private func evaluate(_ author: String, spf: String, zone: String) async throws
        -> DMARCEvaluation
    {
        await DMARCEvaluator(lookup: try TestDNS(zone), suffixes: .system).evaluate(
            AuthorDomains(try domain(author)),
            spf: SPFEvaluation(.pass, domain: try domain(spf), reason: ""), dkim: [])
    }

    @Test func `the two methods agree on the common case`() async throws {
        let found = try await evaluate(
            "www.example.co.uk", spf: "mail.example.co.uk",
            zone: "_dmarc.example.co.uk. TXT \"v=DMARC1; p=reject\"")
        #expect(found.result == .pass)
        #expect(found.discovery?.legacyResult == .pass)
        #expect(found.discovery?.divergence == nil)
    }

    @Test func `a record between both is told as a divergence`() async throws {
        // The walk takes the department for its own organisation; the list does not know it.
        let found = try await evaluate(
            "www.dept.example.com", spf: "other.example.com",
            zone: """
                _dmarc.example.com. TXT "v=DMARC1; p=none"
                _dmarc.dept.example.com. TXT "v=DMARC1; p=reject; psd=n"
                """)
        #expect(found.result == .fail)
        #expect(found.disposition == .reject)
        #expect(found.discovery?.legacyResult == .pass)
        #expect(found.discovery?.legacy?.organizationalDomain.text == "example.com")
        let divergence = try #require(found.discovery?.divergence)
        #expect(divergence.contains("public suffix list"))
    }

    @Test func `the older method costs no further question where the ways are the same`()
        async throws
    {
        let zone = "_dmarc.example.com. TXT \"v=DMARC1; p=reject; np=none\""
        let dns = try TestDNS(zone)
        let both = DMARCEvaluator(lookup: dns, suffixes: .system)
        let author = AuthorDomains(try domain("www.example.com"))
        let spf = SPFEvaluation(.pass, domain: try domain("b.example.com"), reason: "")
        _ = await both.evaluate(author, spf: spf, dkim: [])
        let questions = await dns.questions
        let alone = try TestDNS(zone)
        let one = DMARCEvaluator(lookup: alone, suffixes: .system, comparesLegacy: false)
        let found = await one.evaluate(author, spf: spf, dkim: [])
        #expect(found.discovery?.legacy == nil)
        #expect(await alone.questions == questions)
        #expect(Set(questions).count == questions.count)
    }

    @Test func `no more organisations are looked up than the limit says`() async throws {
        let dns = try TestDNS("_dmarc.example.com. TXT \"v=DMARC1; p=reject\"")
        let count = Limits.alignmentWalks
        let names = (0...count).map { "s\($0).other.example.com" }
        let signatures = try names.map {
            DKIMVerification(.pass, domain: try domain($0), reason: "")
        }
        let strict = DMARCEvaluator(lookup: dns, suffixes: .system, comparesLegacy: false)
        // Each name has its own record with psd=n in a zone that says so: none is aligned.
        let zone = names.map { "_dmarc.\($0). TXT \"v=DMARC1; p=none; psd=n\"" }
        let apart = try TestDNS(
            zone.joined(separator: "\n") + "\n_dmarc.example.com. TXT \"v=DMARC1; p=reject\"")
        let bounded = DMARCEvaluator(lookup: apart, suffixes: .system, comparesLegacy: false)
        let author = AuthorDomains(try domain("example.com"))
        #expect(await strict.evaluate(author, spf: nil, dkim: signatures).result == .pass)
        #expect(await bounded.evaluate(author, spf: nil, dkim: signatures).result == .fail)
        let asked = await apart.questions.filter { $0.hasPrefix("_dmarc.s") }
        #expect(asked.count == count)
    }
}
