import Console
import HostedDNS
import Hummingbird
import Logging
import SQLDatabase
import Storage
import Synchronization

/// A console over sample data, with a clock that tests can turn.
struct SampleConsole {
    let accounts: AccountStore
    let services: ConsoleServices
    let clock = SampleClock()
    /// Of a console with changes, its desks.
    var changes: ChangeDesk?
    var way: WayDesk?

    init(_ size: SampleDomains.Size, places: [IntakePlaceState] = []) async throws {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        accounts = AccountStore(database: database, cost: .none)
        let domains = SampleDomains(size: size)
        let reports = SampleReports(size)
        let clock = clock
        services = ConsoleServices(
            domains: domains, reports: reports, intake: reports, accounts: accounts,
            door: reports, adviser: SampleAdviser(domains: domains), now: { clock.now },
            places: { places })
    }
}

final class SampleClock: Sendable {
    private let seconds = Mutex(SampleDomains.now)
    var now: Int64 { seconds.withLock { $0 } }
    func advance(by interval: Int64) { seconds.withLock { $0 += interval } }
}
