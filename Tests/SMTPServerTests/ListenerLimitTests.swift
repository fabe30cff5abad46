import Identities
import NIOCore
import SMTP
import SMTPServer
import Testing

/// Every limit of a listener, hit.
@Suite(.timeLimit(.minutes(3))) struct `Limits of a listener` {
    private func with(
        _ change: (inout ListenerConfiguration) -> Void,
        answers: TestPolicy.Answers = TestPolicy.Answers(),
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var configuration = TestServer.configuration()
        change(&configuration)
        try await TestServer.run(configuration, answers: answers, body)
    }

    private func expect(
        _ code: Int, _ server: TestServer, from address: String? = nil,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await Wire.connect(server.port, from: address) {
            try await $0.reply().code
        }
        #expect(found == code, sourceLocation: location)
    }

    @Test func `connections have a number, for all and for each`() async throws {
        let changes: [(inout ListenerConfiguration) -> Void] = [
            { $0.limits.connections = 1 }, { $0.limits.connectionsPerAddress = 1 },
            { $0.limits.connectionsPerNetwork = 1 },
        ]
        for change in changes {
            try await with(change) { server in
                try await Wire.connect(server.port) { wire in
                    #expect(try await wire.reply().code == 220)
                    try await expect(421, server)
                }
                #expect(server.listener.statistics.overLimit == 1)
                try await eventually("there is room again") {
                    server.listener.statistics.open == 0
                }
                try await expect(220, server)
            }
        }
        try await with({ $0.limits.connectionsPerAddress = 1 }) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await expect(220, server, from: "127.0.0.2")
            }
        }
        try await with({ $0.limits.connectionsPerNetwork = 1 }) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await expect(421, server, from: "127.0.0.2")
                try await expect(220, server, from: "127.0.1.2")
            }
        }
    }

    @Test func `connections and messages of a minute have a number`() async throws {
        try await with({ $0.limits.connectionsPerMinute = 2 }) { server in
            for expected in [220, 220, 421] {
                try await expect(expected, server)
            }
        }
        try await with({ $0.limits.messagesPerMinute = 2 }) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO c")
                for expected in [250, 250, 450] {
                    #expect(try await wire.ask("MAIL FROM:<a@b>").code == expected)
                    try await wire.ask("RSET")
                }
            }
        }
    }

    @Test func `who is exempt is not counted`() async throws {
        try await with({
            $0.limits.connectionsPerMinute = 1
            $0.limits.connectionsPerAddress = 1
            $0.limits.errors = 2
            $0.exempt = IPNetwork("127.0.0.0/8").map { [$0] } ?? []
        }) { server in
            for _ in 0..<3 { try await expect(220, server) }
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                for _ in 0..<5 { #expect(try await wire.ask("FOO").code == 500) }
            }
        }
    }

    @Test func `clients behind a listed peer are counted, and not the peer`() async throws {
        try await with({
            $0.limits.connectionsPerAddress = 1
            $0.proxies = IPNetwork("127.0.0.0/8").map { [$0] } ?? []
        }) { server in
            func expect(_ codes: [Int], _ header: String) async throws {
                try await Wire.connect(server.port) { wire in
                    try await wire.send(header)
                    let found = try await wire.reply().code
                    #expect([found] == codes)
                }
            }
            try await Wire.connect(server.port) { wire in
                try await wire.send("PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n")
                _ = try await wire.reply()
                try await expect([421], "PROXY TCP4 192.0.2.1 192.0.2.2 2 25\r\n")
                try await expect([220], "PROXY TCP4 192.0.2.3 192.0.2.2 2 25\r\n")
                try await Wire.connect(server.port) { health in
                    try await health.send("PROXY UNKNOWN\r\n")
                    _ = try await health.reply()
                    try await expect([220], "PROXY UNKNOWN\r\n")
                }
            }
        }
    }

    @Test func `silence has its time`() async throws {
        try await with({ $0.limits.commandTime = .milliseconds(200) }) { server in
            try await Wire.connect(server.port) { wire in
                #expect(await wire.rest() == [220, 421])
            }
            #expect(server.listener.statistics.timeouts == 1)
            #expect(server.notes.reasons == ["The client was silent too long."])
        }
    }

    @Test func `an octet now and then gains no time`() async throws {
        try await with({ $0.limits.commandTime = .milliseconds(300) }) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                while (try? await wire.send("N")) != nil {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(server.listener.statistics.timeouts == 1)
        }
    }

    @Test func `content has its time, between two pieces and as a whole`() async throws {
        try await with({ $0.limits.contentTime = .milliseconds(200) }) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.send("DATA\r\nx\r\n")
                #expect(await wire.rest() == [354, 421])
            }
        }
        try await with({ $0.limits.messageTime = .milliseconds(300) }) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.send("DATA\r\n")
                while (try? await wire.send("N")) != nil {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(server.listener.statistics.timeouts == 1)
            #expect(server.notes.messages.isEmpty)
        }
    }

    @Test func `a slow judgement is no silence of the client`() async throws {
        var answers = TestPolicy.Answers()
        answers.message = { _ in
            try? await Task.sleep(for: .seconds(4))
            return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        }
        try await with(
            {
                $0.limits.commandTime = .seconds(3)
                $0.limits.contentTime = .seconds(3)
            }, answers: answers
        ) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.send(
                    "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n")
                #expect(try await wire.replies(5) == [250, 250, 250, 354, 250])
            }
        }
    }

    @Test func `the reply to an error waits after some of them, and too many end it`() async throws
    {
        try await with({
            $0.limits.errors = 5
            $0.limits.errorsBeforeTarpit = 2
            $0.limits.tarpit = .milliseconds(50)
        }) { server in
            let start = ContinuousClock.now
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.send(String(repeating: "FOO\r\n", count: 10))
                #expect(await wire.rest() == [500, 500, 500, 500, 500, 421])
            }
            // Two waits at least, however fast the machine is.
            #expect(ContinuousClock.now - start >= .milliseconds(100))
        }
    }

    @Test func `a flood after the end of the client's side is cut off`() async throws {
        let gate = Gate()
        var answers = TestPolicy.Answers()
        answers.mail = { _ in
            .later {
                await gate.wait()
                return nil
            }
        }
        try await with({ _ in }, answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO c")
                try await wire.send("MAIL FROM:<a@b>\r\n")
                wire.push([UInt8](repeating: 0x41, count: 32 << 20))
                try await eventually("the policy is asked") {
                    server.notes.asked.last == "mail a@b"
                }
                wire.channel.close(mode: .all, promise: nil)
            }
            gate.open()
            try await eventually("it is over") { server.listener.statistics.open == 0 }
        }
    }

    @Test func `four hundred silent connections are borne`() async throws {
        try await with({
            $0.limits.connectionsPerAddress = 2_000
            $0.limits.connectionsPerNetwork = 2_000
            $0.limits.connectionsPerMinute = 0
        }) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let gate = Gate()
                for _ in 0..<400 {
                    group.addTask {
                        try await Wire.connect(server.port) { wire in
                            _ = try await wire.reply()
                            await gate.wait()
                        }
                    }
                }
                try await eventually("all are there") { server.listener.statistics.open == 400 }
                try await Wire.connect(server.port) { wire in
                    try await wire.begin()
                    try await wire.ask("DATA")
                    #expect(try await wire.ask("x\r\n.").code == 250)
                }
                gate.open()
                try await group.waitForAll()
            }
        }
    }
}
