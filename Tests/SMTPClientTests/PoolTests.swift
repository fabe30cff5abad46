import Identities
import SMTP
import SMTPClient
import Testing

@Suite struct PoolTests {
    /// Takes a message, then says 421 and closes.
    private static let goodbye: [FakeServer.Step] =
        .greeting("PIPELINING") + .message + [.hear(3), .say("421 4.3.2 idle too long"), .close]

    @Test func `421 on a kept connection sends the message over a new one`() async throws {
        let server = try await FakeServer(Self.goodbye, .messages)
        let client = Samples.client()
        for _ in 0..<2 {
            let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
            #expect(Samples.words(result) == "delivered 250")
            #expect(!result.connection.wasReused)
        }
        #expect(server.connections == 2)
        await client.shutDown()
    }

    @Test func `a kept connection that is closed when it is used is replaced`() async throws {
        let server = try await FakeServer(
            .greeting("PIPELINING") + .message + [.hear(1), .close], .messages)
        let client = Samples.client()
        for _ in 0..<2 {
            let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
            #expect(Samples.words(result) == "delivered 250")
        }
        #expect(server.connections == 2)
        await client.shutDown()
    }

    @Test func `421 to the content surely refuses it: it goes again, once`() async throws {
        let server = try await FakeServer(
            .greeting("PIPELINING") + .message + [
                .hear(3), .say("250 ok\r\n250 ok\r\n354 go"), .content, .say("421 no"), .close,
            ], .greeting("PIPELINING") + [.hear(3), .say("421 no"), .close])
        let client = Samples.client()
        let target = Samples.target(server.port)
        #expect(
            Samples.words(await client.deliver(Samples.message(), to: target)) == "delivered 250")
        let result = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(result) == "failed mail 4.4.2")
        #expect(server.connections == 2)
        await client.shutDown()
    }

    @Test func `a kept connection lost behind the content is uncertain, and not tried again`()
        async throws
    {
        let server = try await FakeServer(
            .greeting("PIPELINING") + .message + [
                .hear(3), .say("250 ok\r\n250 ok\r\n354 go"), .content, .close,
            ], .messages)
        let client = Samples.client()
        let target = Samples.target(server.port)
        _ = await client.deliver(Samples.message(), to: target)
        let result = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(result) == "failed content 4.4.2, uncertain")
        #expect(result.connection.wasReused)
        #expect(server.connections == 1)
        await client.shutDown()
    }

    @Test func `with BDAT, a kept connection that is closed under the content is uncertain`()
        async throws
    {
        let count = Samples.content.utf8.count
        let server = try await FakeServer(
            .greeting("PIPELINING", "CHUNKING") + [
                .hear(3), .octets(count), .say("250 ok\r\n250 ok\r\n250 ok"), .hear(3),
                .octets(count), .close,
            ])
        var options = Samples.options()
        options.contentAheadTime = .seconds(60)
        let client = Samples.client(options)
        let target = Samples.target(server.port)
        _ = await client.deliver(Samples.message(), to: target)
        let result = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(result) == "failed mail 4.4.2, uncertain")
        await client.shutDown()
    }

    @Test func `an idle connection says QUIT when its time is up`() async throws {
        let server = try await FakeServer(
            .greeting("PIPELINING") + .message + [.hear(1), .say("221 bye"), .close], .messages)
        var options = Samples.options()
        options.idleTime = .milliseconds(20)
        let client = Samples.client(options)
        let target = Samples.target(server.port)
        _ = await client.deliver(Samples.message(), to: target)
        while server.closedConnections == 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(server.heard.last == "QUIT")
        let result = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(result) == "delivered 250")
        await client.shutDown()
    }

    @Test func `a connection carries so many messages and no more`() async throws {
        let server = try await FakeServer(.messages)
        var options = Samples.options()
        options.messagesPerConnection = 3
        let client = Samples.client(options)
        for _ in 0..<7 {
            let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
            #expect(Samples.words(result) == "delivered 250")
        }
        #expect(server.connections == 3)
        // The next delivery does not wait for the QUIT of the connection before it.
        while server.closedConnections < 2 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(server.heard.filter { $0 == "QUIT" }.count == 2)
        await client.shutDown()
    }

    @Test func `more deliveries than connections wait in order`() async throws {
        let server = try await FakeServer(.messages)
        var options = Samples.options()
        options.connectionsPerTarget = 2
        let client = Samples.client(options)
        let target = Samples.target(server.port)
        await withTaskGroup(of: String.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let message = Samples.message(["r\(number)"])
                    return Samples.words(await client.deliver(message, to: target))
                }
            }
            for await words in group { #expect(words == "delivered 250") }
        }
        #expect(server.connections == 2)
        #expect(Set(server.heard.filter { $0.hasPrefix("RCPT") }).count == 50)
        await client.shutDown()
    }

    @Test func `who waits goes on when a connection breaks`() async throws {
        let server = try await FakeServer(
            .greeting("PIPELINING") + [.hear(3), .say("421 no"), .close])
        var options = Samples.options()
        options.connectionsPerTarget = 1
        let client = Samples.client(options)
        let target = Samples.target(server.port)
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<10 {
                group.addTask { Samples.words(await client.deliver(Samples.message(), to: target)) }
            }
            for await words in group { #expect(words == "failed mail 4.4.2") }
        }
        #expect(server.connections == 10)
        await client.shutDown()
    }

    @Test func `the line of those who wait has an end`() async throws {
        let server = try await FakeServer([.hear(1)])
        var options = Samples.options()
        options.connectionsPerTarget = 1
        let client = Samples.client(options)
        let target = Samples.target(server.port)
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<(ClientLimits.waitingDeliveries + 2) {
                group.addTask { Samples.words(await client.deliver(Samples.message(), to: target)) }
            }
            #expect(await group.next() == "failed connect 4.3.2")
            group.cancelAll()
            await group.waitForAll()
        }
        #expect(client.connections.busy == 0)
        await client.shutDown()
    }

    @Test func `targets that want different TLS share no connection`() async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        for tls in [TLSRequirement.never, .opportunistic] {
            _ = await client.deliver(Samples.message(), to: Samples.target(server.port, tls))
        }
        #expect(server.connections == 2)
        await client.shutDown()
    }

    @Test(arguments: [0, 1, 4, 5])
    func `a cancelled delivery ends at once, wherever it is`(_ steps: Int) async throws {
        let script: [FakeServer.Step] =
            .greeting("PIPELINING") + [.hear(3), .say("250 ok\r\n250 ok\r\n354 go"), .content]
        let server = try await FakeServer(Array(script.prefix(steps)) + [.hear(1_000)])
        let client = Samples.client()
        let target = Samples.target(server.port)
        let words = try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { Samples.words(await client.deliver(Samples.message(), to: target)) }
            while server.connections == 0 || steps > 3 && server.heard.count < 4 {
                try await Task.sleep(for: .milliseconds(1))
            }
            group.cancelAll()
            return try await group.next() ?? ""
        }
        #expect(words.contains("4.3.2"))
        await client.shutDown()
    }

    @Test func `a cancelled delivery that waits leaves the line`() async throws {
        let server = try await FakeServer([.hear(1)])
        var options = Samples.options()
        options.connectionsPerTarget = 1
        let client = Samples.client(options)
        let target = Samples.target(server.port)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<3 {
                group.addTask { Samples.words(await client.deliver(Samples.message(), to: target)) }
            }
            while server.connections == 0 { try await Task.sleep(for: .milliseconds(1)) }
            group.cancelAll()
            for try await words in group { #expect(words.contains("4.3.2")) }
        }
        await client.shutDown()
    }

    @Test func `shut down, nothing goes any more`() async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        let target = Samples.target(server.port)
        _ = await client.deliver(Samples.message(), to: target)
        await client.shutDown()
        let result = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(result) == "failed connect 4.3.2")
        #expect(server.heard.last == "QUIT")
    }

    @Test func `no more connections are kept idle than the limit says`() async throws {
        let server = try await FakeServer(.messages)
        var options = Samples.options()
        // None may end by its own time on a slow machine.
        options.idleTime = .seconds(3_600)
        let client = Samples.client(options)
        let count = ClientLimits.idleConnections + 5
        for number in 0..<count {
            var target = Samples.target(server.port)
            target.name = "mx\(number).example"
            _ = await client.deliver(Samples.message(), to: target)
        }
        #expect(client.connections.idle == ClientLimits.idleConnections)
        await client.shutDown()
    }
}
