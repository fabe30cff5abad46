import Foundation
import Identities
import Logging
import NIOCore
import NIOPosix
import SMTP
import SMTPServer
import Synchronization

/// A listener on loopback that takes everything, and a client that sends octets as they are.
enum SMTPConformanceServer {
    /// Notes what came; refuses nothing.
    private final class Policy: ReceptionPolicy {
        let messages: MessageList
        init(_ messages: MessageList) { self.messages = messages }

        func connected(_ client: ClientConnection) -> PolicyAnswer<ConnectionAnswer> {
            .now(.accept(greetingDelay: .zero))
        }
        func earlyTalker(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> { .now(nil) }
        func hello(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> { .now(nil) }
        func mail(
            _ path: ReversePath, _ parameters: MailParameters, _ client: ClientConnection
        ) -> PolicyAnswer<SMTPReply?> { .now(nil) }
        func recipient(
            _ recipient: EnvelopeRecipient, _ envelope: Envelope, _ client: ClientConnection
        ) -> PolicyAnswer<SMTPReply?> { .now(nil) }
        func message(_ message: ReceivedMessage) async -> SMTPReply {
            messages.add(message)
            return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Queued")
        }
        func closed(_ client: ClientConnection, reason: String) {}
    }

    final class MessageList: Sendable {
        private let list = Mutex<[ReceivedMessage]>([])
        var all: [ReceivedMessage] { list.withLock { $0 } }
        func add(_ message: ReceivedMessage) { list.withLock { $0.append(message) } }
        func clear() { list.withLock { $0 = [] } }
    }

    static func run(
        bareLineFeed: BareLineFeed, maximumMessageOctets: Int = 1 << 20,
        _ body: (Int, MessageList) async throws -> Void
    ) async throws {
        var configuration = ListenerConfiguration(
            address: IPAddress(ipv4: 0x7F00_0001), port: 0, hostName: "testserver",
            maximumMessageOctets: maximumMessageOctets, bareLineFeed: bareLineFeed)
        configuration.limits.connectionsPerMinute = 0
        configuration.limits.tarpit = .zero
        configuration.limits.memoryContentOctets = 4 << 20
        let messages = MessageList()
        let listener = SMTPListener(
            configuration, incoming: FileManager.default.temporaryDirectory.path,
            group: .singletonMultiThreadedEventLoopGroup,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { 0 },
            policy: { _ in Policy(messages) })
        let port = try await listener.start()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(port, messages))
        } catch {
            result = .failure(error)
        }
        await listener.drain(grace: .zero)
        try result.get()
    }
}

/// The client's end: sends octets, reads replies line by line.
final class SMTPConformanceClient {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let channel: any Channel
    private var received: [UInt8] = []
    private var parser = SMTPReplyParser()

    private init(
        _ channel: any Channel, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.channel = channel
        self.inbound = inbound
    }

    static func connect(
        _ port: Int, _ body: (SMTPConformanceClient) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, _ in
            try await body(SMTPConformanceClient(channel.channel, inbound.makeAsyncIterator()))
        }
    }

    /// Sends, as far as the server still listens.
    func send(_ octets: [UInt8]) async {
        try? await channel.writeAndFlush(ByteBuffer(bytes: octets)).get()
    }

    /// Sends each octet by itself, all from the event loop: tests beside this one, that compute,
    /// would keep a task waiting before each.
    func drip(_ octets: [UInt8]) async {
        let channel = self.channel
        @Sendable func next(_ index: Int, _ end: EventLoopPromise<Void>) {
            guard index < octets.count, channel.isActive else { return end.succeed() }
            channel.writeAndFlush(ByteBuffer(bytes: [octets[index]]), promise: nil)
            channel.eventLoop.execute { next(index + 1, end) }
        }
        let end = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { next(0, end) }
        try? await end.futureResult.get()
    }

    /// The next reply; nil when the server has closed.
    func reply() async -> SMTPReply? {
        while true {
            var consumed = 0
            guard let reply = try? parser.parse(received, consumed: &consumed) else {
                received.removeFirst(consumed)
                guard var piece = try? await inbound.next(isolation: #isolation) else { return nil }
                received += piece.readBytes(length: piece.readableBytes) ?? []
                continue
            }
            received.removeFirst(consumed)
            return reply
        }
    }

    /// The codes of all replies after the client has closed its side.
    func rest() async -> [Int] {
        try? await channel.close(mode: .output)
        var codes: [Int] = []
        while let reply = await reply() { codes.append(reply.code) }
        return codes
    }
}
