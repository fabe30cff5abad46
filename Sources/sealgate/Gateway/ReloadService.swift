import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration and the certificates again whenever somebody sends SIGHUP.
struct ReloadService: Service {
    /// Nil where the console alone runs, which has nothing to read again.
    let renewal: GatewayRenewal?
    /// The settings as files, variables and flags have them now.
    let settings: @Sendable () async throws -> Settings
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            await reload()
        }
    }

    private func reload() async {
        guard let renewal else {
            return logger.notice("SIGHUP: the console has nothing to read again")
        }
        do {
            tell(try renewal.renew(try await settings()))
        } catch {
            logger.error(
                "The configuration was not taken up; everything stays as it was. \(error)")
        }
    }

    private func tell(_ outcome: GatewayRenewal.Outcome) {
        let taken =
            outcome.taken.isEmpty
            ? "nothing else changed" : "changed: " + outcome.taken.joined(separator: ", ")
        logger.notice("The configuration was read again, and all certificates; \(taken)")
        guard !outcome.left.isEmpty else { return }
        let left = outcome.left.joined(separator: ", ")
        logger.warning("Only a restart changes: \(left). Until then the old values hold.")
    }
}
