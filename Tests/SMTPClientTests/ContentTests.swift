import Identities
import SMTP
import SMTPClient
import Testing

@Suite struct ContentTests {
    /// Content that is made as it is read, and may break off.
    private struct Lines: OutgoingContent {
        struct Broken: Error {}

        let count: Int
        /// Octets before an error; no error without it.
        var breaksAt: Int?
        /// Octets given out at most, without an error.
        var endsAt = Int.max

        func forEachPiece(
            in range: Range<Int>, _ take: (UnsafeRawBufferPointer) throws -> Void
        ) throws {
            if let breaksAt, range.upperBound > breaksAt { throw Broken() }
            let octets = range.clamped(to: 0..<endsAt).map { Self.octet($0) }
            try octets.withUnsafeBytes { try take($0) }
        }

        /// Lines of 64 octets, every other one with a dot at its start.
        static func octet(_ index: Int) -> UInt8 {
            switch index % 64 {
            case 62: 0x0D
            case 63: 0x0A
            case 0 where index / 64 % 2 == 1: 0x2E
            default: 0x61
            }
        }
    }

    private func message(_ content: Lines) -> OutgoingMessage {
        var message = Samples.message()
        message.content = content
        return message
    }

    private static let isWhole = 64 * 1_000
    private static let isStreamed = 64 * 20_000

    @Test(arguments: [isWhole, isStreamed])
    func `content arrives whole, with DATA and with BDAT`(_ count: Int) async throws {
        let client = Samples.client()
        let plain = try await FakeServer(.messages)
        let result = await client.deliver(
            message(Lines(count: count)), to: Samples.target(plain.port))
        #expect(Samples.words(result) == "delivered 250")
        let stuffed = (0..<count).flatMap { index in
            let octet = Lines.octet(index)
            return octet == 0x2E && index % 64 == 0 ? [octet, octet] : [octet]
        }
        #expect(plain.heard.last.map { Array($0.utf8) == stuffed } == true)
        let binary = try await FakeServer(
            .greeting("PIPELINING", "CHUNKING") + [
                .hear(2), .say("250 ok\r\n250 ok"), .hear(1), .octets(count), .say("250 taken"),
            ])
        var options = Samples.options()
        options.contentAheadTime = .zero - .seconds(1)
        let careful = Samples.client(options)
        let second = await careful.deliver(
            message(Lines(count: count)), to: Samples.target(binary.port))
        #expect(Samples.words(second) == "delivered 250")
        #expect(
            binary.heard.last.map { Array($0.utf8) == (0..<count).map(Lines.octet) } == true)
        await client.shutDown()
        await careful.shutDown()
    }

    @Test func `short content that cannot be read is not begun`() async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        for content in [
            Lines(count: Self.isWhole, breaksAt: 10), Lines(count: Self.isWhole, endsAt: 10),
        ] {
            let result = await client.deliver(message(content), to: Samples.target(server.port))
            #expect(Samples.words(result) == "failed mail 4.3.0")
        }
        #expect(server.heard == ["EHLO gate.example"])
        await client.shutDown()
    }

    @Test func `long content that breaks off is never taken for whole`() async throws {
        for content in [
            Lines(count: Self.isStreamed, breaksAt: 600_000),
            Lines(count: Self.isStreamed, endsAt: 600_000),
        ] {
            let server = try await FakeServer(.messages)
            let client = Samples.client()
            let result = await client.deliver(message(content), to: Samples.target(server.port))
            #expect(Samples.words(result) == "failed content 4.3.0")
            #expect(server.heard.last == "DATA")
            #expect(client.connections.idle == 0)
            await client.shutDown()
        }
    }

    @Test func `a server that refuses long content in the middle is believed and left`()
        async throws
    {
        let server = try await FakeServer(
            .greeting("PIPELINING") + [
                .hear(3), .say("250 ok\r\n250 ok\r\n354 go"), .octets(300_000),
                .say("552 5.3.4 enough"), .octets(10_000_000),
            ])
        let client = Samples.client()
        let result = await client.deliver(
            message(Lines(count: 64 * 400_000)), to: Samples.target(server.port))
        #expect(Samples.words(result) == "refused 552")
        #expect(client.connections.idle == 0)
        await client.shutDown()
    }

    @Test func `a server that stops reading is left`() async throws {
        let server = try await FakeServer(
            .greeting("PIPELINING") + [.hear(3), .say("250 ok\r\n250 ok\r\n354 go"), .hear(1)])
        var options = Samples.options()
        options.timeouts.contentPiece = .milliseconds(100)
        options.timeouts.verdict = .milliseconds(100)
        let client = Samples.client(options)
        let result = await client.deliver(
            message(Lines(count: Self.isStreamed)), to: Samples.target(server.port))
        #expect(Samples.words(result).hasPrefix("failed content 4.4.2"))
        await client.shutDown()
    }

    @Test func `memory content hands out its two parts as one`() throws {
        let content = MemoryContent(prefix: [1, 2, 3], [4, 5, 6, 7])
        #expect(content.count == 7)
        for start in 0...7 {
            for end in start...9 {
                var octets: [UInt8] = []
                try content.forEachPiece(in: start..<end) { octets += $0 }
                #expect(octets == Array(([1, 2, 3, 4, 5, 6, 7] as [UInt8])[start..<min(7, end)]))
            }
        }
    }
}
