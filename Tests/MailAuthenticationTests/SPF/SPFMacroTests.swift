import Identities
import MailAuthentication
import Testing

@Suite struct SPFMacroTests {
    private static func values(_ client: String = "192.0.2.3") throws -> SPFMacroValues {
        SPFMacroValues(
            localPart: "strong-bad", senderDomain: "email.example.com",
            domain: "email.example.com", client: try #require(IPAddress(client)),
            helo: "mx.example.org", validatedName: "mx.example.org", receiver: "r.example",
            now: 1_700_000_000)
    }

    /// Those of RFC 7208 §7.4, and the corners of §7.3.
    @Test(arguments: [
        ("%{s}", "strong-bad@email.example.com"), ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"), ("%{d4}", "email.example.com"), ("%{d2}", "example.com"),
        ("%{d1}", "com"), ("%{dr}", "com.example.email"), ("%{d2r}", "example.email"),
        ("%{d2R}", "example.email"), ("%{l}", "strong-bad"), ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"), ("%{lr-}", "bad.strong"), ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{d2}.trusted-domains.example.net.", "example.com.trusted-domains.example.net"),
        ("%{h}.x.example", "mx.example.org.x.example"), ("%{p2}", "example.org"),
        ("%{S}.x.example", "strong-bad%40email.example.com.x.example"),
        ("%{h127}", "mx.example.org"), ("%{h99999999999999999999}", "mx.example.org"),
        ("a%%b%_c%-.x.example", "a%b c%20.x.example"), ("%{l-+}.%{d1}", "strong.bad.com"),
    ])
    func `a domain is expanded`(text: String, expected: String) throws {
        #expect(try SPFMacroString(text, .domain).nameText(Self.values()) == expected)
    }

    @Test func `an IPv6 client is 32 nibbles with dots`() throws {
        let values = try Self.values("2001:db8::cb01")
        let zeros = String(repeating: "0.", count: 20)
        let name = try SPFMacroString("%{ir}.%{v}._spf.%{d2}", .domain).nameText(values)
        #expect(name == "1.0.b.c.\(zeros)8.b.d.0.1.0.0.2.ip6._spf.example.com")
        #expect(try SPFMacroString("%{c}", .explanation).explanation(values) == "2001:db8::cb01")
    }

    @Test func `an explanation may hold spaces and the letters c, r and t`() throws {
        let text = try SPFMacroString("%{c} at %{r} on %{t}: %{L}.", .explanation)
        #expect(
            try text.explanation(Self.values())
                == "192.0.2.3 at r.example on 1700000000: strong-bad.")
    }

    @Test func `a name that is too long loses labels at its left until it fits`() throws {
        let name = String(repeating: "%{d}.", count: 40) + "end.example"
        let expanded = try SPFMacroString(name, .domain).nameText(Self.values())
        #expect(expanded.utf8.count <= 253 && expanded.utf8.count > 240)
        #expect(expanded.hasSuffix("email.example.com.end.example"))
        // Without macros as well.
        let plain = String(repeating: "abcdefg.", count: 40) + "example"
        #expect(
            try SPFMacroString(plain, .domain).nameText(Self.values())
                == String(repeating: "abcdefg.", count: 30) + "example")
    }

    @Test func `an expansion of any length costs no more than its end`() throws {
        var values = try Self.values()
        values.helo = String(repeating: "abcdefghi.", count: 100)
        let text = String(repeating: "%{h}", count: 4_000) + ".example"
        let name = try SPFMacroString(text, .domain).nameText(values)
        #expect(name.utf8.count <= 253)
        #expect(name.hasSuffix("abcdefghi..example"))
    }

    @Test func `an explanation beyond the limit is none`() throws {
        let fits = String(repeating: "x", count: Limits.spfExplanationOctets)
        #expect(try SPFMacroString(fits, .explanation).explanation(Self.values()) == fits)
        #expect(try SPFMacroString(fits + "x", .explanation).explanation(Self.values()) == nil)
        let grows = String(repeating: "%{s}", count: 100)
        #expect(try SPFMacroString(grows, .explanation).explanation(Self.values()) == nil)
    }

    @Test func `an explanation is visible ASCII or none`() throws {
        var values = try Self.values()
        values.localPart = "p\u{E9}p\u{E9}"
        #expect(try SPFMacroString("not %{l}", .explanation).explanation(values) == nil)
        #expect(
            try SPFMacroString("not %{L}", .explanation).explanation(values)
                == "not p%C3%A9p%C3%A9")
        values.helo = "a\r\nb"
        #expect(try SPFMacroString("not %{h}", .explanation).explanation(values) == nil)
    }
}
