internal import NIOCore
internal import Synchronization

/// Keeps connections for the next message, and lets deliveries to a busy target wait in order.
final class ConnectionPool: Sendable {
    private let state: Mutex<PoolState>
    private let limit: Int

    /// - Parameters:
    ///   - limit: connections to one target at a time.
    ///   - idle: connections kept for the next message, over all targets.
    init(limit: Int, idle: Int) {
        self.limit = limit
        state = Mutex(PoolState(idleLimit: idle))
    }

    var idleConnections: Int { state.withLock { $0.idleConnections } }
    var busyConnections: Int { state.withLock { $0.busyConnections } }

    /// A connection, or the right to open one; waits for its turn.
    func take(_ target: DeliveryTarget) async -> PoolState.Turn {
        if let turn = state.withLock({ $0.take(target, limit: limit) }) { return turn }
        let ticket = state.withLock { $0.ticket() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let turn: PoolState.Turn? = state.withLock {
                    if Task.isCancelled { return .cancelled }
                    return $0.wait(target, ticket, waiter, limit: limit)
                }
                if let turn { waiter.resume(returning: turn) }
            }
        } onCancel: {
            state.withLock { $0.leave(target, ticket) }?.resume(returning: .cancelled)
        }
    }

    /// A place has become a connection. From now on the pool notices when it is closed.
    func opened(_ connection: ServerConnection, _ target: DeliveryTarget) {
        let isClosed = state.withLock { state in
            state.opened(connection)
            return state.isClosed
        }
        if isClosed { connection.cancel() }
        connection.channel.closeFuture.whenComplete { [self] _ in
            if state.withLock({ $0.closed(connection, target) }) { free(target) }
        }
    }

    /// The message is through; the connection is for the next one, if it is in good order.
    func giveBack(_ connection: ServerConnection, _ target: DeliveryTarget, isReusable: Bool) {
        guard isReusable, !connection.isWornOut else {
            if isReusable { connection.quit() }
            lost(connection)
            free(target)
            return
        }
        switch state.withLock({ $0.giveBack(connection, target) }) {
        case .kept:
            // It may have been closed before it was idle.
            if !connection.channel.isActive,
                state.withLock({ $0.closed(connection, target) })
            {
                free(target)
            }
        case .handOver(let waiter, let turn): waiter.resume(returning: turn)
        case .close:
            connection.quit()
            free(target)
        }
    }

    /// The connection broke; its place is kept for another.
    func lost(_ connection: ServerConnection) {
        state.withLock { $0.lost(connection) }
    }

    /// A place is not needed any more.
    func free(_ target: DeliveryTarget) {
        state.withLock { $0.free(target) }?.resume(returning: .place)
    }

    /// Closes idle connections whose target says so.
    func retire(where isStale: (DeliveryTarget) -> Bool) {
        for connection in state.withLock({ $0.idle(where: isStale) }) { connection.quit() }
    }

    /// Closes everything and waits until it is closed. Nothing is opened any more.
    func close() async {
        let rest = state.withLock { $0.close() }
        for waiter in rest.waiting { waiter.resume(returning: .closed) }
        for connection in rest.idle { connection.quit() }
        for connection in rest.inUse { connection.cancel() }
        for connection in rest.idle + rest.inUse {
            try? await connection.channel.closeFuture.get()
        }
    }
}
