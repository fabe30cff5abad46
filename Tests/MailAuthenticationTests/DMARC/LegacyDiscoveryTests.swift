import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing

@Suite struct LegacyDiscoveryTests {
    private func discovery(_ dns: TestDNS) -> PolicyDiscovery {
        PolicyDiscovery(method: .publicSuffixList, lookup: dns, suffixes: .system)
    }

    @Test func `the author domain is asked, then the organizational domain, and no other`()
        async throws
    {
        let dns = try TestDNS(
            """
            _dmarc.example.co.uk. TXT "v=DMARC1; p=reject; sp=quarantine"
            _dmarc.b.example.co.uk. TXT "v=DMARC1; p=none; psd=n"
            """)
        let policy = await discovery(dns).discover(try domain("a.b.example.co.uk"))
        #expect(
            await dns.questions == ["_dmarc.a.b.example.co.uk", "_dmarc.example.co.uk"])
        #expect(policy.recordDomain?.text == "example.co.uk")
        #expect(policy.organizationalDomain.text == "example.co.uk")
        #expect(policy.appliedPolicy()?.tag == .subdomainPolicy)
    }

    @Test func `a public suffix stands for itself`() async throws {
        let dns = try TestDNS("_dmarc.co.uk. TXT \"v=DMARC1; p=reject\"")
        let policy = await discovery(dns).discover(try domain("co.uk"))
        #expect(policy.recordDomain?.text == "co.uk")
        #expect(await dns.questions == ["_dmarc.co.uk"])
    }

    @Test func `several records end the discovery`() async throws {
        let dns = try TestDNS(
            """
            _dmarc.www.example.com. TXT "v=DMARC1; p=none"
            _dmarc.www.example.com. TXT "v=DMARC1; p=reject"
            _dmarc.example.com. TXT "v=DMARC1; p=reject"
            """)
        let policy = await discovery(dns).discover(try domain("www.example.com"))
        #expect(policy.record == nil)
        #expect(policy.failure == nil)
        #expect(policy.steps.map(\.outcome) == [.severalRecords])
    }

    @Test func `a failing look-up at either place leaves the policy unknown`() async throws {
        for name in ["_dmarc.www.example.com", "_dmarc.example.com"] {
            let policy = await discovery(try TestDNS("example.com. A 192.0.2.1", failing: [name]))
                .discover(try domain("www.example.com"))
            #expect(policy.policyFailure?.contains(name) == true)
            #expect(policy.appliedPolicy() == nil)
        }
    }

    @Test func `relaxed alignment goes by the list`() async throws {
        let dns = try TestDNS("_dmarc.example.co.uk. TXT \"v=DMARC1; p=reject\"")
        let discovery = discovery(dns)
        let policy = await discovery.discover(try domain("www.example.co.uk"))
        for (identifier, expected) in [
            ("mail.example.co.uk", true), ("example.co.uk", true), ("other.co.uk", false),
        ] {
            let name = try domain(identifier)
            #expect(await discovery.isAligned(name, with: policy, mode: .relaxed) == expected)
        }
        // github.io is a private suffix: its tenants are not aligned with one another.
        let tenant = await discovery.discover(try domain("anna.github.io"))
        let other = try domain("ben.github.io")
        #expect(await discovery.isAligned(other, with: tenant, mode: .relaxed) == false)
    }
}

/// The mails of rspamd's DMARC test set: their Author Domains, under the policies that the set's
/// names and expected results state.
@Suite struct RspamdAuthorDomainTests {
    private static let zone = """
        _dmarc.cacophony.za.org. TXT "v=DMARC1; p=none; sp=reject"
        _dmarc.reject.cacophony.za.org. TXT "v=DMARC1; p=reject"
        _dmarc.quarantine.cacophony.za.org. TXT "v=DMARC1; p=quarantine"
        _dmarc.yoni.za.org. TXT "v=DMARC1; p=reject; sp=none"
        _dmarc.yoni.za.net. TXT "v=DMARC1; p=none; sp=quarantine"
        _dmarc.yo.mom.za.org. TXT "v=DMARC1; p=reject; aspf=s; adkim=s"
        _dmarc.my.mom.za.org. TXT "v=DMARC1; p=reject"
        _dmarc.mom.za.org. TXT "v=DMARC1; p=reject"
        _dmarc.zero_pct.com. TXT "v=DMARC1; p=reject; sp=quarantine; pct=0"
        """

    @Test(arguments: [
        ("pass_none.eml", DMARCPolicy.none, PolicyTag.policy),
        ("fail_none.eml", .none, .policy), ("fail_reject.eml", .reject, .policy),
        ("fail_quarantine.eml", .quarantine, .policy),
        ("subdomain_fail_none.eml", .none, .subdomainPolicy),
        ("subdomain_fail_reject.eml", .reject, .subdomainPolicy),
        ("subdomain_fail_quarantine.eml", .quarantine, .subdomainPolicy),
        ("onsubdomain_fail_alignment.eml", .reject, .policy),
        ("onsubdomain_pass_relaxed.eml", .reject, .policy),
        // RFC 9989 removed pct: the policy counts in full.
        ("pct_none.eml", .reject, .policy), ("pct_none1.eml", .quarantine, .subdomainPolicy),
    ])
    func `each mail comes under the policy that its name promises`(
        file: String, policy: DMARCPolicy, tag: PolicyTag
    ) async throws {
        let path = try SharedData.path("conformance/dmarc-rspamd/dmarc/" + file)
        let author = try #require(authorDomain(try SharedData.bytes(path)))
        for method in DiscoveryMethod.allCases {
            let discovery = PolicyDiscovery(
                method: method, lookup: try TestDNS(Self.zone), suffixes: .system)
            let applied = await discovery.discover(author).appliedPolicy()
            #expect(applied?.requested == policy, "\(file) \(method) \(author)")
            #expect(applied?.tag == tag, "\(file) \(method) \(author)")
        }
    }

    @Test func `the strict mail fails for the parent and passes for itself`() async throws {
        let discovery = PolicyDiscovery(
            method: .treeWalk, lookup: try TestDNS(Self.zone), suffixes: .system)
        let policy = await discovery.discover(try domain("yo.mom.za.org"))
        let mode = try #require(policy.record).spfAlignment
        let (parent, same) = (try domain("mom.za.org"), try domain("yo.mom.za.org"))
        #expect(await discovery.isAligned(parent, with: policy, mode: mode) == false)
        #expect(await discovery.isAligned(same, with: policy, mode: mode) == true)
        let relaxed = await discovery.discover(try domain("my.mom.za.org"))
        #expect(await discovery.isAligned(parent, with: relaxed, mode: .relaxed) == true)
    }

    private func authorDomain(_ message: [UInt8]) -> DomainName? {
        for line in String(decoding: message, as: UTF8.self).split(whereSeparator: \.isNewline)
        where line.lowercased().hasPrefix("from:") {
            let address = line.drop { $0 != "@" }.dropFirst().prefix { $0 != ">" }
            return DomainName(address)
        }
        return nil
    }
}
