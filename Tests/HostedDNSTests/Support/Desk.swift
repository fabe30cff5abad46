import DNS
import DNSResolver
import DomainAnalysis
import HostedDNS
import Identities
import SQLDatabase
import Storage
import Synchronization
import Testing

/// A desk over a real server, with a clock of the test's own.
struct Desk {
    let desk: ChangeDesk
    let store: ChangeStore
    let watch: ChangeWatch
    let asker: ZoneAsker
    let clock: TurnedClock
    let resolver: StubResolver

    /// - Parameters:
    ///   - server: asked for everything, as the zone's own resolver.
    ///   - skew: seconds by which our clock, as signatures carry it, is wrong.
    init(
        _ server: PrimaryServer, keys: [TransactionKey]? = nil, named: [KeyRing.Primary] = [],
        store: ChangeStore? = nil, skew: Int64 = 0, timeout: Duration = .seconds(5),
        allowsUnsigned: Bool = false
    ) async throws {
        try await self.init(
            at: server.place, keys: keys, named: named, store: store, skew: skew,
            timeout: timeout, allowsUnsigned: allowsUnsigned)
    }

    init(
        at place: ResolverAddress, keys: [TransactionKey]? = nil, named: [KeyRing.Primary] = [],
        store: ChangeStore? = nil, skew: Int64 = 0, timeout: Duration = .seconds(5),
        allowsUnsigned: Bool = false
    ) async throws {
        var configuration = ResolverConfiguration(servers: [place])
        configuration.cacheEntries = 0
        resolver = StubResolver(configuration: configuration)
        let clock = TurnedClock()
        self.clock = clock
        asker = ZoneAsker(lookup: resolver, port: place.port, timeout: timeout)
        if let store {
            self.store = store
        } else {
            let database = try SQLiteDatabase.inMemory()
            try await Schema.prepare(database)
            self.store = ChangeStore(database: database)
        }
        let updater = ZoneUpdater(timeout: timeout) { clock.now + skew }
        desk = ChangeDesk(
            store: self.store, asker: asker,
            keys: KeyRing(keys: try keys ?? [PrimaryServer.key()], primaries: named),
            updater: updater, allowsUnsigned: allowsUnsigned
        ) { clock.now }
        watch = ChangeWatch(store: self.store, asker: asker)
    }

    /// The records as the server says them over the network.
    func texts(_ name: String) async throws -> [String] {
        await resolver.lookUp(try #require(DNSName(name)), .txt).texts.sorted()
    }

    func propose(
        _ changes: [DNSChange], for domain: String = "example.test",
        mail: ChangeConsequences.Mail? = ChangeConsequences.Mail(days: 30, failing: 0)
    ) async throws -> StoredChange {
        let domain = try #require(DomainName(domain))
        return try await desk.propose(
            changes, for: domain, reason: "Because.", by: "Ada",
            mail: mail)
    }

    func state(_ id: Int64) async throws -> ChangeState? { try await store.change(id)?.state }
}

/// Begins with the machine's time, for real servers compare it, and moves when it is told to.
final class TurnedClock: Sendable {
    private let offset = Mutex<Int64>(0)

    var now: Int64 { MachineClock.seconds + offset.withLock { $0 } }

    func advance(by seconds: Int64) { offset.withLock { $0 += seconds } }
}
