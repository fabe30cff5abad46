import HostedDNS
import Logging
import Storage

/// Looks again and again whether changes of the DNS are visible and stay so.
func changeWatchService(
    _ watch: ChangeWatch, now: @escaping @Sendable () -> Int64 = { clock() }, logger: Logger
) -> LoopService {
    LoopService(
        pause: .seconds(30), longestPause: .seconds(30),
        complaint: "Changes of the DNS could not be looked at", logger: logger
    ) {
        for (id, state) in try await watch.step(now: now()).moved {
            let level: Logger.Level =
                state == .changedOutside || state == .overdue ? .warning : .notice
            logger.log(level: level, "The DNS change \(id) is now \(state.words)")
        }
    }
}
