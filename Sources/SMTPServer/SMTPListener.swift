internal import Identities
public import Logging
public import NIOCore
internal import NIOPosix
internal import Synchronization

/// Listens at one address and speaks SMTP with whoever comes.
public final class SMTPListener: Sendable {
    private let group: any EventLoopGroup
    private let state: ListenerState
    private let channel = Mutex<(any Channel)?>(nil)

    /// - Parameters:
    ///   - folder: Where large contents are written; it exists, and is on the spool's file system.
    ///   - memory: Shared by all listeners of the process.
    ///   - now: Seconds since 1970.
    ///   - policy: Makes the judge of one connection; called once the true client is known.
    public init(
        _ configuration: ListenerConfiguration, incoming folder: String,
        group: any EventLoopGroup, memory: MemoryBudget = MemoryBudget(), logger: Logger,
        now: @escaping @Sendable () -> Int64,
        policy: @escaping @Sendable (ClientConnection) -> any ReceptionPolicy
    ) {
        self.group = group
        state = ListenerState(
            configuration, folder: folder, memory: memory, logger: logger, now: now,
            policy: policy)
    }

    /// Listens; returns the port.
    public func start() async throws -> Int {
        let configuration = state.configuration
        let state = state
        let address = try SocketAddress(
            ipAddress: "\(configuration.address)", port: configuration.port)
        let receiver = AdaptiveRecvByteBufferAllocator(
            minimum: 1_024, initial: 16_384, maximum: Limits.readOctets)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Limits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: receiver)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SMTPServerHandler(state))
                }
            }
            .bind(to: address).get()
        self.channel.withLock { $0 = channel }
        return channel.localAddress?.port ?? configuration.port
    }

    /// Takes no new connections, lets messages in progress come to their end, says 421 to everybody
    /// else, and after `grace` closes what is left. Returns when the policies have answered too.
    public func drain(grace: Duration) async {
        let listening = channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
        try? await listening?.close().get()
        let loop = group.next()
        let emptied = loop.makePromise(of: Void.self)
        for channel in state.drain(emptied) {
            channel.pipeline.fireUserInboundEventTriggered(SMTPServerHandler.Drain())
        }
        let state = state
        let end = loop.scheduleTask(in: TimeAmount(grace)) {
            for channel in state.channels { channel.close(promise: nil) }
        }
        try? await emptied.futureResult.get()
        end.cancel()
    }

    /// What has been seen since the start.
    public var statistics: ListenerStatistics { state.statistics }
}
