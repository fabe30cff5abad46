import Identities
import MailAuthentication
import Testing

@Suite struct `Rendered results` {
    @Test func `are quoted where they must be, and read back the same`() {
        let results = AuthenticationResults(
            authservID: "mx.example.org/one", version: 1,
            methods: [
                MethodResult(
                    "dkim", "pass", version: 1, comment: #"a (b) \ c"#, reason: #"well "done""#,
                    properties: [
                        ResultProperty(.headerIdentity, "@example.org"),
                        ResultProperty(.headerSignature, "Qgi/FoC0"),
                        ResultProperty(.headerDomain, "example.org", comment: "as (seen)"),
                    ]),
                MethodResult(
                    "iprev", "pass", properties: [ResultProperty(.policyIPRev, "2001:db8::1")]),
                MethodResult(
                    "spf", "none",
                    properties: [
                        ResultProperty(.smtpMailFrom, ""), ResultProperty(.smtpHELO, "[192.0.2.1]"),
                        ResultProperty(.smtpAuth, "SRS0=a=b=c@example.org"),
                    ]),
            ])
        #expect(
            results.render() == #""mx.example.org/one" 1; "#
                + #"dkim/1=pass (a \(b\) \\ c) reason="well \"done\"" header.i=@example.org "#
                + #"header.b="Qgi/FoC0" header.d=example.org (as \(seen\)); "#
                + #"iprev=pass policy.iprev="2001:db8::1"; spf=none smtp.mailfrom="" "#
                + #"smtp.helo="[192.0.2.1]" smtp.auth=SRS0=a=b=c@example.org"#)
        #expect(AuthenticationResultsParser.parse(results.render()) == results)
    }

    @Test func `say none where nothing was checked`() {
        #expect(AuthenticationResults(authservID: "a.example").render() == "a.example; none")
        let local = AuthenticationResults(
            authservID: "a.example", version: 1, comment: "local; not checked")
        #expect(local.render() == "a.example 1; none (local; not checked)")
        #expect(AuthenticationResultsParser.parse(local.render()) == local)
    }

    @Test func `are folded to short lines that unfold to the same`() throws {
        var results = AuthenticationResults(authservID: "mx.example.org")
        for number in 0..<6 {
            results.methods.append(
                MethodResult(
                    "dkim", "fail", comment: "the signature does not match the text of the message",
                    reason: "somebody has changed a word or two in it since it was signed",
                    properties: [ResultProperty(.headerDomain, "host\(number).example.org")]))
        }
        let long = String(repeating: "x", count: 300)
        results.methods[5].add(.headerSelector, long)
        let field = results.renderField()
        let lines = field.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count > 10)
        #expect(lines.allSatisfy { $0.utf8.count <= 78 || $0.contains(long) })
        #expect(lines.dropFirst().allSatisfy { $0.first == " " && $0.contains { $0 != " " } })
        #expect(
            lines.joined() == "Authentication-Results: " + results.render())
        #expect(AuthenticationResultsParser.parse(try #require(RawField(field))) == results)
        let arc = results.renderARCField(instance: 2)
        #expect(arc.hasPrefix("ARC-Authentication-Results: i=2; mx.example.org;"))
    }

    @Test func `cannot be broken out of by what a sender chose`() throws {
        let nasty = "a\r\n\r\nevil\u{0}; dkim=pass \"x\" (y) \\ \u{7F}\u{85}"
        var spf = MethodResult("spf", "fail", comment: nasty, reason: nasty)
        spf.add(.smtpMailFrom, nasty)
        spf.add(PropertyName(type: "a b;", property: "\r\n"), nasty)
        let results = AuthenticationResults(authservID: "mx.example", methods: [spf])
        for isInternationalised in [true, false] {
            let text = results.renderField(isInternationalised: isInternationalised)
            #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0D || $0 == 0x0A })
            #expect(!text.contains("\r\n\r\n"))
            let field = try #require(RawField(text))
            let again = AuthenticationResultsParser.parse(field)
            #expect(again.methods.count == 1)
            #expect(again.methods[0].method == "spf")
            #expect(again.defects.isEmpty)
            #expect(again.methods[0][.smtpMailFrom]?.hasPrefix("a    evil?; dkim=pass") == true)
        }
        let long = AuthenticationResults(
            authservID: "mx.example",
            methods: [MethodResult("spf", "fail", comment: String(repeating: "é(", count: 5_000))])
        #expect(long.render().utf8.count < 2 * Limits.authenticationResultsText + 60)
    }

    @Test func `have the words of our own checks`() throws {
        let domain = try #require(DomainName("e.example"))
        let spf = SPFEvaluation(.softfail, domain: domain, reason: "It may; it may not.")
        #expect(
            MethodResult(spf, mailFrom: "a@e.example", helo: "mx.example").render()
                == "spf=softfail (It may, it may not.) smtp.mailfrom=a@e.example "
                + "smtp.helo=mx.example")
        #expect(MethodResult(spf).render().hasSuffix("smtp.mailfrom=e.example"))
        let helo = SPFEvaluation(.pass, identity: .helo, domain: domain, reason: "")
        #expect(MethodResult(helo, mailFrom: "").render() == "spf=pass smtp.helo=e.example")
        let dkim = DKIMVerification(
            .pass, domain: domain, selector: "s1", algorithm: "rsa-sha256",
            identity: "@e.example", signaturePrefix: "abcdefgh", reason: "Good.")
        #expect(
            MethodResult(dkim).render()
                == "dkim=pass (Good.) header.d=e.example header.i=@e.example header.s=s1 "
                + "header.a=rsa-sha256 header.b=abcdefgh")
        #expect(
            MethodResult(DKIMVerification(.none, reason: "“No” signature…")).render()
                == #"dkim=none ("No" signature...)"#)
        let arc = ARCValidation(.pass, instances: 2, oldestPass: 1, reason: "Good.")
        #expect(
            MethodResult(arc, client: IPAddress("2001:db8::1")).render()
                == #"arc=pass (Good.) smtp.remote-ip="2001:db8::1" header.oldest-pass=1"#)
        #expect(
            MethodResult(ARCValidation(.none, reason: "")).render() == "arc=none")
        let dmarc = MethodResult(
            "dmarc", "fail", comment: "p=reject",
            properties: [ResultProperty(.headerFrom, "e.example")])
        #expect(dmarc.render() == "dmarc=fail (p=reject) header.from=e.example")
    }

    @Test func `say which signature they are about`() throws {
        let domain = try #require(DomainName("e.example"))
        let other = try #require(DomainName("o.example"))
        var result = MethodResult("dkim", "pass")
        #expect(!result.isAbout(domain))
        result.add(.headerDomain, "E.example")
        #expect(result.isAbout(domain) && !result.isAbout(other))
        #expect(result.isAbout(domain, signature: "abcdefghij"))
        #expect(!result.isAbout(domain, isStrict: true))
        result.add(.headerSignature, "abcdefgh")
        #expect(result.isAbout(domain, signature: "abcdefghij", isStrict: true))
        #expect(!result.isAbout(domain, signature: "abcdefg") && !result.isAbout(domain))
        #expect(!result.isAbout(domain, algorithm: "rsa-sha256"))
    }
}
