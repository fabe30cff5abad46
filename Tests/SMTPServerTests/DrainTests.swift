import SMTP
import SMTPServer
import Testing

@Suite(.timeLimit(.minutes(3))) struct `The end of a listener` {
    @Test func `idle clients are told, and messages in progress come to their end`() async throws {
        let gate = Gate()
        var answers = TestPolicy.Answers()
        answers.message = { _ in
            await gate.wait()
            return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { idle in
                try await Wire.connect(server.port) { busy in
                    try await Wire.connect(server.port) { judged in
                        _ = try await idle.reply()
                        try await busy.begin()
                        try await busy.ask("DATA")
                        try await judged.begin()
                        try await judged.ask("DATA")
                        try await judged.send("x\r\n.\r\n")
                        try await eventually("one is judged") {
                            server.notes.asked.contains("message")
                        }
                        async let drained: Void = server.listener.drain(grace: .seconds(100))
                        #expect(await idle.rest() == [421])
                        // Nobody listens there any more, or somebody else does.
                        _ = try? await Wire.connect(server.port) { _ in }
                        #expect(server.listener.statistics.connections == 3)
                        gate.open()
                        #expect(await judged.rest() == [250, 421])
                        try await busy.send("y\r\n.\r\n")
                        #expect(await busy.rest() == [250, 421])
                        await drained
                        #expect(server.notes.messages.count == 2)
                        #expect(server.listener.statistics.open == 0)
                    }
                }
            }
        }
    }

    @Test func `who does not come to an end is closed after a while`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.ask("DATA")
                await server.listener.drain(grace: .milliseconds(100))
                #expect(server.listener.statistics.open == 0)
                #expect(await wire.rest() == [])
            }
        }
    }

    @Test func `connections that are only being opened end too`() async throws {
        var answers = TestPolicy.Answers()
        answers.connected = { _ in .now(.accept(greetingDelay: .seconds(100))) }
        try await TestServer.run(answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                try await eventually("it is there") { !server.notes.asked.isEmpty }
                async let drained: Void = server.listener.drain(grace: .seconds(100))
                #expect(await wire.rest() == [421])
                await drained
            }
        }
    }

    @Test func `an end may be asked for twice`() async throws {
        try await TestServer.run { server in
            await server.listener.drain(grace: .zero)
            await server.listener.drain(grace: .zero)
        }
    }
}
