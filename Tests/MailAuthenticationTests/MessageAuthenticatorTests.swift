import DNS
import Identities
import MailAuthentication
import Testing

@Suite struct MessageAuthenticatorTests {
    private static let zone = """
        example.com. TXT "v=spf1 ip4:192.0.2.1 -all"
        example.com. A 192.0.2.1
        mail.example.com. TXT "v=spf1 a -all"
        mail.example.com. A 192.0.2.1
        _dmarc.example.com. TXT "v=DMARC1; p=reject"
        default._bimi.example.com. TXT "v=BIMI1; l=https://example.com/logo.svg; a="
        """

    private static let message = RawMessage(
        Array("From: a@example.com\r\nSubject: Hello\r\n\r\nHello\r\n".utf8))

    private func request(
        client: IPAddress? = IPAddress("192.0.2.1"), from: String = "a@example.com",
        message: RawMessage = message
    ) -> MessageAuthenticatorRequest {
        MessageAuthenticatorRequest(
            message: message, client: client, helo: "mail.example.com", mailFrom: from,
            recipients: ["b@example.net"], now: 1_700_000_000)
    }

    @Test func `one value tells of every check`() async throws {
        let dns = try TestDNS(Self.zone)
        let found = await MessageAuthenticator(lookup: dns, suffixes: .system).authenticate(
            request())
        #expect(found.spf?.result == .pass)
        #expect(found.spf?.identity == .mailFrom)
        #expect(found.helo?.result == .pass)
        #expect(found.helo?.identity == .helo)
        #expect(found.dkim.map(\.result) == [.none])
        #expect(found.arc?.result == ARCValidation.Result.none)
        #expect(found.dkim2 == nil)
        #expect(found.dmarc?.result == .pass)
        #expect(found.dmarc?.alignment.spf?.standing == .aligned)
        #expect(found.bimi == nil)
    }

    @Test func `no question is asked twice for one message`() async throws {
        let dns = try TestDNS(Self.zone)
        let authenticator = MessageAuthenticator(lookup: dns, suffixes: .system)
        let found = await authenticator.authenticate(request())
        let questions = await dns.questions
        #expect(questions.count == found.questions)
        // The name of the client is asked for with two types: TXT by SPF, A by its mechanism.
        #expect(Set(questions).count >= questions.count - 1)
        _ = await authenticator.authenticate(request())
        #expect(await dns.questions.count == 2 * questions.count)
    }

    @Test(arguments: [
        ("spf", "spf"), ("helo", "helo"), ("dkim", "dkim"), ("arc", "arc"), ("dkim2", "dkim2"),
        // DMARC stands on SPF and DKIM.
        ("dmarc", "spf dkim dmarc"), ("arc dkim", "dkim arc"), ("", ""),
        ("bimi", "spf dkim dmarc bimi"),
    ])
    func `only what is asked for is checked`(asked: String, expected: String) async throws {
        let checks = asked.split(separator: " ").compactMap {
            MessageAuthenticatorOptions.Check(rawValue: String($0))
        }
        let authenticator = MessageAuthenticator(
            lookup: try TestDNS(Self.zone), suffixes: .system,
            options: MessageAuthenticatorOptions(checks: Set(checks)))
        let found = await authenticator.authenticate(request())
        var made: [String] = []
        if found.spf != nil { made.append("spf") }
        if found.helo != nil { made.append("helo") }
        if !found.dkim.isEmpty { made.append("dkim") }
        if found.dkim2 != nil { made.append("dkim2") }
        if found.arc != nil { made.append("arc") }
        if found.dmarc != nil { made.append("dmarc") }
        if found.bimi != nil { made.append("bimi") }
        #expect(made.joined(separator: " ") == expected)
    }

    @Test func `for the null reverse path the HELO name stands in`() async throws {
        let found = await MessageAuthenticator(
            lookup: try TestDNS(Self.zone), suffixes: .system
        ).authenticate(request(from: ""))
        #expect(found.spf?.identity == .helo)
        #expect(found.helo?.domain?.text == "mail.example.com")
        #expect(found.dmarc?.result == .pass)
    }

    @Test func `without a client there is no SPF`() async throws {
        let found = await MessageAuthenticator(
            lookup: try TestDNS(Self.zone), suffixes: .system
        ).authenticate(request(client: nil))
        #expect(found.spf == nil)
        #expect(found.helo == nil)
        #expect(found.dmarc?.result == .fail)
        #expect(found.dmarc?.disposition == .reject)
    }

    @Test func `a failing DNS is a temporary error everywhere, and never a pass or a fail`()
        async throws
    {
        let authenticator = MessageAuthenticator(lookup: DeadDNS(), suffixes: .system)
        let found = await authenticator.authenticate(request())
        #expect(found.spf?.result == .temperror)
        #expect(found.helo?.result == .temperror)
        #expect(found.dmarc?.result == .temperror)
        #expect(found.dmarc?.disposition == DMARCPolicy.none)
    }

