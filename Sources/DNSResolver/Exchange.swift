internal import DNS
internal import Identities
internal import NIOCore
internal import NIOPosix

/// Sends one query to one server and waits for its answer, on a socket opened for it alone.
struct Exchange: Sendable {
    let group: any EventLoopGroup
    let random: @Sendable () -> UInt64
    /// Told of each socket while it is open; false when the resolver has been shut down.
    let register: @Sendable (any Channel) -> Bool
    let unregister: @Sendable (any Channel) -> Void

    /// Asks over UDP, and over TCP when the answer is cut or in doubt.
    func ask(
        _ query: Query, _ server: ResolverAddress, timeout: Duration
    ) async throws -> DNSMessage {
        let bytes: [UInt8]
        do {
            bytes = try await overUDP(query, server, timeout: timeout)
        } catch ExchangeFailure.needsTCP {
            bytes = try await overTCP(query.bytes, server, timeout: timeout) { bytes in
                // Nobody forges into a connection by guessing, so folded letters are no sign of it.
                switch query.judge(bytes) {
                case .answer, .caseDiffers: true
                case .stray: false
                }
            }
        }
        return try DNSMessage.parse(bytes)
    }

    private func overUDP(
        _ query: Query, _ server: ResolverAddress, timeout: Duration
    ) async throws -> [UInt8] {
        let remote = try server.socketAddress
        let loop = group.next()
        let promise = loop.makePromise(of: [UInt8].self)
        let socket = bind(isIPv4: server.address.isIPv4, attempts: Limits.portAttempts) {
            DatagramBootstrap(group: loop)
                .channelOption(
                    .recvAllocator,
                    value: FixedSizeRecvByteBufferAllocator(capacity: Limits.datagramOctets)
                )
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            DatagramHandler(query: query, server: remote, promise: promise))
                    }
                }
        }
        return try await run(socket, promise, timeout: timeout) { channel in
            // A connected socket hears of nobody else, and learns when nothing listens.
            channel.connect(to: remote).flatMap {
                channel.writeAndFlush(
                    AddressedEnvelope(
                        remoteAddress: remote, data: ByteBuffer(bytes: query.bytes)))
            }
        }
    }

    /// RFC 5452 §9.2: the port is as unpredictable as the identifier.
    private func bind(
        isIPv4: Bool, attempts: Int, _ bootstrap: @escaping @Sendable () -> DatagramBootstrap
    ) -> EventLoopFuture<any Channel> {
        let host = isIPv4 ? "0.0.0.0" : "::"
        guard attempts > 0 else { return bootstrap().bind(host: host, port: 0) }
        let port = 10_000 + Int(random() % 55_536)
        return bootstrap().bind(host: host, port: port).flatMapError { _ in
            bind(isIPv4: isIPv4, attempts: attempts - 1, bootstrap)
        }
    }

    /// Sends a message over a connection of its own, and waits for the first that comes back.
    func overTCP(
        _ bytes: [UInt8], _ server: ResolverAddress, timeout: Duration,
        isAnswer: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws -> [UInt8] {
        let remote = try server.socketAddress
        let loop = group.next()
        let promise = loop.makePromise(of: [UInt8].self)
        let connection = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        StreamHandler(isAnswer: isAnswer, promise: promise))
                }
            }
            .connect(to: remote)
        return try await run(connection, promise, timeout: timeout) { channel in
            var buffer = ByteBuffer()
            buffer.writeInteger(UInt16(truncatingIfNeeded: bytes.count))
            buffer.writeBytes(bytes)
            return channel.writeAndFlush(buffer)
        }
    }

    /// Sends when the socket is open, and waits until the promise is kept, the time is up or the
    /// task is cancelled; then the socket is closed. All of it happens on the event loop, so that
    /// a task that gets no thread for a while does not count as a server that is slow.
    private func run(
        _ socket: EventLoopFuture<any Channel>, _ promise: EventLoopPromise<[UInt8]>,
        timeout: Duration, send: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> [UInt8] {
        socket.whenComplete { result in
            switch result {
            case .failure:
                promise.fail(ExchangeFailure.noConnection)
            case .success(let channel):
                guard register(channel) else {
                    channel.close(promise: nil)
                    promise.fail(ExchangeFailure.closed)
                    return
                }
                let timer = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                    promise.fail(ExchangeFailure.timeout)
                }
                promise.futureResult.whenComplete { _ in
                    timer.cancel()
                    unregister(channel)
                    channel.close(promise: nil)
                }
                send(channel).whenFailure { _ in
                    promise.fail(ExchangeFailure.unreachable("the question cannot be sent"))
                }
            }
        }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(ExchangeFailure.cancelled)
        }
    }
}
