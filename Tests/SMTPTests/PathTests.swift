import Identities
import SMTP
import Testing

struct `Paths and parameters` {
    private func mail(_ arguments: String) -> (ReversePath, MailParameters)? {
        guard
            case .mail(let path, let parameters) = try? SMTPCommand.parse(
                Array("MAIL FROM:\(arguments)".utf8))
        else { return nil }
        return (path, parameters)
    }

    private func recipient(_ arguments: String) -> EnvelopeRecipient? {
        guard
            case .recipient(let recipient, _) = try? SMTPCommand.parse(
                Array("RCPT TO:\(arguments)".utf8))
        else { return nil }
        return recipient
    }

    private func refusal(_ line: String) -> String? {
        do throws(SMTPCommand.Fault) {
            _ = try SMTPCommand.parse(Array(line.utf8))
            return nil
        } catch {
            return "\(error.reply.code) \(error.reply.status.map(String.init(describing:)) ?? "")"
        }
    }

    @Test(arguments: [
        ("<>", ""), (" <>", ""), ("<a@example.org>", "a@example.org"),
        ("  <a@example.org>", "a@example.org"), ("a@example.org", "a@example.org"),
        ("<A.b@EXAMPLE.org>", "A.b@example.org"), ("<\"a b\"@example.org>", "\"a b\"@example.org"),
        ("<\"a\\\"b\"@example.org>", "\"a\\\"b\"@example.org"),
        ("<\"a>b\"@example.org>", "\"a>b\"@example.org"),
        ("<\"ab\"@example.org>", "ab@example.org"),
        ("<a@[192.0.2.1]>", "a@[192.0.2.1]"), ("<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]"),
        ("<@relay.example,@b.example:a@example.org>", "a@example.org"),
        ("<a..b@example.org>", "\"a..b\"@example.org"), ("<a.@example.org>", "\"a.\"@example.org"),
        ("<a+b=c/d@example.org>", "a+b=c/d@example.org"), ("<a@b>", "a@b"),
        ("<a@example.org.>", "a@example.org"),
    ])
    func `an address is read`(_ text: String, _ expected: String) {
        #expect(mail(text)?.0.description == expected)
    }

    @Test(arguments: [
        "", "<", ">", "<a@b", "a@b>", "<a@b>>", "<<a@b>>", "<a@b><c@d>", "<a b@c>", "<a@b c>",
        "<@>",
        "<a@>", "<@b>", "<pepe>", "<a@@b>", "<a@b@c>", "<\"a@b>", "<\"a\"b@c>", "<a\"b\"@c>",
        "<\"\"@b>",
        "<a@[192.0.2.256]>", "<a@[2001:db8::1]>", "<a@[IPv6:192.0.2.1]>", "<a@[]>", "<a@[x]>",
        "<a@b..c>", "<a@-\u{FF}>", "<@a:>", "<@a:b>", "<@:a@b>", "<a@b>SIZE=1",
        "<a\\b@c>", "<a,b@c>", "<a(c)@b>", "<a;b@c>", "<a:b@c>",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(mail(text) == nil)
        #expect(recipient(text) == nil)
        #expect(refusal("RCPT TO:\(text)")?.hasPrefix("501") == true, "\(text)")
    }

    @Test func `postmaster needs no domain, and an empty recipient is none`() {
        #expect(recipient("<postmaster>")?.path == .postmaster)
        #expect(recipient("<PostMaster>")?.path == .postmaster)
        #expect(recipient("<>") == nil)
        #expect(mail("<postmaster>") == nil)
    }

    @Test func `addresses have a length`() {
        let local = String(repeating: "a", count: SMTP.Limits.localPartOctets)
        #expect(mail("<\(local)@example.org>") != nil)
        #expect(refusal("MAIL FROM:<a\(local)@example.org>") == "501 5.1.7")
        let route = String(repeating: "@a.example,", count: 100)
        #expect(refusal("MAIL FROM:<\(route)@b:c@example.org>") == "501 5.1.7")
        let path = String(repeating: "@", count: SMTP.Limits.pathOctets + 1)
        #expect(refusal("RCPT TO:<\(path)>") == "501 5.1.3")
    }

    @Test func `an address beyond ASCII needs SMTPUTF8`() {
        #expect(
            mail("<jürgen@bücher.example> SMTPUTF8")?.0.description
                == "jürgen@xn--bcher-kva.example")
        #expect(refusal("MAIL FROM:<jürgen@example.org>") == "553 5.6.7")
        #expect(refusal("MAIL FROM:<a@bücher.example>") == "553 5.6.7")
        #expect(refusal("MAIL FROM:<a\u{85}@example.org> SMTPUTF8") == "501 5.1.7")
        let broken = Array("MAIL FROM:<a".utf8) + [0xFF] + Array("@example.org> SMTPUTF8".utf8)
        #expect((try? SMTPCommand.parse(broken)) == nil)
    }

