import Identities
import Testing

struct `Domain names` {
    @Test(arguments: [
        ("example.com", "example.com"), ("EXAMPLE.Com.", "example.com"), ("com", "com"),
        ("_dmarc.example.com", "_dmarc.example.com"), ("a-.-b.c", "a-.-b.c"),
        ("192.0.2.1", "192.0.2.1"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.example", "xn--bcher-kva.example"),
        ("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"),
        ("faß.de", "xn--fa-hia.de"), ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("xn--99999999.example", "xn--99999999.example"),
        ("bu\u{308}cher.example.", "xn--bcher-kva.example"),
    ])
    func `are read into lower case and ASCII`(text: String, expected: String) throws {
        let name = try #require(DomainName(text))
        #expect(name.text == expected)
        #expect(name.description == expected)
        #expect(DomainName(utf8: Array(text.utf8)) == name)
        #expect(DomainName(utf8: text.utf8) == name)
        #expect(DomainName(Substring(text)) == name)
    }

    @Test(arguments: [
        "", ".", "..", ".com", "a..b", "a.b..", "exa mple.com", "a/b", "a@b.c", "*.example.com",
        "a\u{0}.com", "\u{0}", "b\u{0}ü.com", "℀.com", "[192.0.2.1]", "::1", "a,b", "a\tb",
        "ü..com",
        "\u{202E}example.com", "\u{FFFD}.com", "a\\.b", "ü com",
    ])
    func `that are none are refused`(text: String) {
        #expect(DomainName(text) == nil)
    }

    @Test func `keep to the limits of labels and names`() throws {
        let longest = String(repeating: "a", count: Limits.labelOctets)
        #expect(DomainName(longest + ".com") != nil)
        #expect(DomainName(longest + "a.com") == nil)
        let whole = [longest, longest, longest, String(longest.dropLast(2))].joined(separator: ".")
        #expect(whole.utf8.count == Limits.domainOctets)
        #expect(DomainName(whole) != nil)
        #expect(DomainName(whole + ".") != nil)
        #expect(DomainName(whole + "a") == nil)
        #expect(DomainName(String(repeating: "ü", count: 64) + ".com") == nil)
        let wide = String(repeating: "ü.", count: Limits.unicodeDomainOctets)
        #expect(DomainName(wide) == nil)
        #expect(DomainName(String(repeating: "a.", count: 5_000_000)) == nil)
    }

    @Test func `of octets that are not UTF-8 are refused`() {
        #expect(DomainName(utf8: [0x61, 0xFF, 0x2E, 0x63]) == nil)
        #expect(DomainName(utf8: [0xC3]) == nil)
        #expect(DomainName(utf8: [0xC3, 0x28, 0x2E, 0x63]) == nil)
        #expect(DomainName(utf8: [0xED, 0xA0, 0x80]) == nil)
        #expect(DomainName(utf8: []) == nil)
    }

    @Test func `know their labels and neighbours`() throws {
        let name = try #require(DomainName("a.b.example.com"))
        #expect(name.labels == ["a", "b", "example", "com"])
        #expect(name.labelCount == 4)
        #expect(name.parent?.text == "b.example.com")
        #expect(DomainName("com")?.parent == nil)
        #expect(name.suffix(labels: 2)?.text == "example.com")
        #expect(name.suffix(labels: 1)?.text == "com")
        #expect(name.suffix(labels: 4) == name)
        #expect(name.suffix(labels: 5) == nil)
        #expect(name.suffix(labels: 0) == nil)
        #expect(name.suffix(labels: -1) == nil)
        #expect(name.adding(label: "_dmarc")?.text == "_dmarc.a.b.example.com")
        #expect(name.adding(label: "x.y") == nil)
        #expect(name.adding(label: "") == nil)
        #expect(name.adding(label: String(repeating: "x", count: 64)) == nil)
        #expect(name.adding(labels: "S1", "_domainkey")?.text == "s1._domainkey.a.b.example.com")
        #expect(name.adding(labels: "x.y", "z")?.text == "x.y.z.a.b.example.com")
        #expect(name.adding(labels: "bücher", "z")?.text == "xn--bcher-kva.z.a.b.example.com")
        #expect(name.adding(labels: "", "z") == nil)
        #expect(name.adding(labels: "x", "") == nil)
        #expect(name.adding(labels: String(repeating: "x.", count: 130), "z") == nil)
    }

    @Test(arguments: [
        ("example.com", "example.com", true), ("a.example.com", "example.com", true),
        ("aexample.com", "example.com", false), ("com", "example.com", false),
        ("a.b.c.com", "com", true), ("b.com", "a.com", false),
        ("example.org", "example.com", false),
    ])
    func `compare with the names above`(name: String, other: String, expected: Bool) throws {
        let name = try #require(DomainName(name))
        let other = try #require(DomainName(other))
        #expect(name.isEqualOrBelow(other) == expected)
    }

    @Test(arguments: [
        ("example.com", "example.com"), ("xn--bcher-kva.example", "bücher.example"),
        ("xn--e1afmkfd.xn--p1ai", "пример.рф"), ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ("xn--r8jz45g.xn--zckzah", "例え.テスト"), ("xn--99999999.example", "xn--99999999.example"),
        ("xn--e1afmkfd.com", "пример.com"), ("xn--mgbh0fb.example", "مثال.example"),
        ("_dmarc.xn--bcher-kva.example", "_dmarc.bücher.example"),
    ])
    func `are shown in Unicode only when that is safe`(ascii: String, shown: String) throws {
        #expect(try #require(DomainName(ascii)).unicode == shown)
    }

    @Test(arguments: [
        "pаypal.com", "gοοgle.com", "аррӏе.com", "ѕсоре.com", "раураӏ.com", "fıdelity.com",
        "apple\u{30FC}x.com", "οοο.com", "১২.com", "ɡoogle.com", "a\u{0307}pple.com",
    ])
    func `written to deceive are shown as ASCII`(text: String) throws {
        guard let name = DomainName(text) else { return }
        #expect(name.unicode.utf8.allSatisfy { $0 < 0x80 } || name.unicode != text)
        #expect(name.unicode == name.text)
    }

    @Test func `sort, hash and travel as JSON text`() throws {
        let names = ["b.example", "a.example", "A.example."].compactMap { DomainName($0) }
        #expect(Set(names).count == 2)
        #expect(names.sorted().map(\.text) == ["a.example", "a.example", "b.example"])
    }
}
