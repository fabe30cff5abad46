import DNS
import FoundationEssentials
import Identities
import MailAuthentication
import TestSupport
import Testing

/// DKIM messages and keys of others.
@Suite struct DKIMConformanceTests {
    // MARK: chasquid

    /// Cases 07 to 11 share messages and answers by symbolic links, which the data does not carry.
    private static let chasquidLinks = [
        "02-too_many_headers.dns": "01-rfc8463.dns",
        "04-bad_dkim_signature_header.dns":
            "01-rfc8463.dns", "07-algo_mismatch.msg": "01-rfc8463.msg",
        "07-algo_mismatch.result": "01-rfc8463.result",
        "09-limited_body.dns":
            "08-our_signature.dns", "10-strict_domain_check_pass.msg": "01-rfc8463.msg",
    ]

    private struct ChasquidResult: Decodable {
        struct Signature: Decodable {
            let Domain: String
            let State: String
        }
        let Results: [Signature]
    }

    @Test func `dkim-chasquid gives the states of its result files`() async throws {
        var suite = DKIMSuite("dkim-chasquid")
        let names = [
            "01-rfc8463", "02-too_many_headers", "03-bad_message", "04-bad_dkim_signature_header",
            "05-dns_temp_error", "06-dns_perm_error", "07-algo_mismatch", "08-our_signature",
            "09-limited_body", "10-strict_domain_check_pass", "11-strict_domain_check_fail",
        ]
        func path(_ name: String) -> String { Self.chasquidLinks[name] ?? name }
        for name in names {
            let message = RawMessage(try suite.file(path(name + ".msg")))
            guard name != "03-bad_message" else {
                let outcomes = await DKIMSuiteDNS().verify(message)
                suite.expect(
                    name, false, "expected \(try suite.text(name + ".error")), found \(outcomes)")
                continue
            }
            var policy = DKIMPolicy()
            // What chasquid looks at at most.
            policy.maximumSignatures = 5
            let dns = Self.chasquidDNS(try suite.text(path(name + ".dns")))
            let outcomes = await dns.verify(message, now: 1_800_000_000, policy: policy)
            let result = try JSONDecoder().decode(
                ChasquidResult.self, from: Data(try suite.file(path(name + ".result"))))
            let states = outcomes.filter { !$0.reason.contains("more than 5") }.map {
                switch $0.result {
                case .pass: "SUCCESS \($0.domain?.text ?? "")"
                case .temperror: "TEMPFAIL \($0.domain?.text ?? "")"
                default: "PERMFAIL \($0.domain?.text ?? "")"
                }
            }
            // A signature that cannot be read has no domain there.
            let expected = zip(result.Results, outcomes).map { expected, outcome in
                let domain = expected.Domain.isEmpty ? outcome.domain?.text : expected.Domain
                return "\(expected.State) \(domain ?? "")"
            }
            suite.expect(
                name, states == expected && states.count == result.Results.count,
                "expected \(expected), found \(states)")
        }
        suite.finish(count: 11, justified: ["03-bad_message"])
    }

