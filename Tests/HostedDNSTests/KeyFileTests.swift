import DNS
import DNSResolver
import HostedDNS
import Identities
import Testing

/// Files of keys as `tsig-keygen` writes them, and what may be wrong in one.
@Suite struct KeyFileTests {
    static let secret = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

    @Test func `keys are read as BIND writes them`() throws {
        let text = """
            // made by tsig-keygen
            key "changer" {
            \talgorithm hmac-sha256;
            \tsecret "\(Self.secret)";
            };
            /* another,
               in one line */
            key other.example. { secret \(Self.secret); algorithm HMAC-SHA512.; }; # the end
            """
        let keys = try TransactionKeyFile.parse(Array(text.utf8))
        #expect(keys.map(\.name.description) == ["changer.", "other.example."])
        #expect(keys.map(\.algorithm) == [.sha256, .sha512])
        #expect(try TransactionKeyFile.parse([]).isEmpty)
    }

    @Test(arguments: [
        ("zone \"a\" {};", "here a key begins"),
        ("key { algorithm hmac-sha256; };", "no name"),
        ("key a algorithm", "a { is missing"),
        ("key a { algorithm hmac-md5; };", "this algorithm is not taken"),
        ("key a { secret \"%%%\"; algorithm hmac-sha256; };", "base64"),
        ("key a { secret \"AQID\"; algorithm hmac-sha256; };", "3 octets"),
        ("key a { algorithm hmac-sha256; };", "no secret"),
        ("key a { secret \"\(secret)\"; };", "no algorithm"),
        ("key a { secret \"\(secret); };", "quotation mark"),
        ("key a { colour red; };", "nothing else"),
        ("key a { algorithm hmac-sha256; secret \"\(secret)\"; }", "a ; is missing"),
        ("key a { algorithm hmac-sha256", "inside a key stand"),
        ("/* never closed", "comment is not closed"),
    ])
    func `what is wrong is said with its line, and never the secret`(
        _ text: String, _ words: String
    ) throws {
        let fault = #expect(throws: TransactionKeyFile.Fault.self) {
            try TransactionKeyFile.parse(Array("\n\(text)".utf8))
        }
        #expect(fault?.line == 2)
        #expect(fault?.reason.contains(words) == true, "\(fault?.reason ?? "")")
        #expect(fault?.description.contains(Self.secret) == false)
    }

    @Test func `a key that stands twice, too many keys and too long a file are refused`() {
        func key(_ name: String) -> String {
            "key \(name) { algorithm hmac-sha256; secret \"\(Self.secret)\"; };\n"
        }
        #expect(throws: TransactionKeyFile.Fault.self) {
            try TransactionKeyFile.parse(Array((key("a") + key("A")).utf8))
        }
        let many = (0...Limits.keys).map { key("k\($0)") }.joined()
        #expect(throws: TransactionKeyFile.Fault.self) {
            try TransactionKeyFile.parse(Array(many.utf8))
        }
        #expect(throws: TransactionKeyFile.Fault.self) {
            try TransactionKeyFile.parse([UInt8](repeating: 0x20, count: Limits.keyFile + 1))
        }
    }

    @Test func `a key is used where a person said so, and never guessed`() throws {
        let text = """
            key one { algorithm hmac-sha256; secret "\(Self.secret)"; };
            key two { algorithm hmac-sha256; secret "\(Self.secret)"; };
            """
        let keys = try TransactionKeyFile.parse(Array(text.utf8))
        let zone = try #require(DNSName("example.com"))
        let below = try #require(DNSName("mail.example.com"))
        let other = try #require(DNSName("example.net"))
        let primaries = ["example.com=192.0.2.1:5353#two", "mail.example.com=[2001:db8::1]:53"]
            .compactMap(KeyRing.Primary.init)
        #expect(
            primaries.map(\.description) == [
                "example.com=192.0.2.1:5353#two", "mail.example.com=[2001:db8::1]:53",
            ])
        let ring = KeyRing(keys: keys, primaries: primaries)
        #expect(try ring.key(for: zone)?.name == DNSName("two"))
        #expect(ring.primary(of: zone)?.port == 5_353)
        #expect(ring.primary(of: below)?.address.isIPv4 == false)
        #expect(ring.primary(of: other) == nil)
        #expect(throws: ZoneFault.self) { try ring.key(for: other) }
        #expect(try KeyRing(keys: [keys[0]]).key(for: other) == keys[0])
        #expect(try KeyRing().key(for: other) == nil)
        let lost = KeyRing(
            keys: keys, primaries: ["example.com=192.0.2.1#three"].compactMap(KeyRing.Primary.init))
        #expect(throws: ZoneFault.self) { try lost.key(for: zone) }
        for text in ["", "example.com", "=192.0.2.1", "example.com=host", ".=192.0.2.1", "a=b=c"] {
            #expect(KeyRing.Primary(text) == nil, "\(text)")
        }
    }
}
