import HostedDNS
import Logging
import ServiceLifecycle
import Storage

/// Looks again and again whether changes of the DNS are visible and stay so.
struct ChangeWatchService: Service {
    /// Seconds between two steps.
    private static let pause: Duration = .seconds(30)

    let watch: ChangeWatch
    var now: @Sendable () -> Int64 = { clock() }
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
            for (id, state) in try await watch.step(now: now()).moved {
                let level: Logger.Level =
                    state == .changedOutside || state == .overdue ? .warning : .notice
                logger.log(level: level, "The DNS change \(id) is now \(state.words)")
            }
        } catch {
            logger.error("Changes of the DNS could not be looked at: \(error)")
        }
    }
}
