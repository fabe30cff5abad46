import ArgumentParser
import Spool
import UnixSignals
import Storage
import Console
import DomainWatch
import HostedDNS
import Logging
import ServiceLifecycle

/// Where the console listens.
struct ConsoleOptions: ParsableArguments, GivesFlags {
    @Option(help: "Address to listen on. (default: 127.0.0.1)") var host: String?
    @Option(help: "Port to listen on; 0 takes a free one. (default: 8025)") var port: Int?
    @Option(help: "The address people use, if it differs (behind a proxy): https://…")
    var publicURL: String?

    func give(to flags: inout GivenFlags) {
        flags.add("console.host", host)
        flags.add("console.port", port)
        flags.add("console.public-url", publicURL)
    }
}

/// `sealgate serve`: the console and the mail gateway, until they are told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the console, and the mail gateway where a door is named.",
        discussion: """
            On SIGHUP it reads the configuration and all certificates again and says in its log \
            what it took up, and what only a restart changes. A configuration with a mistake \
            changes nothing.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var networks: NetworkOptions
    @OptionGroup var console: ConsoleOptions
    @OptionGroup var mail: GatewayFlags
    @OptionGroup var places: PlaceFlags
    @OptionGroup var changes: ChangeFlags
    @OptionGroup var alerts: AlertFlags
    @OptionGroup var signIn: SignInFlags
    @OptionGroup var export: ExportFlags

    func run() async throws {
        let settings = try await store.settings(
            resolver, networks, console, mail, places, changes, alerts, signIn, export)
        try await withLookup(settings) { lookup in
            let house = try await House.open(settings, lookup: lookup, takesIn: true)
            let gateway =
                try settings.gateway.hasDoor
                ? GatewayHouse.open(settings, house: house, lookup: lookup, logger: gatewayLogger())
                : nil
            gateway.map(tell)
            let (store, resolver, networks) = (store, resolver, networks)
            let (console, mail, places, changes) = (console, mail, places, changes)
            let (alerts, signIn, export) = (alerts, signIn, export)
            let reload = ReloadService(
                renewal: gateway?.renewal,
                settings: {
                    try await store.settings(
                        resolver, networks, console, mail, places, changes, alerts, signIn,
                        export)
                },
                logger: gatewayLogger())
            let asker = ZoneAsker(lookup: lookup ?? NoLookup())
            let desk = try house.changeDesk(settings, asker: asker)
            let watch = changeWatchService(
                ChangeWatch(store: desk.store, asker: asker), logger: gatewayLogger())
            let way = house.wayDesk(changes: desk)
            let rules = wayService(
                WayRunner(
                    desk: house.wayDesk(
                        changes: try house.changeDesk(settings, asker: asker, people: .rule))),
                logger: gatewayLogger())
            let rhythm = AlertRhythm()
            let records = house.recordWatchService(rhythm: rhythm, logger: gatewayLogger())
            let alarm = try house.alertService(settings, rhythm: rhythm)
            let plans = house.planService(logger: gatewayLogger())
            let told = house.exportService(settings, logger: gatewayLogger())
            try await serve(
                house, settings.console, gateway: gateway, desk: desk, way: way,
                provider: try settings.signIn.provider(),
                also: [reload, watch, rules, records, alarm]
                    + [plans, told].compactMap { $0 }
                    + house.intakeServices(settings, logger: intakeLogger())
            ) { address in
                say("The console is at \(address)")
                if let link = try await house.firstSignInLink(address) {
                    say("First start: choose your name and password at \(link)")
                }
                say("Stop it with Ctrl-C.")
            }
            try await house.close()
        }
    }
}

/// Says what was found in the spool, where it is worth saying.
private func tell(_ gateway: GatewayHouse) {
    let recovery = gateway.recovery
    if !recovery.messages.isEmpty {
        say("\(counted(recovery.messages.count, "message")) still in the spool.")
    }
    if recovery.isDamaged {
        note(
            "The spool was damaged: \(counted(recovery.lost.count, "message")) cannot be read any "
                + "more. See: sealgate balance")
    }
}

func gatewayLogger() -> Logger {
    var logger = Logger(label: "gateway")
    logger.logLevel = .notice
    return logger
}

func intakeLogger() -> Logger {
    var logger = Logger(label: "intake")
    logger.logLevel = .notice
    return logger
}

extension House {
    /// A one-time link for the local administrator, while there is none yet.
    func firstSignInLink(_ address: String) async throws -> String? {
        guard let token = try await accounts.oneTimeLink(now: clock()) else { return nil }
        return "\(address)/welcome?token=\(token.text)"
    }
}

/// Runs the console until it is stopped by a signal; `started` is told its address.
func serve(
    _ house: House, _ options: Settings.Console, gateway: GatewayHouse? = nil,
    desk: ChangeDesk? = nil, way: WayDesk? = nil, provider: ProviderServices? = nil,
    demonstration: DemonstrationServices? = nil, also services: [any Service] = [],
    started: @escaping @Sendable (String) async throws -> Void
) async throws {
    var logger = Logger(label: "console")
    logger.logLevel = .warning
    let host = options.host
    let publicURL = options.publicURL
    let application = try makeConsole(
        services: ConsoleServices(
            domains: house.domains, reports: house.reports, intake: house.intakeStore,
            accounts: house.accounts, door: house.intake, adviser: house.adviser,
            now: house.now, machineNow: { clock() }, gateway: gateway?.consoleServices(house),
            changes: desk, way: way,
            evidence: house.evidence, provider: provider,
            operations: gateway?.operations ?? OperationsServices(),
            demonstration: demonstration,
            places: { try await house.places.states() }, others: { house.rooms(of: $0) }),
        configuration: ConsoleConfiguration(
            host: options.host, port: options.port, publicURL: publicURL),
        logger: logger,
        onRunning: { port in
            do {
                try await started(publicURL ?? "http://\(host):\(port)")
            } catch {
                note("The console runs, but its first link could not be made: \(error)")
            }
        })
    var all: [any Service] = services
    if let gateway {
        all.append(
            GatewayService(gateway: gateway) { doors in
                for door in doors { say("Mail: \(door)") }
            })
    }
    all.append(application)
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: all.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
}