    @Test func `the record of BIMI is found for a message that passes`() async throws {
        let found = await MessageAuthenticator(
            lookup: try TestDNS(Self.zone), suffixes: .system,
            options: MessageAuthenticatorOptions(checks: [.bimi])
        ).authenticate(request())
        #expect(found.bimi?.record != nil)
        #expect(found.bimi?.domain?.text == "example.com")
    }

    @Test func `all of it goes into one Authentication-Results field`() async throws {
        let authenticator = MessageAuthenticator(
            lookup: try TestDNS(Self.zone), suffixes: .system)
        let found = await authenticator.authenticate(request())
        let results = found.authenticationResults(authservID: "mx.example.net")
        #expect(results.authservID == "mx.example.net")
        #expect(results.methods.map(\.method) == ["spf", "spf", "dkim", "arc", "dmarc"])
        #expect(results.methods.map(\.result) == ["pass", "pass", "none", "none", "pass"])
        #expect(results.results(of: "spf").first?[.smtpMailFrom] == "a@example.com")
        #expect(results.results(of: "spf").last?[.smtpHELO] == "mail.example.com")
        #expect(results.results(of: "dmarc").first?[.headerFrom] == "example.com")
        #expect(results.results(of: "dmarc").first?[.policyDMARC] == "reject")
        // For a bounce both checks of SPF are the same one.
        let bounce = await authenticator.authenticate(request(from: ""))
        #expect(bounce.authenticationResults(authservID: "mx").results(of: "spf").count == 1)
    }

    @Test func `a header that is too large is told`() async throws {
        let field = "X: " + String(repeating: "x", count: 990) + "\r\n"
        let count = Limits.headerSectionOctets / field.utf8.count + 2
        let message = RawMessage(
            Array("From: a@example.com\r\n".utf8)
                + Array(repeating: Array(field.utf8), count: count).joined() + [0x0D, 0x0A])
        let found = await MessageAuthenticator(
            lookup: try TestDNS(Self.zone), suffixes: .system
        ).authenticate(request(message: message))
        #expect(found.defects.contains(.headerTooLarge))
        #expect(found.dmarc?.result == .pass)
    }
}

/// The bound on questions, and what happens when several ask at the same time.
@Suite struct MessageAuthenticatorLookupTests {
    @Test func `beyond the limit there are no more answers`() async throws {
        let dns = EndlessDNS()
        let authenticator = MessageAuthenticator(lookup: dns, suffixes: .system)
        // Many signatures of different domains, each with a key to ask for, and many authors.
        let signatures = (0..<400).map {
            "DKIM-Signature: v=1; a=rsa-sha256; d=d\($0).example; s=s; h=from; bh=YQ==; b=YQ==\r\n"
        }
        let seals = (1...50).map {
            """
            ARC-Seal: i=\($0); a=rsa-sha256; d=a\($0).example; s=s; cv=none; b=YQ==\r
            ARC-Message-Signature: i=\($0); a=rsa-sha256; d=m\($0).example; s=s; h=from; bh=YQ==; b=YQ==\r
            ARC-Authentication-Results: i=\($0); x\r\n
            """
        }
        let from = (0..<8).map { "a@x.x.x.x.x.x.x.x.x.a\($0).example" }.joined(separator: ", ")
        let text = signatures.joined() + seals.joined() + "From: \(from)\r\n\r\n"
        let found = await authenticator.authenticate(
            MessageAuthenticatorRequest(
                message: RawMessage(Array(text.utf8)), client: IPAddress("192.0.2.1"),
                helo: "a.example", mailFrom: "a@b.example", now: 0))
        #expect(found.questions <= Limits.questionsPerMessage)
        #expect(await dns.count == found.questions)
        #expect(found.dmarc != nil)
    }

    @Test(arguments: [1, 5])
    func `no more questions than allowed are passed on`(limit: Int) async throws {
        let dns = EndlessDNS()
        let authenticator = MessageAuthenticator(
            lookup: dns, suffixes: .system,
            options: MessageAuthenticatorOptions(questions: limit))
        let found = await authenticator.authenticate(
            MessageAuthenticatorRequest(
                message: RawMessage(Array("From: a@a.b.c.example\r\n\r\n".utf8)),
                client: IPAddress("192.0.2.1"), helo: "h.example", mailFrom: "a@b.example", now: 0))
        #expect(found.questions == limit)
        #expect(await dns.count == limit)
        #expect(found.dmarc?.result == .temperror)
        #expect(found.dmarc?.reason.contains("too many questions") == true)
    }
}

/// Answers nothing.
private struct DeadDNS: DNSLookup {
    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        DNSAnswer(.failure("time-out"))
    }
}

/// Says of every name that it has no records, after a while, and counts.
private actor EndlessDNS: DNSLookup {
    private(set) var count = 0

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        count += 1
        await Task.yield()
        return DNSAnswer(.noData)
    }
}
