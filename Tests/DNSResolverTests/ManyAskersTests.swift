import DNS
import DNSResolver
import Identities
import NIOCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct `A resolver that many ask` {
    @Test func `keeps answers as long as they live, and no longer`() async throws {
        let reference = Reference()
        let authority = try soa("example.test", minimum: 30)
        let server = try await HostileServer { asked in
            let label = String(decoding: asked.query.questions[0].name.labels[0], as: UTF8.self)
            switch label.lowercased() {
            case "none":
                return [
                    .message(
                        HostileServer.answer(
                            asked.query, code: .nameError, authorities: [authority]))
                ]
            case "empty":
                return [.message(HostileServer.answer(asked.query, authorities: [authority]))]
            case "bare": return [.message(HostileServer.answer(asked.query, code: .nameError))]
            case "ever":
                return [
                    .message(
                        HostileServer.answer(
                            asked.query, [address(asked.query, seconds: 2_000_000_000)]))
                ]
            case "negative":
                return [
                    .message(
                        HostileServer.answer(
                            asked.query, [address(asked.query, seconds: .max)]))
                ]
            default:
                return [
                    .message(
                        HostileServer.answer(asked.query, [address(asked.query, seconds: 100)]))
                ]
            }
        }
        let resolver = StubResolver(
            configuration: configuration(server), now: { reference.value })

        func count(_ label: String, _ type: RecordType = .a) async throws -> (DNSAnswer, Int) {
            let before = server.asked.count
            let answer = await resolver.lookUp(try name("\(label).example.test"), type)
            return (answer, server.asked.count - before)
        }
        #expect(try await count("www").1 == 1)
        reference.value = .seconds(99)
        let kept = try await count("www")
        #expect(kept.1 == 0)
        #expect(kept.0.timeToLive == 1)
        #expect(kept.0.records.first?.timeToLive == 1)
        reference.value = .seconds(100)
        #expect(try await count("www").1 == 1)

        #expect(try await count("none").0.outcome == .nameError)
        #expect(try await count("none").1 == 0)
        #expect(try await count("empty").0.outcome == .noData)
        #expect(try await count("empty").1 == 0)
        #expect(try await count("empty", .txt).1 == 1)
        reference.value = .seconds(131)
        #expect(try await count("none").1 == 1)
        #expect(try await count("empty").1 == 1)
        #expect(try await count("bare").1 == 1)
        #expect(try await count("bare").1 == 1)

        #expect(try await count("ever").0.timeToLive == DNSResolver.Limits.longestTimeToLive)
        #expect(try await count("negative").0.timeToLive == 0)
        #expect(try await count("negative").1 == 1)
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `keeps no more answers than it may`() async throws {
        let server = try await HostileServer { asked in
            [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
        }
        var small = configuration(server)
        small.cacheEntries = 20
        let resolver = StubResolver(configuration: small)
        for index in 0..<200 {
            _ = await resolver.lookUp(try name("n\(index).test"), .a)
            #expect(resolver.cachedAnswers <= 20)
        }
        #expect(resolver.cachedAnswers >= 10)
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `asks once for all who want the same, and for few at a time`() async throws {
        let server = try await HostileServer { asked in
            [
                .pause(.milliseconds(30)),
                .message(HostileServer.answer(asked.query, [address(asked.query)])),
            ]
        }
        var narrow = configuration(server)
        narrow.concurrentLookups = 4
        narrow.timeout = .seconds(10)
        let resolver = StubResolver(configuration: narrow)
        let same = try name("same.test")
        let outcomes = await withTaskGroup(of: DNSAnswer.Outcome.self) { group in
            for _ in 0..<100 { group.addTask { await resolver.lookUp(same, .a).outcome } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 100)
        #expect(outcomes.allSatisfy { $0 == .records })
        #expect(server.asked.count == 1)

        let names = try (0..<40).map { try name("n\($0).test") }
        let clock = ContinuousClock()
        let spent = await clock.measure {
            await withTaskGroup(of: Void.self) { group in
                for name in names { group.addTask { _ = await resolver.lookUp(name, .a) } }
            }
        }
        // Forty questions of 30 ms, four at a time.
        #expect(spent > .milliseconds(250))
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `lets one asker leave without harm to the others`() async throws {
        let server = try await HostileServer { asked in
            // The first question, of the one who leaves, is never answered.
            asked.number == 0
                ? [] : [.message(HostileServer.answer(asked.query, [address(asked.query)]))]
        }
        var patient = configuration(server)
        patient.timeout = .seconds(60)
        patient.totalTimeout = .seconds(60)
        let resolver = StubResolver(configuration: patient)
        let same = try name("same.test")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: DNSAnswer.self) { inner in
                    inner.addTask { await resolver.lookUp(same, .a) }
                    try? await Task.sleep(for: .milliseconds(50))
                    inner.cancelAll()
                    for await answer in inner { #expect(isFailure(answer)) }
                }
            }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(20))
                let answer = await resolver.lookUp(same, .a)
                #expect(answer.outcome == .records)
            }
        }
        #expect(server.asked.count == 2)
        await resolver.shutDown()
        await server.stop()
    }

    @Test func `ends at once when it is shut down`() async throws {
        let silent = try await HostileServer { _ in [] }
        var slow = configuration(silent)
        slow.timeout = .seconds(200)
        slow.totalTimeout = .seconds(200)
        slow.concurrentLookups = 3
        let resolver = StubResolver(configuration: slow)
        let names = try (0..<10).map { try name("n\($0 / 2).test") }
        let clock = ContinuousClock()
        let spent = await clock.measure {
            await withTaskGroup(of: Void.self) { group in
                for name in names {
                    group.addTask { #expect(isFailure(await resolver.lookUp(name, .a))) }
                }
                try? await Task.sleep(for: .milliseconds(100))
                await resolver.shutDown()
            }
        }
        #expect(spent < .seconds(60))
        #expect(isFailure(await resolver.lookUp(names[0], .a)))
        await silent.stop()
    }
}

/// A clock that the test sets.
private final class Reference: Sendable {
    private let duration = Mutex(Duration.zero)

    var value: Duration {
        get { duration.withLock { $0 } }
        set { duration.withLock { $0 = newValue } }
    }
}
