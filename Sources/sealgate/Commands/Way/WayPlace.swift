import ArgumentParser
import DNS
import HostedDNS
import ReportConsumer
import Storage

extension House {
    /// The desk for changes of policies.
    func wayDesk(changes: ChangeDesk) -> WayDesk {
        let (adviser, domains, now) = (adviser, domains, now)
        return WayDesk(
            store: WayStore(database: database), changes: changes,
            advice: WayAdvice(
                survey: { await adviser.survey($0) },
                risk: { question in
                    let (domain, days) = (question.domain, question.days)
                    let overview = try await domains.overview(
                        of: domain, days: days, until: nil, now: now())
                    var owners: [String: String] = [:]
                    for sender in overview?.senders ?? [] {
                        owners[sender.key] = sender.decision?.owner
                    }
                    return try await adviser.risk(
                        of: domain, record: question.record, names: question.names, days: days,
                        until: nil, now: now(), owners: owners)
                })
        ) { now() }
    }
}

/// What every `sealgate way` needs to reach the store and the DNS.
struct WayPlace: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var flags: ChangeFlags
    @Option(help: "Port that the zone's servers listen on.") var port: UInt16 = 53
    @Flag(help: "Send without a key to a server on this machine.") var insecure = false

    /// Opens the house and the desk for the time of the body.
    ///
    /// - Parameter people: whose acts its DNS changes are.
    func with<Value>(
        as people: AuditActor.Kind = .commandLine, _ body: (WayDesk) async throws -> Value
    ) async throws -> Value {
        let settings = try await store.settings(resolver, flags)
        return try await withLookup(settings) { lookup in
            let house = try await House.open(settings, lookup: lookup)
            do {
                let changes = try house.changeDesk(
                    settings, asker: ZoneAsker(lookup: lookup ?? NoLookup(), port: port),
                    people: people, allowsUnsigned: insecure)
                let value = try await body(house.wayDesk(changes: changes))
                try await house.close()
                return value
            } catch {
                try? await house.close()
                throw error
            }
        }
    }
}
