import DNS
import Identities
import MailAuthentication
import Testing

@Suite struct BIMIEvaluatorTests {
    private static let record = "v=BIMI1; l=https://example.com/logo.svg"
    private static let certified = record + "; a=https://example.com/vmc.pem"
    private let logo = BIMIAssets(logo: Array(BIMISample.logo.utf8))

    private func request(
        _ author: String = "news.example.com", dmarc: DMARCResult = .pass,
        record: DMARCRecord? = DMARCRecord(policy: .reject), recordDomain: String? = "example.com",
        selector: String? = nil, localPart: String = "anna"
    ) throws -> BIMIRequest {
        BIMIRequest(
            author: BIMIAuthor(domain: try BIMISample.domain(author), localPart: localPart),
            organizationalDomain: try BIMISample.domain("example.com"), dmarcResult: dmarc,
            dmarcRecord: record, dmarcRecordDomain: try recordDomain.map(BIMISample.domain),
            selector: selector.flatMap { BIMISelector($0) })
    }

    private func evaluate(
        _ texts: [String: [String]], _ request: BIMIRequest, assets: BIMIAssets = BIMIAssets(),
        failing: Set<String> = [], policy: BIMIPolicy = BIMIPolicy(), roots: MarkRoots = MarkRoots()
    ) async -> BIMIEvaluation {
        await BIMIEvaluator(
            lookup: BIMITestDNS(texts, failing: failing), roots: roots, policy: policy
        ).evaluate(request, assets: assets, now: MarkAuthority.now)
    }

    // MARK: Conditions

    @Test(arguments: [DMARCResult.none, .fail, .temperror, .permerror])
    func `a message that does not pass DMARC is skipped`(result: DMARCResult) async throws {
        let found = await evaluate([:], try request(dmarc: result))
        #expect(found.result == .skipped)
        #expect(found.asked.isEmpty)
        #expect(found.reason.contains(result.rawValue))
    }

    @Test(arguments: [
        ("p=none", DMARCRecord(policy: DMARCPolicy.none)), ("p=none", DMARCRecord()),
        ("sp=none", DMARCRecord(policy: .reject, subdomainPolicy: DMARCPolicy.none)),
        ("pct=50", DMARCRecord(policy: .quarantine, percentage: 50)),
        ("t=y", DMARCRecord(policy: .quarantine, isTesting: true)),
        ("p=none", DMARCRecord(policy: .reject, invalidPolicyTags: [.subdomainPolicy])),
    ])
    func `a DMARC record that asks for too little is refused`(
        word: String, record: DMARCRecord
    ) async throws {
        let found = await evaluate([:], try request(record: record))
        #expect(found.result == .skipped)
        #expect(found.reason.contains(word), "\(found.reason)")
    }

    @Test(arguments: [
        DMARCRecord(policy: .quarantine), DMARCRecord(policy: .quarantine, percentage: 100),
        DMARCRecord(policy: .reject, percentage: 10),
        DMARCRecord(policy: .reject, isTesting: true),
        DMARCRecord(policy: .reject, subdomainPolicy: .quarantine),
    ])
    func `a DMARC record that is strict enough is taken`(record: DMARCRecord) async throws {
        #expect(await evaluate([:], try request(record: record)).result == .none)
    }

    @Test func `the record of the organisation counts beside the author's own`() async throws {
        let request = try request(recordDomain: "news.example.com")
        let open = ["_dmarc.example.com": ["v=DMARC1; p=none"]]
        #expect(await evaluate(open, request).result == .skipped)
        let closed = ["_dmarc.example.com": ["v=DMARC1; p=reject"]]
        #expect(await evaluate(closed, request).result == .none)
        #expect(await evaluate([:], request).result == .none)
        let down = await evaluate([:], request, failing: ["_dmarc.example.com"])
        #expect(down.result == .temperror)
        let without = try self.request(record: nil)
        #expect(await evaluate([:], without).result == .skipped)
    }

