import HTTPTypes
public import Hummingbird
public import Logging
import HummingbirdCore
import NIOCore

/// The console: pages drawn on the server, for browsers with or without scripts.
///
/// - Parameter onRunning: told the port once the console listens.
public func makeConsole(
    services: ConsoleServices, configuration: ConsoleConfiguration, logger: Logger,
    onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) throws -> some ApplicationProtocol {
    let router = try makeRouter(services: services, configuration: configuration)
    return Application(
        router: router,
        server: .http1(configuration: .init(idleTimeout: .seconds(Limits.idleConnection))),
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port),
            availableConnectionsDelegate: MaximumAvailableConnections(Limits.connections)),
        onServerRunning: { channel in
            await onRunning(channel.localAddress?.port ?? configuration.port)
        },
        logger: logger)
}

/// An address that the console answers.
public struct ConsoleRoute: Hashable, Sendable {
    public var method: String
    /// The path with its parameters' names: `/domains/{domain}`.
    public var path: String
    /// Whether the table of who may use what has a row for it.
    public var isDeclared: Bool
}

/// Every address that a console answers, as it registers them.
public func consoleRoutes(
    services: ConsoleServices, configuration: ConsoleConfiguration
) throws -> [ConsoleRoute] {
    try makeRouter(services: services, configuration: configuration).routes.map { route in
        let (method, path) = (route.method.rawValue, route.path.description)
        return ConsoleRoute(
            method: method, path: path, isDeclared: RouteAccess.row(method, path) != nil)
    }
}

private func makeRouter(
    services: ConsoleServices, configuration: ConsoleConfiguration
) throws -> Router<ConsoleContext> {
    var services = services
    services.publicURL = configuration.publicURL
    let templates = try Templates(
        showsMail: services.gateway != nil, showsChanges: services.changes != nil,
        showsEvidence: services.evidence != nil, showsWay: services.way != nil,
        demonstration: services.demonstration)
    let router = Router(context: ConsoleContext.self, options: [.autoGenerateHeadEndpoints])
    let cookies = SessionCookies(isSecure: configuration.secureCookies)
    router.add(
        middleware: FrontDoor(
            templates: templates, services: services, configuration: configuration,
            cookies: cookies))
    AssetPages(templates: templates, services: services).register(on: router)
    OperationsPages(services: services, operations: services.operations).register(on: router)
    let throttle = SignInThrottle()
    let accountPages = AccountPages(
        templates: templates, services: services, cookies: cookies, throttle: throttle)
    accountPages.register(on: router)
    if let provider = services.provider {
        ProviderPages(
            templates: templates, services: services, provider: provider, cookies: cookies,
            accountPages: accountPages, throttle: throttle
        ).register(on: router)
    }
    ResetPages(templates: templates, services: services).register(on: router)
    JoinPages(templates: templates, services: services, cookies: cookies).register(on: router)
    OwnAccountPages(templates: templates, services: services, throttle: throttle)
        .register(on: router)
    OrganisationPages(templates: templates, services: services).register(on: router)
    PeoplePages(templates: templates, services: services).register(on: router)
    TokenPages(templates: templates, services: services).register(on: router)
    AuditPages(templates: templates, services: services).register(on: router)
    ProgramPages(services: services).register(on: router)
    PortfolioPages(templates: templates, services: services).register(on: router)
    ProgrammePages(templates: templates, services: services).register(on: router)
    DomainPages(templates: templates, services: services).register(on: router)
    SenderPages(templates: templates, services: services).register(on: router)
    SenderDecisionPages(templates: templates, services: services).register(on: router)
    SenderRoutes(services: services).register(on: router)
    ProgrammeRoutes(services: services).register(on: router)
    ReplayPages(templates: templates, services: services).register(on: router)
    PlanPages(templates: templates, services: services).register(on: router)
    IntakePages(templates: templates, services: services).register(on: router)
    ReportPages(templates: templates, services: services).register(on: router)
    ReportPushRoute(services: services).register(on: router)
    DomainRoutes(services: services).register(on: router)
    ReportRoutes(services: services).register(on: router)
    GlossaryPages(templates: templates).register(on: router)
    SearchPages(templates: templates, services: services).register(on: router)
    if let desk = services.changes {
        ChangePages(templates: templates, services: services, desk: desk).register(on: router)
        ChangeRoutes(services: services, desk: desk).register(on: router)
    }
    if let maker = services.evidence {
        EvidencePages(templates: templates, services: services, maker: maker).register(on: router)
        AlertPages(templates: templates, services: services, maker: maker).register(on: router)
        WatchRoutes(services: services, maker: maker).register(on: router)
    }
    if let desk = services.way {
        WayPages(templates: templates, services: services, desk: desk).register(on: router)
        EmergencyPages(templates: templates, services: services, desk: desk)
            .register(on: router)
        WayRoutes(services: services, desk: desk).register(on: router)
        ProposalRoutes(services: services, desk: desk).register(on: router)
    }
    if let demonstration = services.demonstration {
        DemonstrationPages(demonstration: demonstration).register(on: router)
    }
    if let gateway = services.gateway {
        MessagePages(templates: templates, services: services, gateway: gateway)
            .register(on: router)
        QueuePages(templates: templates, services: services, gateway: gateway)
            .register(on: router)
        SetupPages(templates: templates, gateway: gateway).register(on: router)
    }
    return router
}
