import HostedDNS
import Logging

/// Looks again and again whether domains go on, or back, by their rules: reports come once a day,
/// and a rollback should not wait long.
func wayService(_ runner: WayRunner, logger: Logger) -> LoopService {
    LoopService(
        pause: .seconds(900), complaint: "The rules of domains could not be looked at",
        logger: logger
    ) {
        for look in try await runner.step() where look.isAct {
            logger.notice("The policy of \(look.domain): \(look.sentence)")
        }
    }
}