    @Test(arguments: [
        ("", "no From"), ("From: a@example.com\r\nFrom: b@example.com", "2 From"),
        ("From: a@example.com, b@example.com", "2 authors"), ("From: Anna", "domain"),
        ("From: a@[192.0.2.1]", "domain"), ("From: Us: a@example.com, b@example.com;", "2 authors"),
    ])
    func `a message without exactly one author is skipped`(
        header: String, word: String
    ) async throws {
        let message = RawMessage(Array((header + "\r\nTo: x@y.example\r\n\r\n").utf8))
        var request = try request()
        request.author = BIMIAuthor(message)
        let found = await evaluate([:], request)
        #expect(found.result == .skipped)
        #expect(found.reason.contains(word), "\(found.reason)")
    }

    @Test func `one author is read with the local part`() {
        let author = BIMIAuthor(RawMessage(Array("From: Anna <anna.b@Example.com>\r\n\r\n".utf8)))
        #expect(author.domain?.text == "example.com")
        #expect(author.localPart == "anna.b")
        #expect(author.problem == nil)
        let room = Limits.bimiAuthorOctets - 15
        let long = "From: " + String(repeating: " ", count: room)
        #expect(BIMIAuthor(RawMessage(Array((long + "a@example.com\r\n\r\n").utf8))).domain != nil)
        #expect(
            BIMIAuthor(RawMessage(Array((long + "  a@example.com\r\n\r\n").utf8))).problem
                == "The From field is too long.")
    }

    // MARK: Discovery

    private func discover(
        _ texts: [String: [String]], selector: String? = nil, localPart: String = "anna",
        failing: Set<String> = []
    ) async throws -> (BIMIEvaluation, [String]) {
        let found = await evaluate(
            texts, try request(selector: selector, localPart: localPart), failing: failing)
        return (found, found.asked.map(\.text))
    }

    @Test func `the author's record is found, then that of the organisation`() async throws {
        let (own, ownAsked) = try await discover([
            "default._bimi.news.example.com": [Self.record],
            "default._bimi.example.com": ["v=BIMI1; l=;"],
        ])
        #expect(own.domain?.text == "news.example.com" && own.selector == "default")
        #expect(own.record?.location?.host.text == "example.com")
        #expect(ownAsked == ["default._bimi.news.example.com"])
        let (upper, upperAsked) = try await discover([
            "default._bimi.news.example.com": ["v=spf1 -all"],
            "default._bimi.example.com": [Self.record],
        ])
        #expect(upper.domain?.text == "example.com" && upper.record != nil)
        #expect(upperAsked.count == 2)
        let (none, noneAsked) = try await discover([:])
        #expect(none.result == .none && noneAsked.count == 2)
    }

    @Test func `a selector is looked for at both places and has no default`() async throws {
        let (found, asked) = try await discover(
            ["default._bimi.example.com": [Self.record]], selector: "brand")
        #expect(found.result == .none)
        #expect(asked == ["brand._bimi.news.example.com", "brand._bimi.example.com"])
        let (own, _) = try await discover(
            ["brand._bimi.example.com": [Self.record]], selector: "brand")
        #expect(own.record != nil && own.selector == "brand")
    }

    @Test func `several records, invalid ones and failures end the search`() async throws {
        let name = "default._bimi.news.example.com"
        let upper = ["default._bimi.example.com": [Self.record]]
        let (several, asked) = try await discover(
            upper.merging([name: [Self.record, Self.record]]) { $1 })
        #expect(several.result == .fail && asked == [name])
        let (invalid, _) = try await discover(upper.merging([name: ["v=BIMI1; x=1"]]) { $1 })
        #expect(invalid.result == .fail)
        let (down, _) = try await discover(upper, failing: [name])
        #expect(down.result == .temperror)
        let (declined, _) = try await discover(upper.merging([name: ["v=BIMI1; l=; a=;"]]) { $1 })
        #expect(declined.result == .declined)
        let (half, _) = try await discover([
            name: ["v=BIMI1; l=; a=https://example.com/a.pem"]
        ])
        #expect(half.result == .fail)
    }

    @Test(arguments: [
        ("anna", "anna"), ("Anna.B_c+tag", "anna-b-c"), ("_.anna._", "anna"),
        ("a-._-b", "a---b"),
    ])
    func `a local part has its own record`(localPart: String, selector: String) async throws {
        let special = "v=BIMI1; l=https://example.com/special.svg"
        let (found, asked) = try await discover(
            [
                "default._bimi.news.example.com": ["v=BIMI1; l=; a=; lps="],
                "\(selector)._bimi.news.example.com": [special],
            ], localPart: localPart)
        #expect(found.selector == selector, "\(asked)")
        #expect(found.record?.location?.text.hasSuffix("special.svg") == true)
    }

    @Test func `a local part without its own record has the one that named it`() async throws {
        let name = "default._bimi.news.example.com"
        let (plain, asked) = try await discover([name: [Self.record + "; lps="]])
        #expect(plain.selector == "default" && plain.record != nil && asked.count == 2)
        // A prefix that does not match, letters that no selector has, and the selector itself.
        let (other, otherAsked) = try await discover([name: [Self.record + "; lps=brand-"]])
        #expect(other.record != nil && otherAsked == [name])
        for localPart in ["ännä", "a b", "+x", "...", String(repeating: "a", count: 64)] {
            let (_, asked) = try await discover(
                [name: [Self.record + "; lps="]], localPart: localPart)
            #expect(asked == [name], "\(localPart)")
        }
        let (_, same) = try await discover([name: [Self.record + "; lps="]], localPart: "Default")
        #expect(same == [name])
        let (matched, _) = try await discover(
            [
                name: [Self.record + "; lps=Brand-, an"],
                "anna._bimi.news.example.com": ["v=BIMI1; l=;"],
            ])
        #expect(matched.result == .declined && matched.selector == "anna")
        let (broken, _) = try await discover([
            name: [Self.record + "; lps="], "anna._bimi.news.example.com": ["v=BIMI1; x"],
        ])
        #expect(broken.selector == "default" && broken.record != nil)
    }

    // MARK: Logos and certificates

    @Test func `a logo without a certificate passes unless one is demanded`() async throws {
        let texts = ["default._bimi.example.com": [Self.record]]
        let found = await evaluate(texts, try request(), assets: logo)
        #expect(found.result == .pass && found.authority == .none)
        #expect(found.logo == logo.logo)
        let strict = await evaluate(
            texts, try request(), assets: logo, policy: BIMIPolicy(requiresEvidence: true))
        #expect(strict.result == .skipped && strict.logo == nil)
        let unfetched = await evaluate(texts, try request())
        #expect(unfetched.result == .skipped && unfetched.record != nil)
        let bad = await evaluate(
            texts, try request(), assets: BIMIAssets(logo: Array("<svg/>".utf8)))
        #expect(bad.result == .fail && bad.logoValidation?.isValid == false)
    }

    @Test func `a certificate decides where the record names one`() async throws {
        let authority = try MarkAuthority()
        let roots = try MarkRoots(pem: MarkAuthority.pem([authority.root]))
        let texts = ["default._bimi.example.com": [Self.certified]]
        var assets = logo
        let missing = await evaluate(texts, try request(), assets: assets, roots: roots)
        #expect(missing.result == .skipped && missing.authority == .none)
        assets.evidence = try MarkAuthority.pem([try authority.issue(), authority.issuer])
        let good = await evaluate(texts, try request(), assets: assets, roots: roots)
        #expect(good.result == .pass && good.authority == .pass, "\(good.reason)")
        #expect(good.logo == logo.logo)
        #expect(good.reason.contains("Test Authority"))
        let embedded = await evaluate(
            texts, try request(), assets: BIMIAssets(evidence: assets.evidence), roots: roots)
        #expect(embedded.result == .pass && embedded.logo == logo.logo)
        let untrusted = await evaluate(texts, try request(), assets: assets)
        #expect(untrusted.result == .fail && untrusted.authority == .fail)
        #expect(untrusted.logo == nil)
        let commonOnly = BIMIPolicy(acceptedKinds: [.common])
        let other = await evaluate(
            texts, try request(), assets: assets, policy: commonOnly, roots: roots)
        #expect(other.result == .skipped)
    }
}