    @Test func `the parameters of MAIL are read`() throws {
        let found = try #require(
            mail("<a@b> SIZE=1000 body=8bitmime SMTPUTF8 RET=HDRS ENVID=QQ+2B314 REQUIRETLS"))
        #expect(
            found.1
                == MailParameters(
                    size: 1_000, body: .eightBitMIME, isInternational: true, requiresTLS: true,
                    returns: .headers, envelopeIdentifier: "QQ+314"))
        #expect(mail("<a@b> BODY=BINARYMIME RET=FULL")?.1.body == .binaryMIME)
        #expect(mail("<a@b> BODY=7BIT ")?.1.body == .sevenBit)
        #expect(mail("<a@b>   SIZE=99999999999999999999")?.1.size == Int.max)
    }

    @Test(arguments: [
        ("SIZE", "501 5.5.4"), ("SIZE=", "501 5.5.4"), ("SIZE=-1", "501 5.5.4"),
        ("SIZE=1x", "501 5.5.4"), ("SIZE=123456789012345678901", "501 5.5.4"),
        ("SIZE=1 SIZE=1", "501 5.5.4"), ("size=1 SIZE=1", "501 5.5.4"), ("BODY=X", "501 5.5.4"),
        ("BODY", "501 5.5.4"), ("SMTPUTF8=1", "555 5.5.4"), ("REQUIRETLS=1", "555 5.5.4"),
        ("RET=NONE", "501 5.5.4"), ("ENVID=", "501 5.5.4"), ("ENVID=a+0Ab", "501 5.5.4"),
        ("ENVID=a+4", "501 5.5.4"), ("ENVID=a+ZZ", "501 5.5.4"), ("AUTH=<>", "555 5.5.4"),
        ("FOO", "555 5.5.4"), ("=1", "555 5.5.4"), ("F(O=1", "501 5.5.4"),
        ("NOTIFY=NEVER", "555 5.5.4"),
    ])
    func `a parameter that cannot be understood is refused`(_ text: String, _ expected: String) {
        #expect(refusal("MAIL FROM:<a@b> \(text)") == expected)
    }

    @Test func `the parameters of RCPT are read`() throws {
        let found = try #require(
            recipient("<a@b> NOTIFY=SUCCESS,delay ORCPT=rfc822;Bob+2Bx@example.org"))
        #expect(found.notify == [.success, .delay])
        #expect(found.originalRecipient == "rfc822;Bob+x@example.org")
        #expect(recipient("<a@b> NOTIFY=NEVER")?.notify == .never)
        #expect(recipient("<a@b>")?.notify == nil)
        for text in [
            "NOTIFY=", "NOTIFY=NEVER,SUCCESS", "NOTIFY=X", "NOTIFY=SUCCESS,", "ORCPT=", "ORCPT=a",
            "ORCPT=;a", "ORCPT=rfc822;", "ORCPT=rfc822;a+0D+0ABcc:x", "ORCPT=rfc822;a+C2+85b",
            "ORCPT=rfc822;+FF", "ORCPT=rf(c;a",
        ] {
            #expect(refusal("RCPT TO:<a@b> \(text)") == "501 5.5.4", "\(text)")
        }
        #expect(refusal("RCPT TO:<a@b> SIZE=1") == "555 5.5.4")
    }

    @Test func `parameters have a number and a length`() {
        let many = Array(repeating: "PORT=1", count: SMTP.Limits.attributes)
        #expect(refusal("XCLIENT " + many.joined(separator: " ")) == nil)
        #expect(refusal("XCLIENT PORT=1 " + many.joined(separator: " ")) == "501 5.5.4")
        let identifier = String(repeating: "a", count: SMTP.Limits.envelopeIdentifierOctets)
        #expect(mail("<a@b> ENVID=\(identifier)") != nil)
        #expect(refusal("MAIL FROM:<a@b> ENVID=\(identifier)a") == "501 5.5.4")
        let original = String(repeating: "a", count: SMTP.Limits.originalRecipientOctets)
        #expect(refusal("RCPT TO:<a@b> ORCPT=rfc822;\(original)") == "501 5.5.4")
    }

    @Test func `xtext comes back as it was`() {
        let all = (0...255).map { UInt8($0) }
        #expect(XText.decode(XText.encode(all)) == all)
        #expect(XText.encode(Array("a b+=".utf8)) == Array("a+20b+2B+3D".utf8))
        for broken in ["+", "+4", "+4G", "a b", "a=b", "a\u{7F}"] {
            #expect(XText.decode(Array(broken.utf8)) == nil, "\(broken)")
        }
    }
}
