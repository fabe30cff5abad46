import DomainWatch
import Identities
import Logging
import ServiceLifecycle
import Storage
import SMTPClient

/// Judges alerts again and again, and sends what is due.
struct AlertService: Service {
    /// Between two looks whether there is something to judge and to send.
    private static let pause: Duration = .seconds(10)

    let round: AlertRound
    let rhythm: AlertRhythm
    let organisations: OrganisationStore
    let client: SMTPClient?
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let now = clock()
                if await rhythm.begin(now: now) { await judge(now) }
                await send(now)
                try? await Task.sleep(for: Self.pause)
            }
        }
        await client?.shutDown()
    }

    private func judge(_ now: Int64) async {
        do {
            for alert in try await round.step(now: now) {
                logger.notice("Alert \(alert.id): \(plain(alert.finding.what, limit: 400))")
            }
            _ = try await round.digest(now: now)
            for organisation in try await organisations.all() where organisation.id != .first {
                try await round.beside(organisation.id).step(now: now)
            }
        } catch {
            logger.error("Alerts could not be judged: \(error)")
        }
    }

    private func send(_ now: Int64) async {
        do {
            for failure in try await round.send(now: now).failures {
                logger.warning("A notice could not be sent and is tried again: \(plain(failure))")
            }
        } catch {
            logger.error("Notices could not be sent: \(error)")
        }
    }
}

extension House {
    func alertService(_ settings: Settings, rhythm: AlertRhythm) throws -> AlertService {
        var client: SMTPClient?
        if let sender = settings.alerts.sender {
            let options = SMTPClientOptions(
                hostName: settings.gateway.hostName?.text ?? sender.domain.text)
            client = SMTPClient(
                options: options, now: { milliseconds() }, logger: gatewayLogger())
        }
        return AlertService(
            round: try alertRound(settings.alerts, client: client), rhythm: rhythm,
            organisations: OrganisationStore(database: database), client: client,
            logger: gatewayLogger())
    }
}
