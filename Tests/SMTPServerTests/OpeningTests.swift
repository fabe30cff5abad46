import Identities
import SMTP
import SMTPServer
import Testing

@Suite(.timeLimit(.minutes(3))) struct `The opening of a connection` {
    private static let everybody = IPNetwork("0.0.0.0/0").map { [$0] } ?? []

    @Test func `a policy may refuse it`() async throws {
        var answers = TestPolicy.Answers()
        answers.connected = { _ in
            .later { .refuse(SMTPReply(554, EnhancedStatusCode(5, 7, 1), "Listed")) }
        }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in #expect(await wire.rest() == [554]) }
            #expect(server.listener.statistics.refused == 1)
        }
    }

    @Test func `who waits for the greeting gets it`() async throws {
        var answers = TestPolicy.Answers()
        answers.connected = { _ in .now(.accept(greetingDelay: .milliseconds(50))) }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                let greeting = try await wire.reply()
                #expect(greeting.code == 220)
                #expect(try await wire.ask("QUIT").code == 221)
            }
            #expect(!server.notes.asked.contains("early"))
        }
    }

    @Test func `who talks before the greeting is told to the policy`() async throws {
        var answers = TestPolicy.Answers()
        answers.connected = { _ in .now(.accept(greetingDelay: .seconds(100))) }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.send("EHLO c\r\n")
                #expect(await wire.rest() == [554])
            }
            #expect(server.notes.asked.prefix(2) == ["connected", "early"])
            #expect(server.listener.statistics.earlyTalkers == 1)
        }
    }

    @Test func `an early talker that may stay is told with its messages`() async throws {
        var answers = TestPolicy.Answers()
        answers.connected = { _ in .later { .accept(greetingDelay: .seconds(100)) } }
        answers.earlyTalker = { _ in .later { nil } }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.send("EHLO c\r\n")
                #expect(try await wire.replies(2) == [220, 250])
                try await wire.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n")
                _ = try await wire.replies(2)
                try await wire.ask("DATA")
                try await wire.ask("x\r\n.")
            }
            #expect(server.notes.asked.contains("early"))
            #expect(server.notes.messages.first?.defects == [.earlyTalker])
        }
    }

    @Test func `a listed proxy tells of the client, in version 1 and 2`() async throws {
        var configuration = TestServer.configuration()
        configuration.proxies = Self.everybody
        // Octet by octet, on a machine that may be busy.
        configuration.limits.proxyTime = .seconds(60)
        let second: [UInt8] =
            [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
            + [0x21, 0x11, 0, 12, 192, 0, 2, 7, 192, 0, 2, 2, 0x12, 0x67, 0, 25]
        let first = Array("PROXY TCP4 192.0.2.7 192.0.2.2 4711 25\r\n".utf8)
        try await TestServer.run(configuration) { server in
            for header in [first, second] {
                try await Wire.connect(server.port) { wire in
                    for octet in header {
                        try await wire.send([octet])
                    }
                    #expect(try await wire.reply().code == 220)
                    try await wire.ask("QUIT")
                }
            }
            for client in server.notes.clients {
                #expect(client.address == IPAddress("192.0.2.7"))
                #expect(client.port == 4_711)
                #expect(client.localPort == 25)
                #expect(client.proxiedBy == TestServer.localhost)
            }
            #expect(server.notes.clients.count == 2)
            try await Wire.connect(server.port) { wire in
                try await wire.send("PROXY UNKNOWN\r\n")
                #expect(try await wire.reply().code == 220)
            }
            #expect(server.notes.clients.last?.address == TestServer.localhost)
        }
    }

    @Test func `a listed proxy without a header is not spoken with`() async throws {
        var configuration = TestServer.configuration()
        configuration.proxies = Self.everybody
        try await TestServer.run(configuration) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.send("EHLO c\r\n")
                #expect(await wire.rest() == [])
            }
            #expect(server.notes.asked.isEmpty)
        }
        configuration.limits.proxyTime = .milliseconds(200)
        try await TestServer.run(configuration) { server in
            try await Wire.connect(server.port) { wire in #expect(await wire.rest() == []) }
            #expect(server.notes.asked.isEmpty)
            #expect(server.listener.statistics.timeouts == 1)
        }
    }

    @Test func `a peer that is not listed cannot speak for others`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                #expect(try await wire.ask("PROXY TCP4 192.0.2.7 192.0.2.2 1 25").code == 500)
                let reply = try await wire.ask("EHLO c")
                #expect(!reply.lines.contains { $0.hasPrefix("XCLIENT") })
                #expect(try await wire.ask("XCLIENT ADDR=192.0.2.7").code == 550)
            }
            #expect(server.notes.clients.map(\.address) == [TestServer.localhost])
        }
    }

    @Test func `a listed peer speaks for others by XCLIENT`() async throws {
        var configuration = TestServer.configuration()
        configuration.xclientPeers = Self.everybody
        var answers = TestPolicy.Answers()
        answers.connected = { client in
            if client.address == IPAddress("192.0.2.66") {
                .later { .refuse(SMTPReply(554, EnhancedStatusCode(5, 7, 1), "Listed")) }
            } else {
                .now(.accept(greetingDelay: .zero))
            }
        }
        try await TestServer.run(configuration, answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO proxy.example")
                let reply = try await wire.ask(
                    "XCLIENT ADDR=IPV6:2001:db8::7 PORT=99 HELO=true.example PROTO=ESMTP")
                #expect(reply.code == 220)
                #expect(try await wire.ask("MAIL FROM:<a@b>").code == 250)
                try await wire.ask("RCPT TO:<c@d>")
                try await wire.ask("DATA")
                try await wire.ask("x\r\n.")
                try await wire.send("XCLIENT ADDR=192.0.2.66\r\nEHLO c\r\n")
                #expect(await wire.rest() == [554])
            }
            let client = try #require(server.notes.messages.first?.client)
            #expect(client.address == IPAddress("2001:db8::7"))
            #expect(client.port == 99)
            #expect(client.helo == "true.example")
            #expect(client.proxiedBy == TestServer.localhost)
            #expect(server.notes.asked.filter { $0 == "connected" }.count == 3)
            try await eventually("each policy has heard of its end") {
                server.notes.asked.filter { $0 == "closed" }.count == 3
            }
        }
    }

    @Test func `a listener may be for some networks alone`() async throws {
        var configuration = TestServer.configuration()
        configuration.role = .internal
        configuration.clients = IPNetwork("10.0.0.0/8").map { [$0] }
        try await TestServer.run(configuration) { server in
            try await Wire.connect(server.port) { wire in #expect(await wire.rest() == [554]) }
            #expect(server.notes.asked.isEmpty)
        }
        configuration.clients = IPNetwork("127.0.0.0/8").map { [$0] }
        try await TestServer.run(configuration) { server in
            try await Wire.connect(server.port) { wire in
                let greeting = try await wire.reply()
                #expect(greeting.code == 220)
            }
        }
    }
}
