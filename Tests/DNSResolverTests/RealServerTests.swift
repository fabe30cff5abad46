import DNS
import DNSResolver
import Identities
import Testing

/// NSD holds the zone, Unbound resolves from it, and we ask both.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct `A resolver before real servers` {
    private static let zone: String = {
        let long = (0..<40).map { "\"\(String(repeating: "x", count: 200))\($0)\"" }
        return """
            $ORIGIN example.test.
            $TTL 300
            @ SOA ns hostmaster 1 3600 600 86400 60
            @ NS ns
            @ MX 20 backup
            @ MX 10 mail
            @ TXT "v=spf1 " "-all"
            ns A 127.0.0.1
            mail A 192.0.2.10
            mail AAAA 2001:db8::10
            backup A 192.0.2.20
            www CNAME web
            web CNAME host.other.test.
            long TXT \(long.joined(separator: " "))
            *.wild TXT "any"
            _dmarc TXT "v=DMARC1; p=reject"
            dead CNAME nothing.example.test.
            bücher A 192.0.2.30
            a\\.b\\032\\255 A 192.0.2.40
            """.replacing("bücher", with: "xn--bcher-kva")
    }()

    private static let otherZone = """
        $ORIGIN other.test.
        $TTL 100
        @ SOA ns.example.test. hostmaster 1 3600 600 86400 60
        @ NS ns.example.test.
        host A 192.0.2.99
        """

    private static func name(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    private func withServers(
        _ body: (_ authority: StubResolver, _ recursive: StubResolver) async throws -> Void
    ) async throws {
        let nsd = try ServerProcess.nsd(zones: [
            ("example.test", Self.zone), ("other.test", Self.otherZone),
        ])
        defer { nsd.stop() }
        let unbound = try ServerProcess.unbound(stubs: [
            ("example.test", nsd.port), ("other.test", nsd.port),
        ])
        defer { unbound.stop() }
        func resolver(_ port: Int) throws -> StubResolver {
            StubResolver(
                configuration: ResolverConfiguration(servers: [
                    try #require(ResolverAddress("127.0.0.1:\(port)"))
                ]))
        }
        let authority = try resolver(nsd.port)
        let recursive = try resolver(unbound.port)
        try await body(authority, recursive)
        await authority.shutDown()
        await recursive.shutDown()
    }

    @Test func `reads every kind of answer from NSD and from Unbound`() async throws {
        try await withServers { authority, recursive in
            for resolver in [authority, recursive] {
                let spf = await resolver.lookUp(try Self.name("example.test"), .txt)
                #expect(spf.texts == ["v=spf1 -all"])
                let mx = await resolver.lookUp(try Self.name("EXAMPLE.test"), .mx)
                #expect(
                    mx.exchanges.map { $0.host?.text } == [
                        "mail.example.test", "backup.example.test",
                    ])
                let six = await resolver.lookUp(try Self.name("mail.example.test"), .aaaa)
                #expect(six.addresses.map(\.description) == ["2001:db8::10"])
                let wild = await resolver.lookUp(try Self.name("x.y.wild.example.test"), .txt)
                #expect(wild.texts == ["any"])
                let accented = await resolver.lookUp(try Self.name("bücher.example.test"), .a)
                #expect(accented.addresses.count == 1)
                let odd = try #require(DNSName("A\\.b\\032\\255.example.test"))
                #expect(await resolver.lookUp(odd, .a).addresses.count == 1)
                let oddNone = try #require(DNSName("a.b\\032\\255.example.test"))
                #expect(await resolver.lookUp(oddNone, .a).outcome == .nameError)
                let none = await resolver.lookUp(try Self.name("none.example.test"), .a)
                #expect(none.outcome == .nameError)
                #expect(none.timeToLive > 0 && none.timeToLive <= 60)
                let empty = await resolver.lookUp(try Self.name("mail.example.test"), .txt)
                #expect(empty.outcome == .noData)
                let parent = await resolver.lookUp(try Self.name("wild.example.test"), .txt)
                #expect(parent.outcome == .noData)
                let dead = await resolver.lookUp(try Self.name("dead.example.test"), .a)
                #expect(dead.outcome == .nameError)
                #expect(dead.aliases.map(\.text) == ["nothing.example.test"])
                let alias = await resolver.lookUp(try Self.name("www.example.test"), .a)
                #expect(alias.outcome == .records)
                #expect(alias.aliases.map(\.text) == ["web.example.test", "host.other.test"])
                #expect(alias.addresses.map(\.description) == ["192.0.2.99"])
                #expect(alias.timeToLive <= 100)
                let cname = await resolver.lookUp(try Self.name("www.example.test"), .cname)
                #expect(cname.records.count == 1)
                #expect(cname.aliases.isEmpty)
            }
        }
    }

    @Test func `fetches over TCP what UDP cannot carry`() async throws {
        try await withServers { authority, recursive in
            for resolver in [authority, recursive] {
                let long = await resolver.lookUp(try Self.name("long.example.test"), .txt)
                #expect(long.texts.first?.utf8.count == 8_070)
            }
        }
    }

    @Test func `answers a second time from its cache, also a no`() async throws {
        let nsd = try ServerProcess.nsd(zones: [("example.test", Self.zone)])
        let resolver = StubResolver(
            configuration: ResolverConfiguration(servers: [
                try #require(ResolverAddress("127.0.0.1:\(nsd.port)"))
            ]))
        let questions: [(String, RecordType, DNSAnswer.Outcome)] = [
            ("example.test", .txt, .records), ("none.example.test", .a, .nameError),
            ("mail.example.test", .txt, .noData),
        ]
        for (text, type, outcome) in questions {
            #expect(await resolver.lookUp(try Self.name(text), type).outcome == outcome)
        }
        nsd.stop()
        for (text, type, outcome) in questions {
            #expect(await resolver.lookUp(try Self.name(text), type).outcome == outcome)
        }
        let fresh = await resolver.lookUp(try Self.name("fresh.example.test"), .a)
        #expect(fresh.isTemporary)
        await resolver.shutDown()
    }

    @Test func `agrees with the offline resolver on the same zone`() async throws {
        let records =
            try ZoneFile.parse(Self.zone) + ZoneFile.parse(Self.otherZone)
        let offline = ZoneLookup(records: records)
        let names = [
            "example.test", "mail.example.test", "www.example.test", "wild.example.test",
            "a.b.wild.example.test", "none.example.test", "dead.example.test",
            "_dmarc.example.test", "host.other.test", "x.mail.example.test", "long.example.test",
        ]
        try await withServers { _, recursive in
            for text in names {
                for type in [RecordType.a, .aaaa, .txt, .mx, .cname, .ns, .soa] {
                    let live = await recursive.lookUp(try Self.name(text), type)
                    let own = await offline.lookUp(try Self.name(text), type)
                    #expect(live.outcome == own.outcome, "\(text) \(type)")
                    #expect(live.aliases == own.aliases, "\(text) \(type)")
                    #expect(
                        Set(live.records.map(\.data)) == Set(own.records.map(\.data)),
                        "\(text) \(type)")
                }
            }
        }
    }
}
