import DNSResolver
import Foundation
import Testing

struct `Addresses of resolvers` {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1:53"), ("192.0.2.1:5353", "192.0.2.1:5353"),
        ("2001:db8::1", "[2001:db8::1]:53"), ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
        ("[::1]", "[::1]:53"), ("localhost:5300", "127.0.0.1:5300"),
        ("127.0.0.1:65535", "127.0.0.1:65535"),
    ])
    func `are read`(text: String, expected: String) {
        #expect(ResolverAddress(text)?.description == expected)
    }

    @Test(arguments: [
        "", ":53", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x", "192.0.2.1:+53",
        "resolver.example:53", "[192.0.2.1]:53", "[::1", "::1]:53", "[::1]53", "1.2.3.4:5:6",
        "[::1]:",
    ])
    func `that are none are refused`(text: String) {
        #expect(ResolverAddress(text) == nil)
    }
}

struct `The configuration of resolvers` {
    @Test func `is read from a resolv.conf`() {
        let configuration = ResolverConfiguration(
            resolvConf: """
                # a comment
                search example.test
                nameserver 192.0.2.1
                nameserver\t2001:db8::1
                nameserver fe80::1%eth0
                nameserver nonsense
                nameserver
                options ndots:1 timeout:3 attempts:4 trust-ad
                """)
        #expect(configuration.servers.map(\.description) == ["192.0.2.1:53", "[2001:db8::1]:53"])
        #expect(configuration.timeout == .seconds(3))
        #expect(configuration.attempts == 4)
        #expect(configuration.trustsAuthenticatedData)
    }

    @Test func `falls back to this machine and keeps to its limits`() throws {
        #expect(
            ResolverConfiguration(resolvConf: "").servers.map(\.description) == ["127.0.0.1:53"])
        #expect(
            ResolverConfiguration.system(path: "/nonexistent/resolv.conf").servers.count == 1)
        let many = (0..<50).map { "nameserver 192.0.2.\($0)\n" }.joined() + "options timeout:999999"
        let configuration = ResolverConfiguration(resolvConf: many)
        #expect(configuration.servers.count == Limits.servers)
        #expect(configuration.timeout == .seconds(30))
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(("nameserver 192.0.2.7\n" + String(repeating: "#\n", count: 100_000)).utf8)
            .write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(
            ResolverConfiguration.system(path: file.path()).servers.map(\.description)
                == ["192.0.2.7:53"])
    }
}
