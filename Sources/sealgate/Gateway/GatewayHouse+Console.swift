import Console
import DNS
import Gateway
import SMTPServer
import Spool
import Storage

/// What the console shows of the gateway, and what people ask of it there.
extension GatewayHouse {
    func consoleServices(_ house: House) -> GatewayServices {
        GatewayServices(
            messages: MessageStore(database: house.database), queue: { snapshot() },
            carryOut: { try await carryOut($0) }, setup: setupServices(house.lookup ?? NoLookup()))
    }

    private func setupServices(_ lookup: any DNSLookup) -> SetupServices {
        let (setup, logger) = (setup, logger)
        return SetupServices(
            provider: setup.provider, facts: { await setup.facts(lookup: lookup) },
            check: { domain, provider in
                await setup.bypasses(
                    BypassCheck.Request(
                        domain: domain, provider: provider, servers: setup.mailboxServers,
                        now: milliseconds()),
                    facts: setup.facts(lookup: lookup), lookup: lookup, sends: false,
                    logger: logger)
            })
    }

    /// Destinations on the queue's page.
    private static let destinationsShown = 100

    private func snapshot() -> QueueSnapshot {
        let live = spool.live()
        var (waiting, held) = (0, 0)
        var oldest: Int64?
        for message in live {
            let open = message.recipients.count { !$0.isFinal }
            if message.holdReason == nil {
                waiting += open
                oldest = min(oldest ?? message.receivedAt, message.receivedAt)
            } else {
                held += open
            }
        }
        let reports = scheduler.destinations(limit: Self.destinationsShown)
        let now = milliseconds()
        return QueueSnapshot(
            destinations: reports.map { report in
                QueueSnapshot.Destination(
                    name: report.destination.description, waiting: report.entries,
                    underway: report.running, nextAt: report.restsFor.map { now + $0 },
                    lastError: report.lastFailure)
            }, waiting: waiting, held: held, oldestAt: oldest)
    }

    private func carryOut(_ request: QueueRequest) async throws -> QueueAnswer {
        switch request.scope {
        case .message(let id):
            guard spool.state(of: id) != nil else {
                return .refused("This message is not here any more.")
            }
            try await carryOut(request.act, [id], request.person)
            return .done(messages: 1)
        case .destination(let name):
            let wanted = DestinationName(
                name, routes: renewal.routes, localDomain: setup.hostName)
            let live = spool.live().filter { (request.act == .release) == ($0.holdReason != nil) }
            let ids = live.filter { message in
                (try? spool.message(message.id)).map { wanted.isOf(message, $0) } ?? false
            }.map(\.id)
            try await carryOut(request.act, ids, request.person)
            return .done(messages: ids.count)
        case .everything where request.act == .retry:
            scheduler.flush()
            return .done(messages: spool.count)
        case .everything:
            return .refused("Choose messages or a destination: this is not done to everything.")
        }
    }

    private func carryOut(
        _ act: QueueRequest.Act, _ ids: [QueueIdentifier], _ person: String
    ) async throws {
        switch act {
        case .release: try await scheduler.release(ids, by: person)
        case .hold: try await scheduler.hold(ids, reason: "held by \(person)")
        case .retry: try await scheduler.requeue(ids, by: person)
        case .delete:
            try await scheduler.delete(ids, by: person, reason: "deleted in the console")
        }
    }

    // MARK: Metrics and readiness

    var operations: OperationsServices {
        OperationsServices(
            metrics: { metrics() },
            readiness: {
                [
                    Readiness(
                        "spool", isReady: !spool.isFull,
                        spool.isFull ? "The spool's disk is full." : "The spool takes mail."),
                    Readiness(
                        "open files", isReady: true,
                        "Up to \(OpenFiles.limit.now) files and connections at once."),
                ]
            })
    }

    private func metrics() -> [Metric] {
        let delivery = scheduler.statistics
        let decided = Decision.Disposition.allCases.map {
            Metric.Sample(counters.count(of: $0), [Metric.Label("decision", $0.rawValue)])
        }
        let refused = renewal.reception.refused.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            Metric.Sample($0.value, [Metric.Label("reason", $0.key.rawValue)])
        }
        let doors = listeners.map(\.statistics)
        return [
            Metric(
                "sealgate_messages_total", .counter, "Messages by what was decided.", decided),
            Metric(
                "sealgate_refused_commands_total", .counter,
                "Refusals before any content, by reason.", refused),
            Metric(
                "sealgate_report_mails_total", .counter, "Mails with reports taken in.",
                counters.reportMails),
            Metric(
                "sealgate_connections_total", .counter, "Connections that came in.",
                doors.reduce(0) { $0 + $1.connections }),
            Metric(
                "sealgate_connections_open", .gauge, "Connections open now.",
                doors.reduce(0) { $0 + $1.open }),
            Metric(
                "sealgate_delivered_total", .counter, "Recipients that the next server took.",
                delivery.delivered),
            Metric(
                "sealgate_deferred_total", .counter, "Attempts that have to be repeated.",
                delivery.deferred),
            Metric(
                "sealgate_failed_total", .counter, "Recipients given up.", delivery.failed),
            Metric(
                "sealgate_uncertain_total", .counter,
                "Deliveries whose answer was lost, so that mail may arrive twice.",
                delivery.uncertain),
            Metric(
                "sealgate_queue_waiting", .gauge, "Recipients that wait.", delivery.waiting),
            Metric(
                "sealgate_open_files_limit", .gauge, "Files and connections at once, at most.",
                OpenFiles.limit.now),
            Metric("sealgate_spool_messages", .gauge, "Messages in the spool.", spool.count),
        ]
    }
}
