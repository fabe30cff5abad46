import Gateway
import Logging
import SMTPClient
import SMTPServer
import ServiceLifecycle
import Spool

/// The gateway as a service: doors open when what was left over is in the queue again, and close
/// before anything else stops.
struct GatewayService: Service {
    let gateway: GatewayHouse
    /// Told of all doors once they are open, a line each.
    let started: @Sendable ([String]) -> Void

    func run() async throws {
        let gateway = gateway
        let files = OpenFiles.limit.now
        gateway.logger.notice("Up to \(files) files and connections can be open at once")
        if files < Gateway.Limits.wantedOpenFiles {
            gateway.logger.warning(
                "That is little for a flood of connections: see sealgate doctor")
        }
        await gateway.scheduler.restore(
            gateway.recovery.messages.lazy.compactMap(WaitingMessage.init))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await gateway.scheduler.run() }
            group.addTask { await gateway.projection.run() }
            group.addTask { await gateway.refusedRecords.run() }
            group.addTask { await gateway.pruning.run() }
            if let composer = gateway.composer {
                group.addTask { await composer.run() }
            }
            var doors: [String] = []
            for (listener, door) in zip(gateway.listeners, gateway.doors) {
                let port = try await listener.start()
                doors.append("\(door.words) at \(door.address) port \(port)")
            }
            started(doors)
            try? await gracefulShutdown()
            await gateway.drain()
            group.cancelAll()
            try await group.waitForAll()
        }
        _ = try? await gateway.composer?.flush()
        gateway.spool.close()
    }
}

extension ListenerConfiguration {
    /// Whose mail comes in there.
    var words: String {
        switch role {
        case .inbound: "from anywhere"
        case .internal: "from your own networks"
        case .reports: "reports"
        }
    }
}

extension GatewayHouse {
    /// Finishes what clients are in the middle of, and stops delivering; the rest stays here.
    func drain() async {
        await withTaskGroup(of: Void.self) { group in
            for listener in listeners {
                group.addTask { await listener.drain(grace: .seconds(20)) }
            }
        }
        scheduler.stop()
        await client.shutDown()
    }
}
