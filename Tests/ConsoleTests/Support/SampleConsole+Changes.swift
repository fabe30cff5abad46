import Console
import HostedDNS
import SQLDatabase
import Storage

extension SampleConsole {
    /// A console whose changes go to a zone that a test sets.
    init(changes zone: SampleZone) async throws {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        accounts = AccountStore(database: database, cost: .none)
        let domains = SampleDomains(size: .large)
        let reports = SampleReports(.large)
        let clock = clock
        services = ConsoleServices(
            domains: domains, reports: reports, intake: reports, accounts: accounts,
            door: reports, adviser: SampleAdviser(domains: domains), now: { clock.now },
            changes: ChangeDesk(
                store: ChangeStore(database: database), asker: zone, keys: KeyRing(),
                updater: ZoneUpdater { 0 }, allowsUnsigned: true
            ) { clock.now })
    }
}