    /// `name: text`, continued behind a backslash; TEMPERROR and PERMERROR stand for failures.
    private static func chasquidDNS(_ text: String) -> DKIMSuiteDNS {
        var dns = DKIMSuiteDNS()
        for line in text.replacing("\\\n", with: " ").split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = String(line[..<colon])
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch value {
            case "TEMPERROR": dns.failures.insert(name)
            case "PERMERROR": break
            default: dns.texts[name, default: []].append(String(value))
            }
        }
        return dns
    }

    // MARK: mail-auth

    @Test func `dkim-mail-auth verifies with the keys that stand before its messages`() async throws
    {
        var suite = DKIMSuite("dkim-mail-auth")
        for number in 1...6 {
            let text = try suite.text("dkim/00\(number).txt")
            let end = try #require(text.firstRange(of: "\n\n"))
            var dns = DKIMSuiteDNS()
            for line in text[..<end.lowerBound].split(separator: "\n") {
                let space = try #require(line.firstIndex(of: " "))
                dns.texts[String(line[..<space])] = [String(line[line.index(after: space)...])]
            }
            let message = RawMessage(Array(text[end.upperBound...].utf8))
            let now: Int64 = number == 5 ? 1_667_843_665 : DKIMSuite.now
            let outcomes = await dns.verify(message, now: now)
            // 001 carries two signatures, 003 the list's signature twice.
            let count = number == 1 || number == 3 ? 2 : 1
            suite.expect("00\(number).txt", Array(repeating: .pass, count: count), outcomes)
        }
        let key = try SigningKey(pem: suite.text("rsa-private.pem"))
        let signer = DKIMSigner(domain: try suite.domain("example.com"), selector: "s", key: key)
        let message = try suite.signed(
            RawMessage(Array("From: a@example.com\n\nhi\n".utf8)), signer)
        let dns = DKIMSuiteDNS(texts: ["s._domainkey.example.com": [key.keyRecord]])
        suite.expect("rsa-private.pem", [.pass], await dns.verify(message))
        suite.finish(count: 7)
    }

    // MARK: MimeKit

    @Test func `dkim-mimekit verifies with the keys beside its messages`() async throws {
        var suite = DKIMSuite("dkim-mimekit")
        let gmail = Self.record(pem: try suite.text("gmail.pub"))
        let dns = DKIMSuiteDNS(texts: ["20120113._domainkey.gmail.com": [gmail]])
        for name in ["gmail.msg", "related.msg", "multipart-no-end-boundary.msg"] {
            suite.expect(name, [.pass], await dns.verify(RawMessage(try suite.file(name))))
        }
        let chasquid = DKIMSuite("dkim-chasquid")
        let example = Self.chasquidDNS(try chasquid.text("01-rfc8463.dns"))
        suite.expect(
            "rfc8463-example.msg", [.pass, .pass],
            await example.verify(RawMessage(try suite.file("rfc8463-example.msg"))))

        let key = try SigningKey(pem: suite.text("example.pem"))
        let signer = DKIMSigner(
            domain: try suite.domain("example.com"), selector: "1433868189.example", key: key)
        let message = try suite.signed(
            RawMessage(Array("From: a@example.com\nTo: b@c.d\n\nhi\n".utf8)), signer)
        let zone = try ZoneFile.parse(suite.text("example.bind9"), origin: nil)
        suite.expect(
            "example.bind9", [.pass],
            await DKIMVerifier(lookup: ZoneLookup(records: zone)).verify(
                message, now: DKIMSuite.now))
        // 'name:text:ttl::
        let tinydns = try suite.text("example.tinydns").split(separator: ":")
        #expect(tinydns[0] == "'1433868189.example._domainkey.example.com")
        let name = "1433868189.example._domainkey.example.com"
        let text = DKIMSuiteDNS(texts: [name: [String(tinydns[1])]])
        suite.expect("example.tinydns", [.pass], await text.verify(message))
        let pub = DKIMSuiteDNS(texts: [name: [Self.record(pem: try suite.text("example.pub"))]])
        suite.expect("example.pub", [.pass], await pub.verify(message))
        suite.finish(count: 7)
    }

    /// A key record with the base64 between the lines of dashes.
    private static func record(pem: String) -> String {
        "v=DKIM1; p=" + pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
    }

    // MARK: opendkim

    /// The suite's programs, which hold its messages and results, are not part of the data; what
    /// is there are its keys and the configurations it signs with.
    @Test func `dkim-opendkim's keys are read, and sign as its configurations ask`() async throws {
        var suite = DKIMSuite("dkim-opendkim")
        let folder = "opendkim/tests/"
        var dns = DKIMSuiteDNS()
        for line in try suite.text(folder + "pubkeys").split(separator: "\n") {
            guard let blank = line.firstIndex(where: \.isWhitespace) else { continue }
            let text = line[blank...].drop(while: \.isWhitespace)
            dns.texts[String(line[..<blank]), default: []].append(String(text))
        }
        let key = try SigningKey(pem: suite.text(folder + "testkey.private"))
        var signer = DKIMSigner(domain: try suite.domain("example.com"), selector: "test", key: key)
        let message = RawMessage(
            Array("From: user@example.com\r\nSubject: Signing test\r\n\r\nThis is a test!\r\n".utf8)
        )
        for name in ["t-sign-ss.conf", "t-sign-rs.conf", "t-sign-ss-x.conf"] {
            let words = try suite.text(folder + name).split(whereSeparator: \.isWhitespace)
            func value(_ option: String) -> String? {
                words.firstIndex { $0 == option }.map { String(words[$0 + 1]) }
            }
            let forms = (value("Canonicalization") ?? "simple/simple").split(separator: "/")
            signer.headerForm = try #require(Canonicalization(rawValue: String(forms[0])))
            signer.bodyForm = try #require(Canonicalization(rawValue: String(forms[1])))
            signer.lifetime = value("SignatureTTL").flatMap { Int64($0) }
            let outcomes = await dns.verify(try suite.signed(message, signer))
            suite.expect(name, [.pass], outcomes)
        }
        for (selector, result, word): (String, DKIMResult, String) in [
            ("report", .fail, "does not match"), ("revoked", .permerror, "back"),
        ] {
            signer.selector = selector
            signer.key = selector == "report" ? try SigningKey.generate(.rsa) : key
            let outcomes = await dns.verify(try suite.signed(message, signer))
            suite.expect(
                "pubkeys: \(selector)",
                outcomes.map(\.result) == [result] && outcomes[0].reason.contains(word),
                "found \(outcomes)")
        }
        suite.finish(count: 5)
    }
}
