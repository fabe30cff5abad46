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
            bytes = try await overTCP(query, server, timeout: timeout)
        }
        return try DNSMessage.parse(bytes)
    }

    private func overUDP(
        _ query: Query, _ server: ResolverAddress, timeout: Duration
    ) async throws -> [UInt8] {
        let loop = group.next()
        let promise = loop.makePromise(of: [UInt8].self)
        do {
            let remote = try server.socketAddress
            let bootstrap = DatagramBootstrap(group: loop)
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
            let channel = try await bind(bootstrap, isIPv4: server.address.isIPv4)
            return try await run(channel, promise, timeout: timeout) {
                // A connected socket hears of nobody else, and learns when nothing listens.
                try await channel.connect(to: remote).get()
                try await channel.writeAndFlush(
                    AddressedEnvelope(
                        remoteAddress: remote, data: ByteBuffer(bytes: query.bytes))
                ).get()
            }
        } catch {
            promise.fail(error)
            throw error
        }
    }

    /// RFC 5452 §9.2: the port is as unpredictable as the identifier.
    private func bind(_ bootstrap: DatagramBootstrap, isIPv4: Bool) async throws -> any Channel {
        let host = isIPv4 ? "0.0.0.0" : "::"
        for _ in 0..<Limits.portAttempts {
            let port = 10_000 + Int(random() % 55_536)
            if let channel = try? await bootstrap.bind(
                to: SocketAddress(ipAddress: host, port: port)
            ).get() {
                return channel
            }
        }
        return try await bootstrap.bind(to: SocketAddress(ipAddress: host, port: 0)).get()
    }

    private func overTCP(
        _ query: Query, _ server: ResolverAddress, timeout: Duration
    ) async throws -> [UInt8] {
        let loop = group.next()
        let promise = loop.makePromise(of: [UInt8].self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(TimeAmount(timeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            StreamHandler(query: query, promise: promise))
                    }
                }
                .connect(to: server.socketAddress).get()
            return try await run(channel, promise, timeout: timeout) {
                let bytes = query.bytes
                var buffer = ByteBuffer()
                buffer.writeInteger(UInt16(truncatingIfNeeded: bytes.count))
                buffer.writeBytes(bytes)
                try await channel.writeAndFlush(buffer).get()
            }
        } catch let error as ExchangeFailure {
            promise.fail(error)
            throw error
        } catch {
            let failure = ExchangeFailure.unreachable("no connection over TCP")
            promise.fail(failure)
            throw failure
        }
    }

    /// Sends, and waits until the promise is kept, the time is up or the task is cancelled; the
    /// socket is closed in the end.
    private func run(
        _ channel: any Channel, _ promise: EventLoopPromise<[UInt8]>, timeout: Duration,
        send: () async throws -> Void
    ) async throws -> [UInt8] {
        guard register(channel) else {
            try? await channel.close().get()
            throw ExchangeFailure.closed
        }
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            promise.fail(ExchangeFailure.timeout)
        }
        let result: Result<[UInt8], any Error>
        do {
            let bytes = try await withTaskCancellationHandler {
                try await send()
                return try await promise.futureResult.get()
            } onCancel: {
                promise.fail(ExchangeFailure.cancelled)
            }
            result = .success(bytes)
        } catch {
            result = .failure(error)
        }
        timer.cancel()
        try? await channel.close().get()
        unregister(channel)
        return try result.get()
    }
}
