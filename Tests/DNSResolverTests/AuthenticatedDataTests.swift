import DNS
import DNSResolver
import Foundation
import Identities
import Testing

/// Whose word on DNSSEC is taken (RFC 6840 §5.7).
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Authenticated answers` {
    private static func name(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    private static func resolver(
        _ host: String, _ port: Int, isTrusted: Bool = false
    ) throws -> StubResolver {
        var configuration = ResolverConfiguration(servers: [
            try #require(ResolverAddress("\(host):\(port)"))
        ])
        configuration.trustsAuthenticatedData = isTrusted
        configuration.attempts = 1
        return StubResolver(configuration: configuration)
    }

    /// A server that sets the AD bit for names that do not begin with `plain`.
    private static func server(_ host: String) async throws -> HostileServer {
        try await HostileServer(host: host) { asked in
            let question = asked.query.questions[0]
            let first = String(decoding: question.name.labels.first ?? [], as: UTF8.self)
                .lowercased()
            var records = [
                ResourceRecord(
                    name: question.name, type: .a, timeToLive: 300,
                    data: .a(IPAddress(ipv4: 0xC000_0201)))
            ]
            if first.hasPrefix("alias"), let target = DNSName("\(first.dropFirst(5)).test") {
                records = [
                    ResourceRecord(
                        name: question.name, type: .cname, timeToLive: 300, data: .cname(target))
                ]
            }
            var message = HostileServer.answer(asked.query, records)
            message.isAuthenticated = !first.hasPrefix("plain")
            return [.message(message)]
        }
    }

    @Test func `are marked when a resolver on this machine says so of every step`() async throws {
        let server = try await Self.server("127.0.0.1")
        let resolver = try Self.resolver("127.0.0.1", server.port)
        for (label, isAuthenticated) in [
            ("good", true), ("plain", false), ("aliasgood", true), ("aliasplain", false),
            ("plainalias", false),
        ] {
            let answer = await resolver.lookUp(try Self.name("\(label).test"), .a)
            #expect(answer.outcome == .records, "\(label)")
            #expect(answer.isAuthenticated == isAuthenticated, "\(label)")
            // From the cache likewise.
            let again = await resolver.lookUp(try Self.name("\(label).test"), .a)
            #expect(again.isAuthenticated == isAuthenticated, "\(label)")
        }
        #expect(server.asked.allSatisfy { $0.query.isAuthenticated })
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `of a resolver elsewhere count only when it is named as trusted`() async throws {
        let address = try #require(
            Self.addressOfThisMachine(), "This test needs an IPv4 address beside 127.0.0.1.")
        let server = try await Self.server(address)
        for isTrusted in [false, true] {
            let resolver = try Self.resolver(address, server.port, isTrusted: isTrusted)
            let answer = await resolver.lookUp(try Self.name("good.test"), .a)
            #expect(answer.outcome == .records)
            #expect(answer.isAuthenticated == isTrusted)
            await resolver.shutDown()
        }
        await server.stop()
    }

    /// The first IPv4 address of an interface that is not loopback.
    private static func addressOfThisMachine() -> String? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return nil }
        defer { freeifaddrs(list) }
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr,
                Int32(address.pointee.sa_family) == AF_INET
            else { continue }
            let word = UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr_in.self)
                .pointee.sin_addr.s_addr.bigEndian
            if word >> 24 != 127 { return IPAddress(ipv4: word).description }
        }
        return nil
    }

    @Test func `come from Unbound for a signed zone, and none for one that was changed`()
        async throws
    {
        let good = try SignedZone("good.test", Self.zone("good.test"))
        let bogus = try SignedZone("bogus.test", Self.zone("bogus.test"))
        let nsd = try ServerProcess.nsd(zones: [
            ("good.test", good.text), ("plain.test", Self.zone("plain.test")),
            ("bogus.test", try bogus.tampered("192.0.2.1", "192.0.2.66")),
        ])
        defer { nsd.stop() }
        let unbound = try ServerProcess.unbound(
            stubs: [("good.test", nsd.port), ("bogus.test", nsd.port), ("plain.test", nsd.port)],
            trustAnchors: [good.anchor, bogus.anchor])
        defer { unbound.stop() }
        let resolver = try Self.resolver("127.0.0.1", unbound.port)
        let signed = await resolver.lookUp(try Self.name("www.good.test"), .a)
        #expect(signed.outcome == .records)
        #expect(signed.isAuthenticated)
        #expect(signed.addresses.map(\.description) == ["192.0.2.1"])
        let text = await resolver.lookUp(try Self.name("s1._domainkey.good.test"), .txt)
        #expect(text.isAuthenticated)
        #expect(text.texts == ["v=DKIM1; p="])
        for (label, outcome) in [("none", DNSAnswer.Outcome.nameError), ("_domainkey", .noData)] {
            let no = await resolver.lookUp(try Self.name("\(label).good.test"), .a)
            #expect(no.outcome == outcome)
            #expect(no.isAuthenticated)
        }
        let out = await resolver.lookUp(try Self.name("out.good.test"), .a)
        #expect(out.addresses.map(\.description) == ["192.0.2.1"])
        #expect(out.aliases.map(\.text) == ["www.plain.test"])
        #expect(!out.isAuthenticated)
        let plain = await resolver.lookUp(try Self.name("www.plain.test"), .a)
        #expect(plain.outcome == .records)
        #expect(!plain.isAuthenticated)
        let changed = await resolver.lookUp(try Self.name("www.bogus.test"), .a)
        #expect(changed.isTemporary)
        #expect(changed.records.isEmpty && !changed.isAuthenticated)
        await resolver.shutDown()
    }

    private static func zone(_ name: String) -> String {
        """
        $ORIGIN \(name).
        $TTL 300
        @ SOA ns hostmaster 1 3600 600 86400 60
        @ NS ns
        ns A 127.0.0.1
        www A 192.0.2.1
        out CNAME www.plain.test.
        s1._domainkey TXT "v=DKIM1; p="

        """
    }
}
