import DNS
import Identities
import MailAuthentication
import Testing

/// What was read of a record counts as long as the DNS says the same.
@Suite struct RememberedRecordTests {
    private static let client = IPAddress("192.0.2.1")

    private func spf(
        _ evaluator: SPFEvaluator, _ domain: String = "example.com"
    ) async throws -> SPFResult {
        await evaluator.evaluate(
            SPFRequest(
                client: try #require(Self.client), helo: "mx.example.com",
                mailFrom: "a@\(domain)")
        ).result
    }

    private func dmarc(
        _ evaluator: DMARCEvaluator, _ domain: String = "example.com"
    ) async -> DMARCPolicy {
        await evaluator.evaluate(
            RawMessage(Array("From: a@\(domain)\r\n\r\n".utf8)), spf: nil, dkim: []
        ).disposition
    }

    @Test func `an SPF record that changes is read anew`() async throws {
        let dns = DKIMChangingDNS("v=spf1 ip4:192.0.2.1 -all")
        let evaluator = SPFEvaluator(lookup: dns)
        for (text, expected) in [
            ("v=spf1 ip4:192.0.2.1 -all", SPFResult.pass), ("v=spf1 -all", .fail),
            ("v=spf1 ip4", .permerror), ("something else", .none),
            ("v=spf1 ip4:192.0.2.1 -all", .pass),
        ] {
            dns.set(text)
            #expect(try await spf(evaluator) == expected)
            #expect(try await spf(evaluator) == expected)
        }
    }

    @Test func `a DMARC record that changes is read anew`() async {
        let dns = DKIMChangingDNS("")
        let evaluator = DMARCEvaluator(lookup: dns, suffixes: .system)
        for (text, expected) in [
            ("v=DMARC1; p=reject", DMARCPolicy.reject), ("v=DMARC1; p=quarantine", .quarantine),
            ("something else", .none), ("v=DMARC1; p=reject", .reject),
        ] {
            dns.set(text)
            #expect(await dmarc(evaluator) == expected)
            #expect(await dmarc(evaluator) == expected)
        }
    }

    @Test func `more names than are remembered are all judged`() async throws {
        let senders = SPFEvaluator(lookup: DKIMChangingDNS("v=spf1 ip4:192.0.2.1 -all"))
        for number in 0..<Limits.spfCachedRecords + 10 {
            #expect(try await spf(senders, "d\(number).example") == .pass)
        }
        let authors = DMARCEvaluator(
            lookup: DKIMChangingDNS("v=DMARC1; p=reject"), suffixes: .system)
        for number in 0..<Limits.dmarcCachedNames + 10 {
            #expect(await dmarc(authors, "d\(number).example") == .reject)
        }
    }

    @Test func `records too large to be remembered are judged all the same`() async throws {
        let padding = String(
            repeating: " ip4:198.51.100.1", count: Limits.spfCachedRecordOctets / 16 + 1)
        let dns = DKIMChangingDNS("v=spf1\(padding) -all")
        let senders = SPFEvaluator(lookup: dns)
        #expect(try await spf(senders) == .fail)
        dns.set("v=spf1\(padding) ip4:192.0.2.1 -all")
        #expect(try await spf(senders) == .pass)

        let tags = " x=y;" + String(repeating: " ", count: Limits.dmarcCachedRecordOctets)
        dns.set("v=DMARC1; p=reject;\(tags)")
        let authors = DMARCEvaluator(lookup: dns, suffixes: .system)
        #expect(await dmarc(authors) == .reject)
        dns.set("v=DMARC1; p=none;\(tags)")
        #expect(await dmarc(authors) == .none)
    }

    @Test func `answers at hand and answers to wait for lead to the same`() async throws {
        let zone = ZoneLookup(
            records: try ZoneFile.parse(
                """
                $ORIGIN example.com.
                @ 300 IN TXT "v=spf1 include:_spf.example.com mx -all"
                @ 300 IN MX 10 mx
                mx 300 IN A 192.0.2.1
                mail 300 IN TXT "v=spf1 a -all"
                mail 300 IN A 192.0.2.1
                _spf 300 IN TXT "v=spf1 ip4:198.51.100.0/24 -all"
                _dmarc 300 IN TXT "v=DMARC1; p=reject"
                """))
        let request = MessageAuthenticatorRequest(
            message: RawMessage(Array("From: a@example.com\r\n\r\nHello\r\n".utf8)),
            client: Self.client, helo: "mail.example.com", mailFrom: "a@example.com",
            recipients: ["b@example.net"], now: 1_700_000_000)
        let options = MessageAuthenticatorOptions(
            checks: Set(MessageAuthenticatorOptions.Check.allCases))
        let found = await MessageAuthenticator(
            lookup: zone, suffixes: .system, options: options
        ).authenticate(request)
        let later = await MessageAuthenticator(
            lookup: LateAnswers(zone: zone), suffixes: .system, options: options
        ).authenticate(request)
        #expect(found.spf?.result == .pass)
        #expect(found.dmarc?.result == .pass)
        #expect(found.spf?.reason == later.spf?.reason)
        #expect(found.helo?.reason == later.helo?.reason)
        #expect(found.dkim.map(\.reason) == later.dkim.map(\.reason))
        #expect(found.dkim2?.reason == later.dkim2?.reason)
        #expect(found.arc?.reason == later.arc?.reason)
        #expect(found.dmarc?.reason == later.dmarc?.reason)
        #expect(found.bimi?.reason == later.bimi?.reason)
        #expect(found.questions == later.questions)
    }
}

/// The same answers after a while.
private struct LateAnswers: DNSLookup {
    let zone: ZoneLookup

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        await Task.yield()
        return await zone.lookUp(name, type)
    }
}
