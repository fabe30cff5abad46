import DNS
import FoundationEssentials
import Gateway
import Glibc
import Identities
import Logging
import MailAuthentication
import NIOCore
import NIOPosix
import ReportConsumer
import SMTP
import SMTPClient
import SMTPServer
import Spool
import Storage

/// The gateway's rooms, joined: doors, pipeline, spool, deliverer, and the copy of what happened in
/// the database.
struct GatewayHouse: Sendable {
    let setup: GatewaySetup
    let spool: Spool
    let recovery: SpoolRecovery
    let client: SMTPClient
    let scheduler: DeliveryScheduler
    let renewal: GatewayRenewal
    let counters: GatewayCounters
    let listeners: [SMTPListener]
    let doors: [ListenerConfiguration]
    let projection: MessageProjection
    let pruning: MessagePruning
    let refusedRecords: RecordWriter
    /// Nil while no reports are sent.
    let composer: ReportComposer?
    let logger: Logger

    /// Opens the spool and puts everything together; no door is open yet.
    static func open(
        _ settings: Settings, house: House, lookup: (any DNSLookup)?, logger: Logger
    ) throws -> GatewayHouse {
        let setup = try GatewaySetup(settings)
        let files = FileShare.ofThisProcess()
        _ = try setup.options()
        let lookup = lookup ?? NoLookup()
        try makeFolder(setup.spoolFolder)
        let (spool, recovery) = try openSpool(setup.spoolFolder)
        var clientOptions = setup.clientOptions()
        clientOptions.idleConnections = files.idleConnections
        let client = SMTPClient(
            options: clientOptions, now: { milliseconds() }, logger: logger)
        let policies = policies(setup, lookup, logger)
        let makePlanner: @Sendable (GatewaySetup) -> RoutePlanner = {
            RoutePlanner(
                routes: $0.routes(), lookup: lookup, policies: policies,
                options: $0.plannerOptions())
        }
        let planner = makePlanner(setup)
        let counters = GatewayCounters()
        let store = MessageStore(database: house.database)
        let refused = RecordWriter(store: store, logger: logger)
        let projection = MessageProjection(log: spool, store: store, logger: logger)
        let reports = try GatewayReports.options(settings)
        let sessions = TLSTally()
        let scheduler = DeliveryScheduler(
            spool: spool, planner: planner,
            options: DeliveryOptions(hostName: setup.hostName, deliveries: files.deliveries),
            clock: .system,
            seed: UInt64.random(in: 0...UInt64.max),
            sinks: DeliveryScheduler.Sinks(
                observe: { if reports != nil { sessions.add($0) } },
                log: { logger.warning("\($0)") }),
            deliver: { await client.deliver($0, to: $1) })
        let composer = reports.map { reports in
            GatewayReports.composer(
                reports, house: house, spool: spool, lookup: lookup, sessions: sessions,
                projection: projection, enqueue: { scheduler.enqueue($0) },
                note: { logger.warning("\($0)") })
        }
        let maker = ReceptionMaker(
            authenticator: MessageAuthenticator(lookup: lookup, suffixes: house.suffixes),
            suffixes: house.suffixes, spool: spool, secret: try setup.stampSecret(),
            outlets: outlets(scheduler, refused, composer, house.intake), counters: counters,
            lookup: lookup, client: client)
        let tls = try setup.serverTLS()
        let renewal = GatewayRenewal(
            settings, reception: try maker.make(setup, planner, replacing: nil),
            parts: GatewayRenewal.Parts(
                client: client, scheduler: scheduler, tls: tls, makePlanner: makePlanner,
                makeReception: { try maker.make($0, $1, replacing: $2) }))
        let doors = files.bound(try setup.listeners(tls: tls))
        return GatewayHouse(
            setup: setup, spool: spool, recovery: recovery, client: client, scheduler: scheduler,
            renewal: renewal, counters: counters,
            listeners: listeners(doors, renewal, incoming: setup.spoolFolder, logger),
            doors: doors, projection: projection,
            pruning: MessagePruning(
                store: store, days: settings.gateway.recordDays, now: { milliseconds() },
                logger: logger),
            refusedRecords: refused, composer: composer, logger: logger)
    }

    private static func makeFolder(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/incoming", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw PlainError("The spool \(folder) cannot be made: \(error)")
        }
    }

    /// MTA-STS policies, those of earlier runs included.
    private static func policies(
        _ setup: GatewaySetup, _ lookup: any DNSLookup, _ logger: Logger
    ) -> MTASTSCache {
        let web = WebClient(lookup: lookup)
        let folder = MTASTSPolicyFolder(setup.policyFolder)
        return MTASTSCache(
            lookup: lookup, entries: folder.entries(now: milliseconds()),
            fetch: { await web.policy(of: $0, $1) },
            save: { entry in
                if let problem = folder.save(entry) { logger.warning("\(problem)") }
            })
    }

    private static func outlets(
        _ scheduler: DeliveryScheduler, _ refused: RecordWriter, _ composer: ReportComposer?,
        _ intake: Intake
    ) -> MailPipeline.Outlets {
        var outlets = MailPipeline.Outlets()
        outlets.accepted = { scheduler.enqueue($0) }
        outlets.refused = { refused.offer($0) }
        if let composer {
            outlets.observed = { received, found, decision in
                let domains = received.envelope.recipients.compactMap {
                    $0.path.mailbox?.address?.domain
                }
                if let seen = DMARCObservation(found, decision, recipients: domains) {
                    composer.messages.add(seen, at: received.receivedAt)
                }
            }
        }
        outlets.report = { try await intake.accept($0, $1) }
        return outlets
    }

    private static func listeners(
        _ doors: [ListenerConfiguration], _ renewal: GatewayRenewal, incoming folder: String,
        _ logger: Logger
    ) -> [SMTPListener] {
        let memory = MemoryBudget()
        return doors.map { configuration in
            SMTPListener(
                configuration, incoming: folder + "/incoming",
                group: MultiThreadedEventLoopGroup.singleton, memory: memory, logger: logger,
                now: { clock() },
                policy: { renewal.reception.policy(for: $0, role: configuration.role) })
        }
    }

    static func openSpool(_ folder: String) throws -> (Spool, SpoolRecovery) {
        do {
            return try Spool.open(folder, disk: FileDisk())
        } catch {
            throw PlainError("The spool \(folder) cannot be opened: \(error).")
        }
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z.
func milliseconds() -> Int64 { SystemTime.milliseconds() }

extension Intake {
    /// Takes a mail with reports, durably, with what proves whose it is.
    fileprivate func accept(
        _ received: ReceivedMessage, _ found: MessageAuthentication?
    ) async throws {
        let name = "mail-\(received.receivedAt)-\(received.client.address).eml"
        let proof =
            found.map { MailProof($0) } ?? MailProof(author: nil, passes: [], isIncomplete: true)
        let origin = ReportOrigin(.mail, proof: proof)
        switch received.content {
        case .memory(let octets):
            _ = try await accept(octets, name: name, door: "smtp", origin: origin)
        case .file(let file):
            defer { unlink(file.path) }
            _ = try await accept(path: file.path, name: name, door: "smtp", origin: origin)
        }
    }
}
