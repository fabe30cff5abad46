import ArgumentParser
import DNS
import FoundationEssentials
import Glibc
import HostedDNS
import Storage

/// How changes of the DNS are sent, on the command line.
struct ChangeFlags: ParsableArguments, GivesFlags {
    @Option(help: "A file of keys (TSIG) in BIND's form, with which changes are sent.")
    var tsigKeys: String?
    @Option(
        help: "A zone's primary server, ZONE=HOST:PORT or ZONE=HOST:PORT#KEY; may be repeated.")
    var primary: [String] = []

    func give(to flags: inout GivenFlags) {
        flags.add("changes.tsig-keys", tsigKeys)
        flags.add("changes.primary", primary)
    }
}

/// What every `sealgate change` needs to reach the store and the DNS.
struct ChangePlace: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var flags: ChangeFlags
    @Option(help: "Who does it, as the history tells. (default: the account's name)")
    var person: String?
    @Option(help: "Port that the zone's servers listen on.") var port: UInt16 = 53
    @Flag(help: "Send without a key to a server on this machine.") var insecure = false

    var who: String { person ?? (getlogin().map { String(cString: $0) } ?? "command line") }

    /// Opens the house and the desk for the time of the body.
    func with<Value>(
        _ body: (House, ChangeDesk, ChangeWatch) async throws -> Value
    ) async throws -> Value {
        let settings = try await store.settings(resolver, flags)
        return try await withLookup(settings) { lookup in
            let house = try await House.open(settings, lookup: lookup)
            let asker = ZoneAsker(lookup: lookup ?? NoLookup(), port: port)
            do {
                let desk = try house.changeDesk(
                    settings, asker: asker, people: .commandLine, allowsUnsigned: insecure)
                let watch = ChangeWatch(store: desk.store, asker: asker)
                let value = try await body(house, desk, watch)
                try await house.close()
                return value
            } catch {
                try? await house.close()
                throw error
            }
        }
    }
}

extension House {
    /// The desk for changes of the DNS.
    func changeDesk(
        _ settings: Settings, asker: any ZoneAsking, people: AuditActor.Kind = .person,
        allowsUnsigned: Bool = false
    ) throws -> ChangeDesk {
        let now = now
        // Signatures carry the machine's time, whatever day it is here: servers compare theirs.
        return ChangeDesk(
            store: ChangeStore(database: database, people: people), asker: asker,
            keys: KeyRing(
                keys: try keys(settings.changes.keys), primaries: settings.changes.primaries),
            updater: ZoneUpdater { clock() }, allowsUnsigned: allowsUnsigned
        ) { now() }
    }

    private func keys(_ path: String?) throws -> [TransactionKey] {
        guard let path else { return [] }
        let cure = "Name another with --tsig-keys; tsig-keygen makes one."
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw PlainError("The file of keys \(plain(path)) cannot be read. \(cure)")
        }
        do {
            return try TransactionKeyFile.parse(Array(data))
        } catch {
            throw PlainError("The file of keys \(plain(path)), \(error). \(cure)")
        }
    }
}
