import Identities
import NIOCore
import NIOPosix
import NIOSSL

/// Messages on their way to a log server.
struct SyslogSending {
    let destination: SyslogDestination
    let messages: [[UInt8]]

    /// Sends all of them: a datagram each, or one connection for all.
    ///
    /// - Parameter confirmed: whether a connection counts only when the server has read to its end,
    ///   which it shows by closing its own side. A datagram is never confirmed.
    func send(confirmed: Bool = false) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        guard destination.transport != .udp else {
            let channel = try await DatagramBootstrap(group: group)
                .connect(host: destination.host, port: destination.port).get()
            return try await closing(channel) {
                for message in messages { try await channel.writeAndFlush(Self.buffer(message)) }
            }
        }
        let tls = try destination.transport == .tls ? context() : nil
        let destination = destination
        let end = group.next().makePromise(of: Void.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .connectTimeout(.seconds(Limits.syslogSeconds))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let tls {
                            // A name for those that have one: an address stands in the certificate.
                            let name =
                                IPAddress(destination.host) == nil ? destination.host : nil
                            try pipeline.addHandler(
                                NIOSSLClientHandler(context: tls, serverHostname: name))
                        }
                        try pipeline.addHandler(SyslogEnd(end))
                    }
                }
                .connect(host: destination.host, port: destination.port).get()
        } catch {
            end.fail(error)
            throw error
        }
        // Whatever hangs ends.
        let limit = channel.eventLoop.scheduleTask(in: .seconds(Limits.syslogSeconds * 3)) {
            channel.pipeline.fireErrorCaught(
                AlertFault("The log server \(destination) did not read to the end in time."))
        }
        defer { limit.cancel() }
        try await closing(channel) {
            for message in messages {
                // RFC 6587 §3.4.1: the length comes first, so that a message may hold anything.
                channel.write(
                    Self.buffer(Array("\(message.count) ".utf8) + message), promise: nil)
            }
            try await channel.writeAndFlush(ByteBuffer())
            guard confirmed else { return }
            try await channel.close(mode: .output)
            try await end.futureResult.get()
        }
    }

    private func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let file = destination.authority { configuration.trustRoots = .file(file) }
        return try NIOSSLContext(configuration: configuration)
    }

    private func closing(_ channel: any Channel, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            try? await channel.close()
            throw error
        }
        // Closed by the other side already where that was waited for.
        try? await channel.close()
    }

    private static func buffer(_ bytes: [UInt8]) -> ByteBuffer { ByteBuffer(bytes: bytes) }
}

/// Notes how a connection ends: by the server's closing, or by a fault.
private final class SyslogEnd: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let end: EventLoopPromise<Void>

    init(_ end: EventLoopPromise<Void>) { self.end = end }

    /// Log servers say nothing; what one says all the same is dropped.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelInactive(context: ChannelHandlerContext) {
        end.succeed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Some servers close without saying so in TLS: they have read what there was.
        if case NIOSSLError.uncleanShutdown? = error as? NIOSSLError {
            end.succeed()
        } else {
            end.fail(error)
        }
        context.close(promise: nil)
    }
}
