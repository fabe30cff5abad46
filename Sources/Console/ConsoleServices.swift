public import DomainAnalysis
public import DomainWatch
public import HostedDNS
public import Identities
public import MailReports
public import ReportConsumer
public import Storage

import Hummingbird

/// What the pages about domains read.
public protocol DomainReading: Sendable {
    func portfolio(days: Int, until: UTCDay?, now: Int64) async throws -> Portfolio
    func overview(
        of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> DomainOverview?
    func sender(
        _ key: String, of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderDetail?
}

/// What the pages about reports read.
public protocol ReportReading: Sendable {
    func statistics() async throws -> ReportStatistics
    func recent(limit: Int, before: Int64?) async throws -> [ReportSummary]
    func report(_ id: Int64, rows: Int) async throws -> StoredReport?
}

/// What could not be read, kept until a person decides.
public protocol QuarantineKeeping: Sendable {
    func quarantined(limit: Int, before: Int64?) async throws -> [QuarantinedItem]
    func item(_ id: Int64) async throws -> QuarantinedItem?
    func bytes(of id: Int64, limit: Int) async throws -> [UInt8]?
    func discard(_ id: Int64, by actor: AuditActor, now: Int64) async throws
}

/// The one door through which reports come in.
public protocol ReportDoor: Sendable {
    func accept(
        _ bytes: [UInt8], name: String, door: String, origin: ReportOrigin?, by actor: AuditActor?
    ) async throws -> IntakeOutcome
    func retry(_ quarantinedID: Int64, by actor: AuditActor?) async throws -> IntakeOutcome
    /// Takes in what looked forged, because a person says so.
    func takeIn(_ quarantinedID: Int64, by actor: AuditActor?) async throws -> IntakeOutcome
}

/// What would happen, and what to do about it.
public protocol DomainAdvising: Sendable {
    func plan(
        for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> EnforcementPlan?
    func replay(
        domain: DomainName, record: String, days: Int, until: UTCDay?, now: Int64
    ) async throws -> ReplayResult
    /// What the DNS needs so that a sender's mail passes; nil for a sender nobody reported.
    func authorisation(
        of sender: String, for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderAuthorisation?
}

extension DomainStore: DomainReading {}
extension ReportStore: ReportReading {}
extension IntakeStore: QuarantineKeeping {}
extension Intake: ReportDoor {}
extension DomainAdviser: DomainAdvising {}

/// What the console asks for about one organisation.
public struct OrganisationServices: Sendable {
    let domains: any DomainReading
    let reports: any ReportReading
    let intake: any QuarantineKeeping
    let door: any ReportDoor
    let adviser: any DomainAdvising

    public init(
        domains: any DomainReading, reports: any ReportReading, intake: any QuarantineKeeping,
        door: any ReportDoor, adviser: any DomainAdvising
    ) {
        self.domains = domains
        self.reports = reports
        self.intake = intake
        self.door = door
        self.adviser = adviser
    }
}

/// Everything the console asks for, handed in.
public struct ConsoleServices: Sendable {
    let accounts: AccountStore
    private let first: OrganisationServices
    private let others: @Sendable (OrganisationID) -> OrganisationServices?
    let now: @Sendable () -> Int64
    /// The machine's own clock, whatever day pages take for today: by it sessions, links and codes
    /// of devices end, and mail waits.
    let machineNow: @Sendable () -> Int64
    /// Nil where this program runs no gateway: then there are no pages about mail.
    let gateway: GatewayServices?
    /// For the first organisation; nil where nobody makes changes of the DNS: then there are no
    /// pages about them.
    let changes: ChangeDesk?
    /// Nil where nobody makes evidence: then there is no page for it.
    let evidence: EvidenceMaker?
    /// For the first organisation; nil where nobody changes policies: then there are no pages
    /// about that.
    let way: WayDesk?
    /// Nil where people sign in with passwords alone.
    let provider: ProviderServices?
    let operations: OperationsServices
    /// Nil but in a demonstration.
    let demonstration: DemonstrationServices?
    /// How the places are that reports of the first organisation are fetched from.
    private let places: @Sendable () async throws -> [IntakePlaceState]
    /// The address that people use, where it is known.
    var publicURL: String?

    /// - Parameters:
    ///   - domains: of the first organisation, as `reports`, `intake`, `door` and `adviser`.
    ///   - others: the same for the other organisations; nil for one that is not served.
    ///   - now: seconds since 1970-01-01T00:00:00Z, as pages take them.
    ///   - machineNow: the same as the machine has them; nil where `now` is that.
    public init(
        domains: any DomainReading, reports: any ReportReading, intake: any QuarantineKeeping,
        accounts: AccountStore, door: any ReportDoor, adviser: any DomainAdvising,
        now: @escaping @Sendable () -> Int64, machineNow: (@Sendable () -> Int64)? = nil,
        gateway: GatewayServices? = nil,
        changes: ChangeDesk? = nil, way: WayDesk? = nil, evidence: EvidenceMaker? = nil,
        provider: ProviderServices? = nil,
        operations: OperationsServices = OperationsServices(),
        demonstration: DemonstrationServices? = nil,
        places: @escaping @Sendable () async throws -> [IntakePlaceState] = { [] },
        others: @escaping @Sendable (OrganisationID) -> OrganisationServices? = { _ in nil }
    ) {
        self.accounts = accounts
        self.first = OrganisationServices(
            domains: domains, reports: reports, intake: intake, door: door, adviser: adviser)
        self.others = others
        self.now = now
        self.machineNow = machineNow ?? now
        self.gateway = gateway
        self.changes = changes
        self.evidence = evidence
        self.way = way
        self.provider = provider
        self.operations = operations
        self.demonstration = demonstration
        self.places = places
    }

    /// An address of the console as somebody elsewhere opens it.
    func link(_ path: String, for request: Request) -> String {
        (publicURL ?? "http://\(request.head.authority ?? "localhost")") + path
    }

    /// The places that this visit's reports are fetched from.
    func places(_ visit: Visit) async throws -> [IntakePlaceState] {
        visit.organisation == .first ? try await places() : []
    }

    /// What this visit may read and ask for: of its organisation alone, and of a domain owner's
    /// domains alone.
    func rooms(_ visit: Visit) throws(ConsoleError) -> OrganisationServices {
        guard let organisation = visit.organisation, let standing = visit.standing else {
            throw .forbidden("You belong to no organisation here.")
        }
        return try rooms(of: organisation, for: standing)
    }

    func rooms(
        of organisation: OrganisationID, for standing: Standing
    ) throws(ConsoleError) -> OrganisationServices {
        guard let rooms = organisation == .first ? first : others(organisation) else {
            throw .notFound("This organisation is not served here.")
        }
        return standing.role == .domainOwner ? rooms.bounded(to: standing) : rooms
    }
}
