import NIOCore
import SMTP
import SMTPServer
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A listener` {
    @Test func `takes a message and tells the policy all of it`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                #expect(try await wire.reply().description == "220 mx.example.org ESMTP")
                try await wire.ask("EHLO client.example")
                #expect(try await wire.ask("MAIL FROM:<a@b> SIZE=20").code == 250)
                #expect(try await wire.ask("RCPT TO:<c@d>").code == 250)
                #expect(try await wire.ask("RCPT TO:<e@f>").code == 250)
                #expect(try await wire.ask("DATA").code == 354)
                #expect(try await wire.ask("Subject: x\r\n\r\n..\r\nx\ny\r\n.").code == 250)
                #expect(try await wire.ask("QUIT").code == 221)
                #expect(await wire.rest() == [])
            }
            try await eventually("the connection is closed") {
                server.notes.asked.last == "closed"
            }
            let notes = server.notes
            #expect(
                notes.asked == [
                    "connected", "hello client.example", "mail a@b", "recipient c@d after 0",
                    "recipient e@f after 1", "message", "closed",
                ])
            let message = try #require(notes.messages.first)
            #expect(notes.contents.first == Array("Subject: x\r\n\r\n.\r\nx\r\ny\r\n".utf8))
            #expect(message.client.address == TestServer.localhost)
            #expect(message.client.localPort == server.port)
            #expect(message.client.isExtended)
            #expect(message.client.tls == nil)
            #expect(message.defects == [.bareLineFeed])
            #expect(message.receivedAt == 1_700_000_000_000)
            let statistics = server.listener.statistics
            #expect(statistics.connections == 1)
            #expect(statistics.accepted == 1)
            #expect(statistics.octets == 23)
        }
    }

    @Test func `answers a group of commands in one piece`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO c")
                let before = wire.pieces
                try await wire.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n")
                #expect(try await wire.replies(4) == [250, 250, 250, 354])
                #expect(wire.pieces == before + 1)
                try await wire.send("x\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
                #expect(try await wire.replies(4) == [250, 250, 250, 354])
            }
            #expect(server.notes.messages.first?.defects == [])
        }
    }

    @Test func `tells of content that did not wait`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.send("DATA\r\nx\r\n.\r\nQUIT\r\n")
                #expect(await wire.rest() == [354, 250, 221])
            }
            #expect(server.notes.messages.first?.defects == [.contentBeforeGoAhead])
        }
    }

    @Test func `waits for answers that take a while, and keeps their order`() async throws {
        var answers = TestPolicy.Answers()
        answers.connected = { _ in .later { .accept(greetingDelay: .zero) } }
        answers.hello = { _ in .later { nil } }
        answers.mail = { path in
            .later { path.isNull ? SMTPReply(550, EnhancedStatusCode(5, 7, 1), "No") : nil }
        }
        answers.recipient = { _, envelope in
            .later {
                envelope.recipients.isEmpty
                    ? nil : SMTPReply(450, EnhancedStatusCode(4, 2, 0), "One")
            }
        }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.send(
                    "EHLO c\r\nMAIL FROM:<>\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
                        + "RCPT TO:<e@f>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
                #expect(await wire.rest() == [250, 550, 250, 250, 450, 354, 250, 221])
            }
        }
    }

    @Test func `reads nothing more while the policy thinks`() async throws {
        let gate = Gate()
        var answers = TestPolicy.Answers()
        answers.mail = { _ in
            .later {
                await gate.wait()
                return nil
            }
        }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO c")
                try await wire.send("MAIL FROM:<a@b>\r\n")
                let flood = [UInt8](repeating: 0x41, count: 1 << 20)
                for _ in 0..<64 { wire.push(flood) }
                try await eventually("the client cannot send more") { !wire.channel.isWritable }
                try await eventually("the policy was asked") {
                    server.notes.asked.last == "mail a@b"
                }
                // What the kernel holds is a few megabytes; the rest waits with the client.
                #expect(!wire.channel.isWritable)
                gate.open()
                #expect(await wire.rest() == [250, 500])
            }
        }
    }

    @Test func `looks at no command while the client does not take the replies`() async throws {
        var configuration = TestServer.configuration()
        configuration.limits.idleCommands = .max
        configuration.limits.writeTime = .milliseconds(300)
        try await TestServer.run(configuration) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                let flood = Array(String(repeating: "HELP\r\n", count: 100_000).utf8)
                for _ in 0..<30 { wire.push(flood) }
                // Nothing is read: at last the server gives up.
                try await eventually("the client is given up") {
                    server.listener.statistics.timeouts == 1
                }
                try await eventually("it is closed") { server.listener.statistics.open == 0 }
            }
        }
    }

    @Test func `serves a client that has closed its side`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.send(
                    "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n")
                try await wire.channel.close(mode: .output)
                #expect(await wire.rest() == [250, 250, 250, 354, 250])
            }
            #expect(server.notes.messages.count == 1)
        }
    }

    @Test func `drops half a message of a client that is gone`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.send("DATA\r\nhalf")
                #expect(try await wire.reply().code == 354)
            }
            try await eventually("the connection is closed") {
                server.notes.asked.last == "closed"
            }
            #expect(server.notes.messages.isEmpty)
            #expect(server.memory.used == 0)
        }
    }

    @Test func `lets the policy finish with a message whose client is gone`() async throws {
        let gate = Gate()
        var answers = TestPolicy.Answers()
        answers.message = { _ in
            await gate.wait()
            return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.send("DATA\r\nx\r\n.\r\n")
                try await eventually("the message is judged") {
                    server.notes.asked.last == "message"
                }
            }
            #expect(server.notes.asked.last == "message")
            gate.open()
            try await eventually("the policy hears of the end") {
                server.notes.asked.last == "closed"
            }
        }
    }

    @Test func `gives way to another way of listening at no address`() async throws {
        try await TestServer.run { server in
            var configuration = TestServer.configuration()
            configuration.port = server.port
            await #expect(throws: (any Error).self) {
                try await TestServer.run(configuration) { _ in }
            }
        }
    }
}
