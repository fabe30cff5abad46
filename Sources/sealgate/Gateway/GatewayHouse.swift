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
    let reception: MailReception
    let counters: GatewayCounters
    let listeners: [SMTPListener]
    let doors: [ListenerConfiguration]
    let tls: ServerTLS?
    let projection: MessageProjection
    let refusedRecords: RecordWriter
    /// Nil while no reports are sent.
    let composer: ReportComposer?
    let logger: Logger

    /// Opens the spool and puts everything together; no door is open yet.
    static func open(
        _ settings: Settings, house: House, lookup: (any DNSLookup)?, logger: Logger
    ) throws -> GatewayHouse {
        let setup = try GatewaySetup(settings)
        let options = try setup.options()
        let lookup = lookup ?? NoLookup()
        let folder = setup.spoolFolder
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/incoming", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw PlainError("The spool \(folder) cannot be made: \(error)")
        }
        let (spool, recovery) = try openSpool(folder)
        let client = SMTPClient(
            options: setup.clientOptions(), now: { clock() }, logger: logger)
        let web = WebClient(lookup: lookup)
        let planner = RoutePlanner(
            routes: setup.routes(), lookup: lookup,
            policies: MTASTSCache(lookup: lookup, fetch: { await web.policy(of: $0, $1) }),
            options: RoutePlanner.Options(ownNames: [setup.hostName]))
        let counters = GatewayCounters()
        let store = MessageStore(database: house.database)
        let refused = RecordWriter(store: store, logger: logger)
        let projection = MessageProjection(log: spool, store: store, logger: logger)
        let reports = try GatewayReports.options(settings)
        let sessions = TLSTally()
        let scheduler = DeliveryScheduler(
            spool: spool, planner: planner,
            options: DeliveryOptions(hostName: setup.hostName), clock: .system,
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
        let intake = house.intake
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
        outlets.report = { try await intake.accept($0) }
        let pipeline = MailPipeline(
            options: options,
            authenticator: MessageAuthenticator(lookup: lookup, suffixes: house.suffixes),
            spool: spool, secret: try setup.stampSecret(), outlets: outlets, counters: counters,
            identifiers: { spool.nextIdentifier() }, now: { milliseconds() })
        let reception = MailReception(
            options: options, pipeline: pipeline, lookup: lookup,
            callForward: callForward(planner, client, setup), now: { clock() })
        let tls = try setup.serverTLS()
        let memory = MemoryBudget()
        let doors = try setup.listeners(tls: tls)
        let listeners = doors.map { configuration in
            SMTPListener(
                configuration, incoming: folder + "/incoming",
                group: MultiThreadedEventLoopGroup.singleton, memory: memory, logger: logger,
                now: { clock() },
                policy: { reception.policy(for: $0, role: configuration.role) })
        }
        return GatewayHouse(
            setup: setup, spool: spool, recovery: recovery, client: client, scheduler: scheduler,
            reception: reception, counters: counters, listeners: listeners, doors: doors, tls: tls,
            projection: projection, refusedRecords: refused, composer: composer,
            logger: logger)
    }

    static func openSpool(_ folder: String) throws -> (Spool, SpoolRecovery) {
        do {
            return try Spool.open(folder, disk: FileDisk())
        } catch {
            throw PlainError("The spool \(folder) cannot be opened: \(error).")
        }
    }

    /// Asks the server that mail for a recipient goes to.
    private static func callForward(
        _ planner: RoutePlanner, _ client: SMTPClient, _ setup: GatewaySetup
    ) -> @Sendable (ForwardPath) async -> SMTPReply? {
        let hostName = setup.hostName
        return { path in
            let destination = planner.routes.destination(of: path, localDomain: hostName)
            guard
                case .servers(let servers) = await planner.plan(
                    for: destination, now: milliseconds())
            else { return nil }
            var random = SystemRandomNumberGenerator()
            for planned in servers.targets(using: &random) {
                if let reply = await client.verifyRecipient(path, from: planned.target) {
                    return reply
                }
            }
            return nil
        }
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z.
func milliseconds() -> Int64 { SystemTime.milliseconds() }

extension Intake {
    /// Takes a mail with reports, durably.
    fileprivate func accept(_ received: ReceivedMessage) async throws {
        let name = "mail-\(received.receivedAt)-\(received.client.address).eml"
        switch received.content {
        case .memory(let octets):
            _ = try await accept(octets, name: name, door: "smtp")
        case .file(let file):
            defer { unlink(file.path) }
            _ = try await accept(path: file.path, name: name, door: "smtp")
        }
    }
}
