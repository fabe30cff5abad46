import Identities
import SMTP
import SMTPClient
import Testing

@Suite struct DeliveryTests {
    private static let upToContent: [FakeServer.Step] =
        .greeting("PIPELINING") + [.hear(3), .say("250 ok\r\n250 ok\r\n354 go")]

    @Test func `a message is delivered, dots stuffed, and the facts are told`() async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
        #expect(Samples.words(result) == "delivered 250")
        #expect(
            server.heard == [
                "EHLO gate.example", "MAIL FROM:<a@from.example>", "RCPT TO:<b@to.example>",
                "DATA", "Subject: x\r\n\r\n..dot\r\nend\r\n",
            ])
        #expect(result.connection.source == Samples.loopback)
        #expect(result.connection.serverName == "mx.to.example")
        #expect(result.connection.tls == nil && result.connection.tlsFailure == nil)
        #expect(result.connection.extensions.offers(.pipelining))
        #expect(!result.connection.wasReused)
        await client.shutDown()
    }

    @Test func `the second message goes over the same connection, the next MAIL at once`()
        async throws
    {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        for number in 0..<3 {
            let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
            #expect(Samples.words(result) == "delivered 250")
            #expect(result.connection.wasReused == (number > 0))
        }
        #expect(server.connections == 1)
        #expect(server.heard.count == 13)
        #expect(client.connections.idle == 1)
        await client.shutDown()
        #expect(client.connections.busy == 0)
    }

    @Test func `with CHUNKING, MAIL, RCPT, BDAT and content are one write`() async throws {
        let count = Samples.content.utf8.count
        let server = try await FakeServer(
            .greeting("PIPELINING", "CHUNKING") + [
                .hear(3), .octets(count), .say("250 ok\r\n250 ok\r\n250 taken"), .again(3),
            ])
        let client = Samples.client()
        for _ in 0..<2 {
            let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
            #expect(Samples.words(result) == "delivered 250")
        }
        #expect(server.heard[3...4] == ["BDAT \(count) LAST", Samples.content])
        await client.shutDown()
    }

    @Test func `a stale connection gets no content before the server has spoken`() async throws {
        let count = Samples.content.utf8.count
        let server = try await FakeServer(
            .greeting("PIPELINING", "CHUNKING") + [
                .hear(2), .say("250 ok\r\n250 ok"), .hear(1), .octets(count), .say("250 taken"),
            ])
        var options = Samples.options()
        options.contentAheadTime = .zero - .seconds(1)
        let client = Samples.client(options)
        let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
        #expect(Samples.words(result) == "delivered 250")
        await client.shutDown()
    }

    @Test func `each recipient has its own result`() async throws {
        let server = try await FakeServer(
            .greeting("PIPELINING") + [
                .hear(5), .say("250 ok\r\n250 ok\r\n550 5.1.1 no\r\n451 later\r\n354 go"),
                .content, .say("250 ok"),
            ])
        let client = Samples.client()
        let result = await client.deliver(
            Samples.message(["b", "c", "d"]), to: Samples.target(server.port))
        #expect(Samples.words(result) == "delivered 250, refused 550, refused 451")
        await client.shutDown()
    }

    @Test(arguments: [
        (["554 no"], "failed greeting 5.4.2"), (["421 4.3.2 busy"], "failed greeting 4.3.2"),
        (["hello"], "failed greeting 4.5.0"), ([], "failed greeting 4.4.2"),
    ])
    func `a server that has no mail service says so, or nothing`(
        _ said: [String], _ words: String
    ) async throws {
        let server = try await FakeServer(said.map { .say($0) } + [.close])
        let client = Samples.client()
        let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
        #expect(Samples.words(result) == words)
        if case .failed(let failure) = result.recipients[0] {
            #expect(failure.concernsServer)
            #expect(failure.reply?.code == said.first.flatMap { Int($0.prefix(3)) })
        }
        await client.shutDown()
    }

    @Test func `nobody listens`() async throws {
        let client = Samples.client()
        let result = await client.deliver(Samples.message(), to: Samples.target(1))
        #expect(Samples.words(result) == "failed connect 4.4.1")
        guard case .failed(let failure) = result.recipients[0] else { return }
        #expect(failure.text.contains("refused"))
    }

    @Test func `a connection lost behind the content is uncertain, and not tried again`()
        async throws
    {
        let server = try await FakeServer(.messages, Self.upToContent + [.content, .close])
        let client = Samples.client()
        let target = Samples.target(server.port)
        #expect(
            Samples.words(await client.deliver(Samples.message(), to: target)) == "delivered 250")
        let other = try await FakeServer(Self.upToContent + [.content, .close])
        let result = await client.deliver(Samples.message(), to: Samples.target(other.port))
        #expect(Samples.words(result) == "failed content 4.4.2, uncertain")
        #expect(other.connections == 1)
        await client.shutDown()
    }

    @Test func `a server that hangs behind DATA's content is left, and it is uncertain`()
        async throws
    {
        let server = try await FakeServer(Self.upToContent + [.content])
        var options = Samples.options()
        options.timeouts.verdict = .milliseconds(50)
        let client = Samples.client(options)
        let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
        #expect(Samples.words(result) == "failed content 4.4.2, uncertain")
        await client.shutDown()
    }

    @Test(arguments: [
        (0, "greeting", \DeliveryTimeouts.greeting), (2, "hello", \.hello), (3, "mail", \.mail),
        (4, "mail", \.mail), (5, "data", \.data),
    ])
    func `a server that hangs anywhere else is left, and nothing is uncertain`(
        _ steps: Int, _ stage: String,
        _ timeout: any WritableKeyPath<DeliveryTimeouts, Duration> & Sendable
    ) async throws {
        let script: [FakeServer.Step] =
            .greeting("PIPELINING") + [.hear(3), .say("250 ok\r\n250 ok")]
        let server = try await FakeServer(Array(script.prefix(steps)))
        var options = Samples.options()
        options.timeouts[keyPath: timeout] = .milliseconds(50)
        let client = Samples.client(options)
        let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
        #expect(Samples.words(result) == "failed \(stage) 4.4.2")
        await client.shutDown()
    }

    @Test func `a server that answers just in time forever is left as well`() async throws {
        let server = try await FakeServer(.greeting() + [.hear(1), .say("250 ok"), .again(3)])
        var options = Samples.options()
        options.timeouts.transaction = .milliseconds(100)
        let client = Samples.client(options)
        let many = Array(repeating: "b", count: 100_000)
        let result = await client.deliver(Samples.message(many), to: Samples.target(server.port))
        #expect(result.recipients.count == 100_000)
        guard case .failed(let failure)? = result.recipients.last else {
            Issue.record("it was waited for: \(Samples.words(result).prefix(100))")
            return
        }
        #expect(failure.status == EnhancedStatusCode(4, 4, 2))
        await client.shutDown()
    }

    @Test func `a server that talks forever is cut off`() async throws {
        let server = try await FakeServer([.raw("220-still there\r\n"), .again(0)])
        let client = Samples.client()
        let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
        #expect(Samples.words(result) == "failed greeting 4.5.0")
        await client.shutDown()
    }

    @Test func `a server that closes behind 250 has taken it, and the next one goes anew`()
        async throws
    {
        let server = try await FakeServer(.greeting("PIPELINING") + .message + [.close])
        let client = Samples.client()
        for _ in 0..<3 {
            let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
            #expect(Samples.words(result) == "delivered 250")
        }
        #expect(server.connections == 3)
        await client.shutDown()
    }

    @Test func `two replies in one: delivered, and the connection is not used again`()
        async throws
    {
        let server = try await FakeServer(
            Self.upToContent + [.content, .say("250 ok\r\n250 ok")])
        let client = Samples.client()
        for _ in 0..<2 {
            let result = await client.deliver(Samples.message(), to: Samples.target(server.port))
            #expect(Samples.words(result) == "delivered 250")
        }
        #expect(server.connections == 2)
        await client.shutDown()
    }

    @Test func `octets beyond 127 go to any server, and it is told`() async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        var message = Samples.message(content: "Subject: x\r\n\r\nä\r\n")
        message.isEightBit = true
        let result = await client.deliver(message, to: Samples.target(server.port))
        #expect(Samples.words(result) == "delivered 250")
        #expect(result.connection.sentUndeclaredEightBit)
        await client.shutDown()
    }

    @Test(arguments: [
        (MailParameters(isInternational: true), true, false, "failed mail 5.6.7"),
        (MailParameters(), false, true, "failed mail 5.6.3"),
        (MailParameters(requiresTLS: true), false, false, "failed hello 5.7.30"),
    ])
    func `what the server cannot carry is not sent`(
        _ parameters: MailParameters, _ isEightBit: Bool, _ isBinary: Bool, _ words: String
    ) async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        let sample = Samples.message(parameters: parameters)
        let message = OutgoingMessage(
            envelope: sample.envelope, content: sample.content, isEightBit: isEightBit,
            isBinary: isBinary)
        let result = await client.deliver(message, to: Samples.target(server.port))
        #expect(Samples.words(result) == words)
        #expect(server.heard == ["EHLO gate.example"])
        #expect(client.connections.idle == 1)
        await client.shutDown()
    }

    @Test func `a recipient is asked about, and asked again over the same connection`()
        async throws
    {
        let server = try await FakeServer(
            .greeting("PIPELINING") + [
                .hear(2), .say("250 ok\r\n250 2.1.5 yes"), .hear(1), .say("250 reset"),
                .hear(2), .say("250 ok\r\n550 5.1.1 no"), .hear(1), .say("250 reset"),
                .hear(2), .say("550 not from nobody\r\n503 no"),
            ])
        let client = Samples.client()
        let target = Samples.target(server.port)
        let path = ForwardPath(try #require(Samples.mailbox("b", "to.example")))
        #expect(await client.verifyRecipient(path, from: target)?.code == 250)
        #expect(await client.verifyRecipient(path, from: target)?.code == 550)
        #expect(await client.verifyRecipient(path, from: target) == nil)
        #expect(server.connections == 1)
        #expect(server.heard[1...3] == ["MAIL FROM:<>", "RCPT TO:<b@to.example>", "RSET"])
        await client.shutDown()
    }

    @Test func `a source address of ours is taken`() async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        var target = Samples.target(server.port)
        target.source = IPAddress(ipv4: 0x7F00_0002)
        let result = await client.deliver(Samples.message(), to: target)
        #expect(result.connection.source == target.source)
        target.source = IPAddress(ipv4: 0xC000_0201)
        let failed = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(failed) == "failed connect 4.4.1")
        await client.shutDown()
    }
}
