import Identities
import Testing

struct `IP addresses` {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:0201", "192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("fe80::0:0", "fe80::"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("0:0:0:0:0:0:13.1.68.3", "::d01:4403"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("1::8", "1::8"), ("0::", "::"),
        ("1:2:3:4::8", "1:2:3:4::8"), ("1:2:3::6:7:8", "1:2:3::6:7:8"),
        ("1:2::3:4:5:6:7", "1:2:0:3:4:5:6:7"),
    ])
    func `are read and written canonically`(text: String, expected: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == expected)
        #expect(IPAddress(expected) == address)
        #expect(IPAddress(utf8: text.utf8) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
        #expect(IPAddress(Substring(text)) == address)
        #expect(address.isIPv4 == !expected.contains(":"))
        #expect(address.bytes.count == (address.isIPv4 ? 4 : 16))
    }

    @Test(arguments: [
        "", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04",
        "1..2.3",
        ".1.2.3.4", "1.2.3.4.", "1.2.3.4 ", "a.b.c.d", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "12345::", ":1::2", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:", "1:2:", "fe80::1%eth0",
        "[::1]", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:1.2.3.4.5", "g::", "1.2.3.4::",
        "+1.2.3.4",
        "0x1.2.3.4", "00.0.0.0", "::1.2.3.4:5", "1.2.3.9999999999", "1:2:3:4:5:6:7:", "::00001",
        "1:2:3:4::5:6:7:8", "192.0.2.1/24", "１.2.3.4",
    ])
    func `that are none are refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `have a reverse name`() {
        #expect(
            IPAddress("192.0.2.200")?.reverseName.text == "200.2.0.192.in-addr.arpa")
        #expect(
            IPAddress("2001:db8::567:89ab")?.reverseName.text
                == "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
    }

    @Test func `sort IPv4 first`() {
        let texts = ["::1", "10.0.0.2", "9.0.0.1", "1::", "::2"]
        let sorted = texts.compactMap { IPAddress($0) }.sorted().map(\.description)
        #expect(sorted == ["9.0.0.1", "10.0.0.2", "::1", "::2", "1::"])
        #expect(IPAddress(bytes: []) == nil)
        #expect(IPAddress(bytes: [1, 2, 3, 4, 5]) == nil)
        #expect(IPAddress(ipv4: 0xC000_0201).description == "192.0.2.1")
    }
}

struct `IP networks` {
    @Test(arguments: [
        ("192.0.2.77/24", "192.0.2.0/24"), ("192.0.2.1", "192.0.2.1/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("1.2.3.4/0", "0.0.0.0/0"), ("2001:db8:ffff::1/32", "2001:db8::/32"), ("::1", "::1/128"),
        ("2001:db8::ffff/127", "2001:db8::fffe/127"), ("1::2/0", "::/0"),
        ("1:2:3:4:5::/64", "1:2:3:4::/64"),
        ("::ffff:192.0.2.77/120", "192.0.2.0/24"), ("1:2:3:4:ffff::/65", "1:2:3:4:8000::/65"),
    ])
    func `clear the bits beyond the prefix`(text: String, expected: String) throws {
        let network = try #require(IPNetwork(text))
        #expect(network.description == expected)
        #expect(IPNetwork(expected) == network)
    }

    @Test(arguments: [
        "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/024", "::/129", "/24",
        "192.0.2/24",
        "192.0.2.0/24/8", "192.0.2.0/ 24", "::ffff:1.2.3.4/24", "::/1280", "", "1.2.3.4/00",
    ])
    func `that are none are refused`(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
        ("0.0.0.0/0", "255.1.2.3", true), ("0.0.0.0/0", "::1", false), ("::/0", "192.0.2.1", false),
        ("::/0", "ffff::", true), ("2001:db8::/33", "2001:db8:7fff::1", true),
        ("2001:db8::/33", "2001:db8:8000::", false), ("::1/128", "::1", true),
        ("::/127", "::2", false),
        ("192.0.2.0/31", "192.0.2.1", true), ("192.0.2.1/32", "192.0.2.0", false),
    ])
    func `contain addresses of their family`(network: String, address: String, expected: Bool)
        throws
    {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == expected)
    }
}

struct `E-mail addresses` {
    @Test(arguments: [
        ("a@b.example", "a", "b.example"), ("First.Last@EXAMPLE.com", "First.Last", "example.com"),
        ("\"a b\"@example.com", "a b", "example.com"),
        ("\"a\\\"@b\"@example.com", "a\"@b", "example.com"),
        ("\"plain\"@example.com", "plain", "example.com"),
        ("a+b=c@example.com", "a+b=c", "example.com"),
        ("δοκιμή@bücher.example", "δοκιμή", "xn--bcher-kva.example"),
        ("!#$%&'*+-/=?^_`{|}~@x", "!#$%&'*+-/=?^_`{|}~", "x"),
    ])
    func `are read and written back`(text: String, local: String, domain: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.localPart == local)
        #expect(address.domain.text == domain)
        #expect(EmailAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "@", "a@", "@b", "a", "a b@c", ".a@c", "a.@c", "a..b@c", "<a@b>", "a@[192.0.2.1]",
        "\"a@b",
        "\"\"@b", "\"a\\\"@b", "a\"b@c", "a@b@c", "a\r\n@b", "\"a\r\nb\"@c", "a(b)@c", "a,b@c",
        "a@b c",
    ])
    func `that are none are refused`(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test func `keep to their limits`() {
        #expect(EmailAddress(String(repeating: "a", count: Limits.localPartOctets) + "@b.c") != nil)
        #expect(
            EmailAddress(String(repeating: "a", count: Limits.localPartOctets + 1) + "@b.c") == nil)
        #expect(EmailAddress("a@" + String(repeating: "b.", count: Limits.addressOctets)) == nil)
        #expect(EmailAddress(String(repeating: "a", count: 10_000_000) + "@b.c") == nil)
    }
}
