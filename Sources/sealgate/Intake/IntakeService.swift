import Logging
import ReportConsumer
import ServiceLifecycle

/// Fetches reports from mailboxes and folders until the program is told to stop.
struct IntakeService: Service {
    let keeper: PlaceKeeper

    func run() async throws {
        await cancelWhenGracefulShutdown { await keeper.run() }
    }
}

extension House {
    /// What goes through the places that the settings name.
    func placeKeeper(_ settings: Settings, logger: Logger) -> PlaceKeeper {
        PlaceKeeper(
            places: settings.intake.all, intake: intake, store: places,
            interval: .seconds(settings.intake.interval), note: { logger.warning("\($0)") },
            now: { clock() })
    }

    /// Nothing where no place is named.
    func intakeServices(_ settings: Settings, logger: Logger) -> [any Service] {
        guard !settings.intake.places.isEmpty else { return [] }
        return [IntakeService(keeper: placeKeeper(settings, logger: logger))]
    }
}
