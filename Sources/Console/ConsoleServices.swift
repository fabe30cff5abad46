public import DomainAnalysis
public import Identities
public import MailReports
public import ReportConsumer
public import Storage

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
    func discard(_ id: Int64) async throws
}

/// The one door through which reports come in.
public protocol ReportDoor: Sendable {
    func accept(
        _ bytes: [UInt8], name: String, door: String, origin: ReportOrigin?
    ) async throws -> IntakeOutcome
    func retry(_ quarantinedID: Int64) async throws -> IntakeOutcome
    /// Takes in what looked forged, because a person says so.
    func takeIn(_ quarantinedID: Int64) async throws -> IntakeOutcome
}

/// Reports that programs hand in over HTTP, each with a token.
public struct ReportPush: Sendable {
    /// Who a token was given to; nil for a token that nobody has, or that may not hand in reports.
    public var holder: @Sendable (_ token: String) async throws -> String?
    /// Takes in what the holder of a token hands in; when it returns, it is durable.
    public var take: @Sendable (_ bytes: [UInt8], _ holder: String) async throws -> IntakeOutcome

    public init(
        holder: @escaping @Sendable (_ token: String) async throws -> String?,
        take:
            @escaping @Sendable (_ bytes: [UInt8], _ holder: String) async throws ->
            IntakeOutcome
    ) {
        self.holder = holder
        self.take = take
    }
}

/// What would happen, and what to do about it.
public protocol DomainAdvising: Sendable {
    func plan(
        for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> EnforcementPlan?
    func replay(
        domain: DomainName, record: String, days: Int, until: UTCDay?, now: Int64
    ) async throws -> ReplayResult
}

extension DomainStore: DomainReading {}
extension ReportStore: ReportReading {}
extension IntakeStore: QuarantineKeeping {}
extension Intake: ReportDoor {}
extension DomainAdviser: DomainAdvising {}

/// Everything the console asks for, handed in.
public struct ConsoleServices: Sendable {
    let domains: any DomainReading
    let reports: any ReportReading
    let intake: any QuarantineKeeping
    let accounts: AccountStore
    let door: any ReportDoor
    let adviser: any DomainAdvising
    let now: @Sendable () -> Int64
    /// Nil where this program runs no gateway: then there are no pages about mail.
    let gateway: GatewayServices?
    let operations: OperationsServices
    /// Nil where no tokens are given out: then programs hand in nothing.
    let reportPush: ReportPush?

    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    public init(
        domains: any DomainReading, reports: any ReportReading, intake: any QuarantineKeeping,
        accounts: AccountStore, door: any ReportDoor, adviser: any DomainAdvising,
        now: @escaping @Sendable () -> Int64, gateway: GatewayServices? = nil,
        operations: OperationsServices = OperationsServices(), reportPush: ReportPush? = nil
    ) {
        self.domains = domains
        self.reports = reports
        self.intake = intake
        self.accounts = accounts
        self.door = door
        self.adviser = adviser
        self.now = now
        self.gateway = gateway
        self.operations = operations
        self.reportPush = reportPush
    }
}
