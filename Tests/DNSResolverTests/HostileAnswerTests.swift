import DNS
import DNSResolver
import Identities
import Testing

/// What stands inside an answer to the right question.
@Suite(.timeLimit(.minutes(5)))
struct `A resolver before odd answers` {
    private static func name(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    private static func resolver(_ server: HostileServer) throws -> StubResolver {
        var configuration = ResolverConfiguration(servers: [
            try #require(ResolverAddress("127.0.0.1:\(server.port)"))
        ])
        configuration.attempts = 1
        return StubResolver(configuration: configuration)
    }

    @Test func `takes no records of another name, type or class`() async throws {
        let server = try await HostileServer { asked in
            guard let other = DNSName("bank.test") else { return [] }
            let name = asked.query.questions[0].name
            let address = RecordData.a(IPAddress(ipv4: 0xC000_0242))
            var chaos = ResourceRecord(name: name, type: .a, timeToLive: 300, data: address)
            chaos.recordClass = .chaos
            return [
                .message(
                    HostileServer.answer(
                        asked.query,
                        [
                            ResourceRecord(name: other, type: .a, timeToLive: 300, data: address),
                            ResourceRecord(
                                name: name, type: .txt, timeToLive: 300,
                                data: .txt([Array("x".utf8)])),
                            chaos,
                            // An alias of another name leads nowhere.
                            ResourceRecord(
                                name: other, type: .cname, timeToLive: 300, data: .cname(name)),
                        ]))
            ]
        }
        let resolver = try Self.resolver(server)
        let answer = await resolver.lookUp(try Self.name("www.test"), .a)
        #expect(answer.outcome == .noData)
        #expect(answer.records.isEmpty && answer.aliases.isEmpty)
        // Nor is it kept for a later question.
        let before = server.asked.count
        #expect(await resolver.lookUp(try Self.name("shop.test"), .aaaa).outcome == .noData)
        #expect(server.asked.count > before)
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `reads the largest text that a message can hold`() async throws {
        let strings = (0..<254).map { [UInt8](repeating: UInt8(0x41 + $0 % 26), count: 255) }
        let server = try await HostileServer { asked in
            let answer = HostileServer.answer(
                asked.query,
                [
                    ResourceRecord(
                        name: asked.query.questions[0].name, type: .txt, timeToLive: 300,
                        data: .txt(strings))
                ])
            guard !asked.isTCP else { return [.message(answer)] }
            var cut = HostileServer.answer(asked.query)
            cut.isTruncated = true
            return [.message(cut)]
        }
        let resolver = try Self.resolver(server)
        let answer = await resolver.lookUp(try Self.name("long.test"), .txt)
        #expect(answer.texts.map(\.utf8.count) == [254 * 255])
        #expect(answer.texts == [String(decoding: strings.joined(), as: UTF8.self)])
        #expect(server.asked.map(\.isTCP) == [false, true])
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `asks for names of any octets, and keeps their answers`() async throws {
        let server = try await HostileServer { asked in
            [
                .message(
                    HostileServer.answer(
                        asked.query,
                        [
                            ResourceRecord(
                                name: asked.query.questions[0].name, type: .a, timeToLive: 300,
                                data: .a(IPAddress(ipv4: 0xC000_0201)))
                        ]))
            ]
        }
        let resolver = try Self.resolver(server)
        let names = [
            try #require(DNSName(labels: [Array("a b.c".utf8), [0, 0xFF], Array("test".utf8)])),
            try #require(DNSName(labels: [Array("=@!".utf8), Array("test".utf8)])), .root,
        ]
        for name in names {
            for _ in 0..<2 {
                let answer = await resolver.lookUp(name, .a)
                #expect(answer.outcome == .records)
                #expect(answer.records.first?.name == name)
            }
            let capitals = try #require(
                DNSName(labels: name.labels.map { $0.map { $0 &- 0x61 < 26 ? $0 - 32 : $0 } }))
            #expect(await resolver.lookUp(capitals, .a).outcome == .records)
        }
        #expect(server.asked.count == names.count)
        #expect(server.asked.map { $0.query.questions[0].name } == names)
        // A domain name is the same question in either form.
        let plain = try #require(DNSName("www.test"))
        #expect(await resolver.lookUp(plain, .a).outcome == .records)
        #expect(await resolver.lookUp(try Self.name("WWW.test"), .a).outcome == .records)
        #expect(server.asked.count == names.count + 1)
        #expect(resolver.cachedAnswers == names.count + 1)
        await resolver.shutDown()
        await server.stop()
    }
}
