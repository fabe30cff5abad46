import DNS
import Gateway
import Identities
import MailAuthentication
import Testing

/// Judges messages with the real authenticator over a zone.
struct JudgeCase {
    var policy = "none"
    var from = "alice@sender.example"
    /// The client is in the sender's SPF record.
    var isGenuine = false
    var options = AuthenticationJudge.Options()
    var extraFields = ""
    var fromFields = 1

    func decide() async throws -> Decision {
        let zone = ZoneLookup(
            records: try ZoneFile.parse(
                """
                $ORIGIN sender.example.
                @ 60 TXT "v=spf1 ip4:192.0.2.1 -all"
                _dmarc 60 TXT "v=DMARC1; p=\(policy)"
                bank.example. 60 TXT "v=spf1 -all"
                _dmarc.bank.example. 60 TXT "v=DMARC1; p=\(policy)"
                nothing.example. 60 A 192.0.2.9
                """))
        let from = String(repeating: "From: \(from)\r\n", count: fromFields)
        let message = RawMessage(Array("\(extraFields)\(from)Subject: s\r\n\r\nbody\r\n".utf8))
        let authenticator = MessageAuthenticator(lookup: zone, suffixes: .system)
        let found = await authenticator.authenticate(
            MessageAuthenticatorRequest(
                message: message,
                client: IPAddress(isGenuine ? "192.0.2.1" : "198.51.100.1"), helo: "mx.example",
                mailFrom: "bounce@sender.example", now: 1_790_000_000))
        return AuthenticationJudge(options: options).decide(found, message)
    }
}

@Suite struct AuthenticationJudgeTests {
    @Test func `mail that proves its author is delivered, whatever the policy`() async throws {
        for policy in ["none", "quarantine", "reject"] {
            let decision = try await JudgeCase(policy: policy, isGenuine: true).decide()
            #expect(decision.disposition == .deliver)
            #expect(decision.reasons.first?.code == .authenticated)
        }
    }

    @Test(arguments: [
        ("reject", Decision.Disposition.reject, ReasonCode.policyReject),
        ("quarantine", .hold, .policyQuarantine), ("none", .deliver, .policyNone),
    ])
    func `mail that proves nothing goes the way its domain asks for`(
        policy: String, disposition: Decision.Disposition, code: ReasonCode
    ) async throws {
        let decision = try await JudgeCase(policy: policy).decide()
        #expect(decision.disposition == disposition)
        #expect(decision.reasons.first?.code == code)
        #expect(decision.reasons.allSatisfy { !$0.sentence.isEmpty })
    }

    @Test func `a name of our own from outside is held even where its record only watches`()
        async throws
    {
        var test = JudgeCase(policy: "none", from: "boss@bank.example")
        test.options.ownDomains = [try #require(DomainName("bank.example"))]
        let decision = try await test.decide()
        #expect(decision.disposition == .hold)
        #expect(decision.reasons.first?.code == .ownDomainForged)
    }

    @Test func `our own record may ask for more than we do`() async throws {
        var test = JudgeCase(policy: "reject", from: "boss@bank.example")
        test.options.ownDomains = [try #require(DomainName("bank.example"))]
        #expect(try await test.decide().disposition == .reject)
    }

    @Test func `a domain without a record is delivered and marked so`() async throws {
        let decision = try await JudgeCase(from: "x@nothing.example").decide()
        #expect(decision.disposition == .deliver)
        #expect(decision.reasons.first?.code == .noPolicy)
    }

    @Test func `mail without an author is held`() async throws {
        let decision = try await JudgeCase(fromFields: 0).decide()
        #expect(decision.disposition == .hold)
        #expect(decision.reasons.first?.code == .unclearAuthor)
    }

    @Test func `names in brackets that only look like a seal vouch for nothing`() async throws {
        var test = JudgeCase(policy: "reject")
        test.options.trustedSealers = [try #require(DomainName("forwarder.example"))]
        test.extraFields =
            "ARC-Authentication-Results: i=1; forwarder.example; dmarc=pass\r\n"
        #expect(try await test.decide().disposition == .reject)
    }

    @Test func `DNS that fails defers, and neither delivers nor refuses`() async throws {
        let message = RawMessage(Array("From: a@sender.example\r\n\r\nx\r\n".utf8))
        let authenticator = MessageAuthenticator(lookup: BrokenLookup(), suffixes: .system)
        let found = await authenticator.authenticate(
            MessageAuthenticatorRequest(
                message: message, client: IPAddress("192.0.2.1"), helo: "h",
                mailFrom: "a@sender.example", now: 1_790_000_000))
        let decision = AuthenticationJudge().decide(found, message)
        #expect(decision.disposition == .defer)
        #expect(decision.reasons.first?.code == .dnsUnavailable)
    }
}

/// A resolver that is gone.
struct BrokenLookup: DNSLookup {
    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        DNSAnswer(.failure("no answer"))
    }
}
