import DNS
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A name server that answers as the test tells it, over UDP and, on the same port, over TCP.
final class HostileServer: Sendable {
    struct Asked: Sendable {
        let query: DNSMessage
        let isTCP: Bool
        /// Counted from 0 over the server's life.
        let number: Int
        let sourcePort: Int
    }

    enum Reply: Sendable {
        case octets([UInt8])
        case message(DNSMessage)
        /// The reply comes from another socket, and so from another port.
        case fromElsewhere(DNSMessage)
        case pause(TimeAmount)
        case close
    }

    let port: Int
    private let channels: [any Channel]
    private let log: SeenLog

    /// What was asked, in order.
    var asked: [Asked] { log.all }

    init(
        host: String = "127.0.0.1", _ behave: @escaping @Sendable (Asked) -> [Reply]
    ) async throws {
        // The same for both: one that the system gave to TCP may be taken for UDP.
        let port = try LoopbackPort.free()
        self.port = port
        let log = SeenLog()
        let group = MultiThreadedEventLoopGroup.singleton
        let other = try await DatagramBootstrap(group: group).bind(host: host, port: 0).get()
        let tcp = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        StreamSide(log: log, behave: behave))
                }
            }
            .bind(host: host, port: port).get()
        let udp = try await DatagramBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        DatagramSide(log: log, behave: behave, other: other))
                }
            }
            .bind(host: host, port: port).get()
        channels = [udp, tcp, other]
        self.log = log
    }

    func stop() async {
        for channel in channels { try? await channel.close().get() }
    }

    final class SeenLog: Sendable {
        private let list = Mutex<[Asked]>([])
        var all: [Asked] { list.withLock { $0 } }

        func add(_ query: DNSMessage, isTCP: Bool, port: Int) -> Asked {
            list.withLock {
                let asked = Asked(query: query, isTCP: isTCP, number: $0.count, sourcePort: port)
                $0.append(asked)
                return asked
            }
        }
    }

    /// An answer to a query with records and a code.
    static func answer(
        _ query: DNSMessage, _ records: [ResourceRecord] = [], code: ResponseCode = .noError,
        authorities: [ResourceRecord] = []
    ) -> DNSMessage {
        var message = DNSMessage()
        message.id = query.id
        message.isResponse = true
        message.isRecursionDesired = query.isRecursionDesired
        message.isRecursionAvailable = true
        message.questions = query.questions
        message.answers = records
        message.authorities = authorities
        message.responseCode = code
        return message
    }
}

private final class DatagramSide: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let log: HostileServer.SeenLog
    private let behave: @Sendable (HostileServer.Asked) -> [HostileServer.Reply]
    private let other: any Channel

    init(
        log: HostileServer.SeenLog,
        behave: @escaping @Sendable (HostileServer.Asked) -> [HostileServer.Reply],
        other: any Channel
    ) {
        self.log = log
        self.behave = behave
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let query = try? DNSMessage.parse(envelope.data.readableBytesView) else { return }
        let asked = log.add(query, isTCP: false, port: envelope.remoteAddress.port ?? 0)
        var delay = TimeAmount.zero
        let channel = context.channel
        let other = other
        for reply in behave(asked) {
            let from: any Channel
            let bytes: [UInt8]
            switch reply {
            case .pause(let time):
                delay = delay + time
                continue
            case .close: continue
            case .octets(let octets): (from, bytes) = (channel, octets)
            case .message(let message): (from, bytes) = (channel, message.render())
            case .fromElsewhere(let message): (from, bytes) = (other, message.render())
            }
            let remote = envelope.remoteAddress
            context.eventLoop.scheduleTask(in: delay) {
                from.writeAndFlush(
                    AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: bytes)),
                    promise: nil)
            }
        }
    }
}

private final class StreamSide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let log: HostileServer.SeenLog
    private let behave: @Sendable (HostileServer.Asked) -> [HostileServer.Reply]

    init(
        log: HostileServer.SeenLog,
        behave: @escaping @Sendable (HostileServer.Asked) -> [HostileServer.Reply]
    ) {
        self.log = log
        self.behave = behave
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        guard let query = try? DNSMessage.parse(buffer.readableBytesView.dropFirst(2)) else {
            return
        }
        let asked = log.add(query, isTCP: true, port: context.remoteAddress?.port ?? 0)
        let channel = context.channel
        var delay = TimeAmount.zero
        for reply in behave(asked) {
            let bytes: [UInt8]
            switch reply {
            case .pause(let time):
                delay = delay + time
                continue
            case .close:
                context.eventLoop.scheduleTask(in: delay) { channel.close(promise: nil) }
                continue
            case .octets(let octets): bytes = octets
            case .message(let message), .fromElsewhere(let message): bytes = message.render()
            }
            var out = ByteBuffer(integer: UInt16(bytes.count))
            out.writeBytes(bytes)
            let frame = out
            // In pieces, as a network may deliver it.
            context.eventLoop.scheduleTask(in: delay) {
                var rest = frame
                while rest.readableBytes > 0 {
                    let piece = rest.readSlice(length: min(1_000, rest.readableBytes))
                    if let piece { channel.writeAndFlush(piece, promise: nil) }
                }
            }
        }
    }
}
