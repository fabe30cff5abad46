import HostedDNS
import Logging
import ServiceLifecycle
import Storage

/// Looks again and again whether domains go on, or back, by their rules.
struct WayService: Service {
    /// Seconds between two looks: reports come once a day, and a rollback should not wait long.
    private static let pause: Duration = .seconds(900)

    let runner: WayRunner
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await step()
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func step() async {
        do {
            for look in try await runner.step() where look.isAct {
                logger.notice("The policy of \(look.domain): \(look.sentence)")
            }
        } catch {
            logger.error("The rules of domains could not be looked at: \(error)")
        }
    }
}
