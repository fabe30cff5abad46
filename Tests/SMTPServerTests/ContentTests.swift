import Foundation
import SMTP
import SMTPServer
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Content on its way in` {
    private static let line = Array((String(repeating: "0123456789", count: 7) + "\r\n").utf8)

    private func content(_ octets: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(octets)
        while result.count < octets { result += Self.line }
        return result
    }

    @Test func `a small message stays in memory, a large one goes into a file`() async throws {
        var configuration = TestServer.configuration()
        configuration.limits.memoryContentOctets = 100_000
        try await TestServer.run(configuration) { server in
            let small = content(90_000)
            let large = content(1_000_000)
            try await Wire.connect(server.port) { wire in
                for octets in [small, large, small] {
                    try await wire.begin(anew: true)
                    try await wire.ask("DATA")
                    try await wire.send(octets)
                    #expect(try await wire.ask(".").code == 250)
                }
            }
            #expect(server.notes.contents == [small, large, small])
            for (message, isFile) in zip(server.notes.messages, [false, true, false]) {
                if case .file(let file) = message.content {
                    #expect(isFile)
                    #expect(file.count == large.count)
                    #expect(file.path.hasPrefix(server.folder + "/"))
                } else {
                    #expect(!isFile)
                }
            }
            #expect(server.listener.statistics.files == 1)
        }
    }

    @Test func `a file that the policy takes is its own`() async throws {
        var configuration = TestServer.configuration()
        configuration.limits.memoryContentOctets = 1_000
        var answers = TestPolicy.Answers()
        answers.message = { message in
            guard case .file(let file) = message.content,
                (try? FileManager.default.moveItem(atPath: file.path, toPath: file.path + ".mine"))
                    != nil
            else { return SMTPReply(451, EnhancedStatusCode(4, 3, 0), "No file") }
            return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        }
        try await TestServer.run(configuration, answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.ask("DATA")
                try await wire.send(content(200_000))
                #expect(try await wire.ask(".").code == 250)
            }
            try await eventually("it is closed") { server.notes.asked.last == "closed" }
            let files = try FileManager.default.contentsOfDirectory(atPath: server.folder)
            #expect(files.filter { $0.hasSuffix(".mine") }.count == 1)
        }
    }

    @Test func `without memory in the process every message goes into a file`() async throws {
        let memory = MemoryBudget(octets: 50_000)
        try await TestServer.run(memory: memory) { server in
            try await Wire.connect(server.port) { first in
                try await first.begin()
                try await first.ask("DATA")
                try await first.send(content(40_000))
                try await eventually("memory is taken") { memory.used >= 40_000 }
                try await Wire.connect(server.port) { second in
                    try await second.begin()
                    try await second.ask("DATA")
                    try await second.send(content(20_000))
                    #expect(try await second.ask(".").code == 250)
                }
                #expect(try await first.ask(".").code == 250)
            }
            #expect(server.listener.statistics.files == 1)
            #expect(
                server.notes.contents.map(\.count).sorted() == [
                    content(20_000).count, content(40_000).count,
                ])
        }
    }

    @Test func `a disk that takes nothing is the server's trouble, and the dialogue goes on`()
        async throws
    {
        var configuration = TestServer.configuration()
        configuration.limits.memoryContentOctets = 1_000
        try await TestServer.run(configuration, folder: "/nonexistent/incoming") { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                for size in [2_000, 200_000, 2_000_000] {
                    try await wire.ask("DATA")
                    try await wire.send(content(size))
                    #expect(try await wire.ask(".").code == 451)
                    try await wire.ask("MAIL FROM:<a@b>")
                    try await wire.ask("RCPT TO:<c@d>")
                }
                #expect(try await wire.ask("NOOP").code == 250)
            }
            #expect(server.notes.messages.isEmpty)
        }
    }

    @Test func `a message of 100 MB is taken whole`() async throws {
        var configuration = TestServer.configuration()
        configuration.maximumMessageOctets = 110 << 20
        var answers = TestPolicy.Answers()
        answers.keepsContents = false
        let counted = Counted()
        answers.message = { message in
            guard case .file(let file) = message.content, counted.isWhole(file) else {
                return SMTPReply(550, EnhancedStatusCode(5, 6, 0), "Not what was sent")
            }
            return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        }
        try await TestServer.run(configuration, answers: answers) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.ask("DATA")
                let piece = content(1 << 20)
                for _ in 0..<100 { try await wire.send(piece) }
                #expect(try await wire.ask(".").code == 250)
            }
            let message = try #require(server.notes.messages.first)
            #expect(message.content.count == 100 * content(1 << 20).count)
        }
    }

    @Test func `a message above the limit is refused and takes no room`() async throws {
        var configuration = TestServer.configuration()
        configuration.maximumMessageOctets = 1 << 20
        configuration.limits.memoryContentOctets = 1 << 16
        try await TestServer.run(configuration) { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                try await wire.ask("DATA")
                let piece = content(1 << 20)
                for _ in 0..<20 { try await wire.send(piece) }
                let reply = try await wire.ask(".")
                #expect(reply.description.hasPrefix("552 5.3.4"))
                #expect(try await wire.ask("NOOP").code == 250)
            }
        }
    }

    @Test func `chunks are put together, and a flood of small ones is borne`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin()
                let chunks =
                    String(repeating: "BDAT 3\r\nab\r", count: 1)
                    + String(repeating: "BDAT 1\r\n\nBDAT 3\r\nab\r", count: 4_999)
                wire.push(Array(chunks.utf8))
                #expect(try await wire.replies(9_999).allSatisfy { $0 == 250 })
                try await wire.send("BDAT 1 LAST\r\n\n")
                #expect(try await wire.reply().code == 250)
            }
            #expect(
                server.notes.contents == [Array(String(repeating: "ab\r\n", count: 5_000).utf8)])
        }
    }

    @Test func `a chunk that never comes holds no memory`() async throws {
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                try await wire.begin(parameters: " SIZE=40000000")
                try await wire.send("BDAT 40000000 LAST\r\nabc")
                try await eventually("three octets are there") { server.memory.used == 3 }
            }
        }
    }
}

/// Whether a file is the line again and again.
private struct Counted: Sendable {
    private static let line = String(repeating: "0123456789", count: 7) + "\r\n"

    func isWhole(_ file: ContentFile) -> Bool {
        guard let data = FileManager.default.contents(atPath: file.path), data.count == file.count
        else { return false }
        let line = Array(Self.line.utf8)
        return data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4_093).allSatisfy { bytes[$0] == line[$0 % 72] }
        }
    }
}

extension Wire {
    /// As `begin`, also after another message.
    func begin(anew: Bool) async throws {
        if !isGreeted { _ = try await reply() }
        isGreeted = true
        try await ask("EHLO client.example")
        try await ask("MAIL FROM:<a@client.example>")
        try await ask("RCPT TO:<b@example.org>")
    }
}
