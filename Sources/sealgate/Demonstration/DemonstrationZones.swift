import DNSResolver
import HostedDNS
import ServiceLifecycle
import Storage

/// The desks where the demonstration's zones and policies are changed, as `sealgate serve` has
/// them.
struct DemonstrationZones {
    let desk: ChangeDesk
    let way: WayDesk
    let rules: WayRunner
    let services: [any Service]

    /// - Parameter settings: with the primary server's key and zones.
    init(_ house: House, _ settings: Settings, primary: DemonstrationPrimary) throws {
        let asker = ZoneAsker(lookup: house.lookup ?? NoLookup(), port: primary.server.port)
        desk = try house.changeDesk(settings, asker: asker)
        way = house.wayDesk(changes: desk)
        rules = WayRunner(
            desk: house.wayDesk(
                changes: try house.changeDesk(settings, asker: asker, people: .rule)))
        services = [
            changeWatchService(
                ChangeWatch(store: desk.store, asker: asker), now: house.now,
                logger: gatewayLogger()),
            wayService(rules, logger: gatewayLogger()),
        ]
    }
}
