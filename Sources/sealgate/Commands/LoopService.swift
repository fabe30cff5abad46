import Logging
import ServiceLifecycle

/// Something that is done again and again until the program stops: what goes wrong is told, and
/// tried again later.
struct LoopService: Service {
    /// Between the end of one step and the beginning of the next.
    let pause: Duration
    /// What it is after many faults, each of which doubles it; `pause` where it is the longer.
    var longestPause: Duration = .seconds(900)
    /// What is told beside a fault: "Changes of the DNS could not be looked at".
    let complaint: String
    let logger: Logger
    let step: @Sendable () async throws -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var wait = pause
            while !Task.isCancelled {
                do {
                    try await step()
                    wait = pause
                } catch {
                    if Task.isCancelled { break }
                    logger.error("\(complaint): \(plain("\(error)", limit: 600))")
                    wait = max(pause, min(wait * 2, longestPause))
                }
                try? await Task.sleep(for: wait)
            }
        }
    }
}
