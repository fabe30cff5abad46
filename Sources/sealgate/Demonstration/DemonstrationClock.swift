import Console
import MailReports
import Synchronization

/// The demonstration's clock: the machine's, and ahead of it by the days that were let pass.
final class DemonstrationClock: Sendable {
    private struct State {
        var daysAhead = 0
        var lastWeek: DemonstrationServices.Week?
    }

    private let memory = Mutex(State())

    private var daysAhead: Int { memory.withLock { $0.daysAhead } }

    /// Seconds since 1970-01-01T00:00:00Z.
    var now: Int64 { clock() + Int64(daysAhead) * 86_400 }

    /// What the console shows of it.
    var state: DemonstrationServices.State {
        let memory = memory.withLock { $0 }
        return DemonstrationServices.State(
            today: UTCDay(secondsSinceEpoch: now), daysAhead: memory.daysAhead,
            lastWeek: memory.lastWeek)
    }

    func advance(days: Int) { memory.withLock { $0.daysAhead += days } }

    func note(_ week: DemonstrationServices.Week) { memory.withLock { $0.lastWeek = week } }
}
