import DNS
import Identities
import MailAuthentication
import Testing

@Suite struct TreeWalkTests {
    private func discovery(
        _ dns: TestDNS, _ proposals: [DomainName: String] = [:]
    ) -> PolicyDiscovery {
        PolicyDiscovery(
            method: .treeWalk, lookup: dns, suffixes: .system, proposals: proposals)
    }

    @Test func `a name of twelve labels takes eight questions`() async throws {
        let dns = try TestDNS("example.com. A 192.0.2.1")
        _ = await discovery(dns).organizationalDomain(
            of: try domain("a.b.c.d.e.f.g.h.i.j.mail.example.com"))
        #expect(
            await dns.questions == [
                "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
                "_dmarc.g.h.i.j.mail.example.com", "_dmarc.h.i.j.mail.example.com",
                "_dmarc.i.j.mail.example.com", "_dmarc.j.mail.example.com",
                "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com",
            ])
    }

    @Test(arguments: [(1, 1), (2, 2), (7, 7), (8, 8), (9, 8), (30, 8)])
    func `the number of questions never exceeds the limit`(labels: Int, asked: Int) async throws {
        let dns = try TestDNS("example.com. A 192.0.2.1")
        let name = Array(repeating: "x", count: labels).joined(separator: ".")
        let found = await discovery(dns).organizationalDomain(of: try domain(name))
        #expect(await dns.questions.count == asked)
        #expect(asked <= Limits.treeWalkQueries)
        #expect(found.steps.count == asked)
        #expect(found.basis == .itself)
    }

    // RFC 9989 §4.10.2, its three examples.
    @Test(arguments: [
        (
            "_dmarc.mail.example.com. TXT \"v=DMARC1; p=none\"\n"
                + "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
            "example.com", OrganizationalDomain.Basis.highestRecord
        ),
        (
            "_dmarc.mail.example.com. TXT \"v=DMARC1; p=none; psd=n\"\n"
                + "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
            "mail.example.com", .notPublicSuffix
        ),
        (
            "_dmarc.com. TXT \"v=DMARC1; p=none; psd=y\"", "example.com", .belowPublicSuffix
        ),
        ("example.com. A 192.0.2.1", "a.mail.example.com", .itself),
    ])
    func `the organizational domain is selected from the longest name to the shortest`(
        zone: String, expected: String, basis: OrganizationalDomain.Basis
    ) async throws {
        let found = await discovery(try TestDNS(zone)).organizationalDomain(
            of: try domain("a.mail.example.com"))
        #expect(found.name.text == expected)
        #expect(found.basis == basis)
    }

    // RFC 9989 Appendix B.4.1 and B.4.2.
    @Test(arguments: ["example.com", "a.b.c.d.e.f.g.h.i.j.k.example.com"])
    func `a signature of a sister domain with its own record is aligned`(
        author: String
    ) async throws {
        let discovery = discovery(
            try TestDNS(
                """
                _dmarc.example.com. TXT "v=DMARC1; p=reject"
                _dmarc.signing.example.com. TXT "v=DMARC1; p=none"
                """))
        let policy = await discovery.discover(try domain(author))
        #expect(policy.recordDomain?.text == "example.com")
        #expect(policy.organizationalDomain.text == "example.com")
        for identifier in ["example.com", "signing.example.com"] {
            let name = try domain(identifier)
            #expect(await discovery.isAligned(name, with: policy, mode: .relaxed) == true)
            let isSame = identifier == author
            #expect(await discovery.isAligned(name, with: policy, mode: .strict) == isSame)
        }
    }

    // RFC 9989 Appendix B.4.3.
    @Test func `below a public suffix each name is its own organisation`() async throws {
        let discovery = discovery(
            try TestDNS(
                """
                _dmarc.bank.example. TXT "v=DMARC1; p=reject; psd=y"
                _dmarc.giant.bank.example. TXT "v=DMARC1; p=quarantine"
                """))
        let policy = await discovery.discover(try domain("giant.bank.example"))
        #expect(policy.organizationalDomain.text == "giant.bank.example")
        #expect(policy.recordDomain?.text == "giant.bank.example")
        #expect(policy.appliedPolicy()?.policy == .quarantine)
        let ours = try domain("mail.giant.bank.example")
        #expect(await discovery.isAligned(ours, with: policy, mode: .relaxed) == true)
        let others = try domain("mail.mega.bank.example")
        #expect(await discovery.isAligned(others, with: policy, mode: .relaxed) == false)
    }

    @Test func `the public suffix's record applies where the organisation has none`() async throws {
        let discovery = discovery(
            try TestDNS(
                """
                _dmarc.bank.example. TXT "v=DMARC1; p=none; sp=quarantine; np=reject; psd=y"
                mega.bank.example. A 192.0.2.1
                """))
        let real = await discovery.discover(try domain("mega.bank.example"))
        #expect(real.recordDomain?.text == "bank.example")
        #expect(real.organizationalDomain.text == "mega.bank.example")
        #expect(real.authorExists == true)
        #expect(real.appliedPolicy()?.tag == .subdomainPolicy)
        let invented = await discovery.discover(try domain("fake.bank.example"))
        #expect(invented.authorExists == false)
        #expect(invented.appliedPolicy()?.policy == .reject)
        let itself = await discovery.discover(try domain("bank.example"))
        #expect(itself.appliedPolicy()?.tag == .policy)
        #expect(itself.organizationalDomain.text == "bank.example")
    }

    @Test func `a record in between without psd=n does not apply below`() async throws {
        let dns = try TestDNS(
            """
            _dmarc.example.com. TXT "v=DMARC1; p=reject"
            _dmarc.mail.example.com. TXT "v=DMARC1; p=none"
            """)
        let policy = await discovery(dns).discover(try domain("a.mail.example.com"))
        #expect(policy.recordDomain?.text == "example.com")
        #expect(policy.steps.map(\.outcome) == [.noRecord, .record, .record, .noRecord])
    }

    @Test func `several records, other records and unreadable ones are passed over`() async throws {
        let dns = try TestDNS(
            """
            _dmarc.a.b.c.example.com. TXT "v=DMARC1; p=none"
            _dmarc.a.b.c.example.com. TXT "v=DMARC1; p=quarantine"
            _dmarc.b.c.example.com. TXT "v=spf1 -all"
            _dmarc.c.example.com. TXT "v=DMARC1; p=none; p=none"
            _dmarc.example.com. TXT "v=spf1 -all"
            _dmarc.example.com. TXT "v=DMA" "RC1; p=rej" "ect"
            """)
        let policy = await discovery(dns).discover(try domain("a.b.c.example.com"))
        #expect(policy.recordDomain?.text == "example.com")
        #expect(policy.appliedPolicy()?.policy == .reject)
        #expect(
            policy.steps.map(\.outcome)
                == [.severalRecords, .otherRecords, .invalidRecord, .record, .noRecord])
    }

    @Test func `existence is asked only where np can matter`() async throws {
        let zone = """
            _dmarc.example.com. TXT "v=DMARC1; p=reject; sp=none"
            alias.example.com. CNAME nowhere.example.net.
            """
        let without = try TestDNS(zone)
        let policy = await discovery(without).discover(try domain("ghost.example.com"))
        #expect(policy.authorExists == nil)
        #expect(await !without.questions.contains("ghost.example.com"))
        let dns = try TestDNS(zone)
        let example = try domain("example.com")
        let proposal = discovery(dns, [example: "v=DMARC1; p=none; np=reject"])
        let ghost = await proposal.discover(try domain("ghost.example.com"))
        #expect(ghost.appliedPolicy()?.tag == .nonexistentSubdomainPolicy)
        // An alias that leads nowhere exists itself (RFC 9989 Appendix A.4: any record will do).
        let alias = await proposal.discover(try domain("alias.example.com"))
        #expect(alias.authorExists == true)
        #expect(alias.appliedPolicy()?.tag == .policy)
        let own = await proposal.discover(example)
        #expect(own.authorExists == nil)
    }

    @Test func `a proposal stands in for the record, and nothing is asked there`() async throws {
        let dns = try TestDNS("_dmarc.example.com. TXT \"v=DMARC1; p=none\"")
        let policy = await discovery(dns, [try domain("example.com"): "v=DMARC1; p=reject"])
            .discover(try domain("www.example.com"))
        #expect(policy.appliedPolicy()?.policy == .reject)
        #expect(await !dns.questions.contains("_dmarc.example.com"))
    }

    @Test func `a failing look-up is said, and nothing is guessed`() async throws {
        let zone = """
            _dmarc.example.com. TXT "v=DMARC1; p=reject; np=reject; sp=none"
            """
        let early = discovery(try TestDNS(zone, failing: ["_dmarc.www.example.com"]))
        let unknown = await early.discover(try domain("www.example.com"))
        #expect(unknown.record == nil)
        #expect(unknown.policyFailure != nil)
        #expect(unknown.appliedPolicy() == nil)

        // The domain's own record is enough for the policy, not for relaxed alignment.
        let late = discovery(try TestDNS(zone, failing: ["_dmarc.com"]))
        let policy = await late.discover(try domain("example.com"))
        #expect(policy.appliedPolicy()?.policy == .reject)
        #expect(policy.alignmentFailure != nil)
        let same = try domain("example.com")
        #expect(await late.isAligned(same, with: policy, mode: .relaxed) == true)
        let other = try domain("mail.example.com")
        #expect(await late.isAligned(other, with: policy, mode: .relaxed) == nil)
        #expect(await late.isAligned(other, with: policy, mode: .strict) == false)

        let existence = discovery(try TestDNS(zone, failing: ["www.example.com"]))
        let undecided = await existence.discover(try domain("www.example.com"))
        #expect(undecided.record != nil)
        #expect(undecided.appliedPolicy() == nil)
        #expect(undecided.failure?.contains("www.example.com") == true)
    }

    @Test func `a foreign identifier costs no look-up`() async throws {
        let dns = try TestDNS("_dmarc.example.com. TXT \"v=DMARC1; p=reject\"")
        let discovery = discovery(dns)
        let policy = await discovery.discover(try domain("example.com"))
        let before = await dns.questions.count
        let foreign = try domain("bounces.sendgrid.net")
        #expect(await discovery.isAligned(foreign, with: policy, mode: .relaxed) == false)
        #expect(await dns.questions.count == before)
    }
}
