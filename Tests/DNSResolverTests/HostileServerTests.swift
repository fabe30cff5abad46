import DNS
import DNSResolver
import Identities
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(5)))
struct `A resolver among hostile servers` {
    @Test func `believes only the answer to its own question`() async throws {
        let server = try await HostileServer { asked in
            let good = HostileServer.answer(asked.query, [address(asked.query, 1)])
            var wrongID = HostileServer.answer(asked.query, [address(asked.query, 66)])
            wrongID.id &+= 1
            var wrongName = HostileServer.answer(asked.query, [address(asked.query, 66)])
            wrongName.questions[0].name = .root
            var wrongType = HostileServer.answer(asked.query, [address(asked.query, 66)])
            wrongType.questions[0].type = .txt
            var noQuestion = HostileServer.answer(asked.query, [address(asked.query, 66)])
            noQuestion.questions = []
            var query = HostileServer.answer(asked.query, [address(asked.query, 66)])
            query.isResponse = false
            let elsewhere = HostileServer.answer(asked.query, [address(asked.query, 66)])
            return [
                .octets([]), .octets([0xFF]), .octets([UInt8](repeating: 0xC0, count: 600)),
                .message(wrongID), .message(wrongName), .message(wrongType),
                .message(noQuestion), .message(query), .fromElsewhere(elsewhere),
                .pause(.milliseconds(50)), .message(good),
            ]
        }
        let resolver = StubResolver(configuration: configuration(server))
        let answer = await resolver.lookUp(try name("www.example.test"), .a)
        #expect(answer.outcome == .records)
        #expect(answer.addresses.map(\.description) == ["192.0.2.1"])
        #expect(server.asked.count == 1)
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `asks over TCP when the letters come back folded`() async throws {
        let server = try await HostileServer { asked in
            if asked.isTCP {
                return [.message(HostileServer.answer(asked.query, [address(asked.query, 1)]))]
            }
            var folded = HostileServer.answer(asked.query, [address(asked.query, 66)])
            folded.questions[0].name = folded.questions[0].name.lowercased
            return [.message(folded)]
        }
        let resolver = StubResolver(configuration: configuration(server))
        let answer = await resolver.lookUp(try name("a-rather-long-name.example.test"), .a)
        #expect(answer.addresses.map(\.description) == ["192.0.2.1"])
        #expect(server.asked.map(\.isTCP) == [false, true])
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `asks over TCP when somebody seems to be guessing`() async throws {
        let server = try await HostileServer { asked in
            if asked.isTCP {
                return [.message(HostileServer.answer(asked.query, [address(asked.query, 1)]))]
            }
            return (0..<DNSResolver.Limits.strayDatagrams).map { index in
                var guess = HostileServer.answer(asked.query, [address(asked.query, 66)])
                guess.id = asked.query.id &+ UInt16(index + 1)
                return .message(guess)
            }
        }
        let resolver = StubResolver(configuration: configuration(server))
        let answer = await resolver.lookUp(try name("www.example.test"), .a)
        #expect(answer.addresses.map(\.description) == ["192.0.2.1"])
        #expect(server.asked.map(\.isTCP) == [false, true])
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `takes identifiers, ports and letters at random`() async throws {
        let server = try await HostileServer { asked in
            [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
        }
        let resolver = StubResolver(configuration: configuration(server))
        for index in 0..<50 {
            _ = await resolver.lookUp(try name("name\(index).example.test"), .a)
        }
        let asked = server.asked
        #expect(asked.count == 50)
        #expect(Set(asked.map(\.query.id)).count > 45)
        #expect(Set(asked.map(\.sourcePort)).count > 45)
        let spellings = Set(asked.map { Array($0.query.questions[0].name.wire.suffix(13)) })
        #expect(spellings.count > 40)
        for one in asked {
            #expect(one.query.edns?.payloadSize == DNSResolver.Limits.payloadOctets)
            #expect(one.query.isRecursionDesired)
            #expect(one.query.answers.isEmpty)
        }
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `lets the system choose a port when those at random are taken`() async throws {
        let server = try await HostileServer { asked in
            [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
        }
        let other = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(other.localAddress?.port)
        let taken = UInt64(port) - 10_000
        let resolver = StubResolver(configuration: configuration(server), random: { taken })
        #expect(await resolver.lookUp(try name("www.example.test"), .a).outcome == .records)
        #expect(try #require(server.asked.first).sourcePort != port)
        await resolver.shutDown()
        try await other.close().get()
        await server.stop()
    }

    @Test func `goes to the next server when one is silent, refuses or is not there`() async throws
    {
        let silent = try await HostileServer { _ in [] }
        let refusing = try await HostileServer { asked in
            [.message(HostileServer.answer(asked.query, code: .refused))]
        }
        let good = try await HostileServer { asked in
            [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
        }
        let gone = try await HostileServer { _ in [] }
        await gone.stop()
        let resolver = StubResolver(configuration: configuration(gone, silent, refusing, good))
        let answer = await resolver.lookUp(try name("www.example.test"), .a)
        #expect(answer.outcome == .records)
        #expect(silent.asked.count == 1)
        #expect(refusing.asked.count == 1)
        // The server that answered is asked first from now on.
        _ = await resolver.lookUp(try name("ftp.example.test"), .a)
        #expect(silent.asked.count == 1)
        #expect(good.asked.count == 2)
        await resolver.shutDown()
        for server in [silent, refusing, good] { await server.stop() }
    }

    @Test func `gives up in bounded time, and remembers that for a while`() async throws {
        let silent = try await HostileServer { _ in [] }
        var patient = configuration(silent)
        patient.attempts = 5
        patient.totalTimeout = .seconds(1)
        let clock = ContinuousClock()
        let resolver = StubResolver(configuration: patient)
        let host = try name("www.example.test")
        let spent = await clock.measure {
            let answer = await resolver.lookUp(host, .a)
            #expect(isFailure(answer))
            #expect(answer.isTemporary)
        }
        #expect(spent < .seconds(20))
        let asked = silent.asked.count
        #expect(isFailure(await resolver.lookUp(host, .a)))
        #expect(silent.asked.count == asked)
        await resolver.shutDown()
        await silent.stop()
    }

    @Test func `is not confused by answers that come late`() async throws {
        let server = try await HostileServer { asked in
            let answer = HostileServer.answer(
                asked.query, [address(asked.query, asked.number == 0 ? 66 : 1)])
            return asked.number == 0
                ? [.pause(.milliseconds(1_300)), .message(answer)]
                : [.pause(.milliseconds(500)), .message(answer)]
        }
        var twice = configuration(server)
        twice.attempts = 2
        let resolver = StubResolver(configuration: twice)
        let answer = await resolver.lookUp(try name("www.example.test"), .a)
        #expect(answer.addresses.map(\.description) == ["192.0.2.1"])
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `asks a server older than EDNS without it`() async throws {
        let server = try await HostileServer { asked in
            if asked.query.edns != nil {
                var refusal = HostileServer.answer(asked.query, code: .formatError)
                refusal.questions = []
                return [.message(refusal)]
            }
            return [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
        }
        let resolver = StubResolver(configuration: configuration(server))
        #expect(await resolver.lookUp(try name("www.example.test"), .a).outcome == .records)
        #expect(server.asked.map { $0.query.edns == nil } == [false, true])
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `follows aliases over several messages, never in a circle or for ever`() async throws
    {
        let server = try await HostileServer { asked in
            let question = asked.query.questions[0]
            let first = String(decoding: question.name.labels.first ?? [], as: UTF8.self)
                .lowercased()
            func alias(_ target: String) -> [HostileServer.Reply] {
                guard let target = DNSName(target) else { return [] }
                return [
                    .message(
                        HostileServer.answer(
                            asked.query,
                            [
                                ResourceRecord(
                                    name: question.name, type: .cname, timeToLive: 60,
                                    data: .cname(target))
                            ]))
                ]
            }
            switch first {
            case "start": return alias("middle.test")
            case "middle": return alias("end.test")
            case "circle": return alias("round.test")
            case "round": return alias("circle.test")
            case "end": return [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
            default: return alias("x\(asked.number).endless.test")
            }
        }
        let resolver = StubResolver(configuration: configuration(server))
        let good = await resolver.lookUp(try name("start.test"), .a)
        #expect(good.outcome == .records)
        #expect(good.aliases.map(\.text) == ["middle.test", "end.test"])
        #expect(good.timeToLive == 60)
        #expect(isFailure(await resolver.lookUp(try name("circle.test"), .a)))
        let before = server.asked.count
        #expect(isFailure(await resolver.lookUp(try name("a.endless.test"), .a)))
        #expect(server.asked.count - before <= DNSResolver.Limits.questionsPerLookup)
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `bounds a chain of aliases inside one message`() async throws {
        let server = try await HostileServer { asked in
            var records: [ResourceRecord] = []
            var owner = asked.query.questions[0].name
            for index in 0..<100 {
                guard let target = DNSName("n\(index).test") else { return [] }
                records.append(
                    ResourceRecord(name: owner, type: .cname, timeToLive: 60, data: .cname(target)))
                owner = target
            }
            return [.message(HostileServer.answer(asked.query, records))]
        }
        let resolver = StubResolver(configuration: configuration(server))
        let answer = await resolver.lookUp(try name("start.test"), .a)
        #expect(isFailure(answer))
        #expect(answer.aliases.count <= DNSResolver.Limits.aliases)
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `survives servers that break their TCP connections`() async throws {
        let server = try await HostileServer { asked in
            var cut = HostileServer.answer(asked.query)
            cut.isTruncated = true
            return asked.isTCP ? [.octets([1, 2, 3]), .close] : [.message(cut)]
        }
        let good = try await HostileServer { asked in
            [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
        }
        let resolver = StubResolver(configuration: configuration(server, good))
        #expect(await resolver.lookUp(try name("www.test"), .a).outcome == .records)
        #expect(server.asked.map(\.isTCP) == [false, true])
        await resolver.shutDown()
        await server.stop()
        await good.stop()
    }
}
