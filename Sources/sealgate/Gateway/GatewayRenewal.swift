import DNS
import Gateway
import SMTP
import SMTPClient
import SMTPServer
import Synchronization

/// What follows the configuration while the gateway runs: whose mail is taken and how it is judged,
/// the way on, and the certificates.
final class GatewayRenewal: Sendable {
    /// What it renews, made once at the start.
    struct Parts: Sendable {
        let client: SMTPClient
        let scheduler: DeliveryScheduler
        let tls: ServerTLS?
        let makePlanner: @Sendable (GatewaySetup) -> RoutePlanner
        let makeReception:
            @Sendable (GatewaySetup, RoutePlanner, MailReception?) throws ->
                MailReception
    }

    /// What came of it, in words for the log.
    struct Outcome: Sendable {
        /// Options that hold now, by key.
        var taken: [String] = []
        /// Options that a restart alone can change.
        var left: [String] = []
    }

    private struct State {
        var settings: Settings
        var reception: MailReception
    }

    private let parts: Parts
    private let state: Mutex<State>

    init(_ settings: Settings, reception: MailReception, parts: Parts) {
        self.parts = parts
        state = Mutex(State(settings: settings, reception: reception))
    }

    /// The ways that mail takes now.
    var routes: RouteTable { parts.scheduler.routes }

    /// The rules for the next connection.
    var reception: MailReception { state.withLock { $0.reception } }

    /// Takes up other settings and reads all files again, all of it or, when anything is wrong,
    /// nothing.
    func renew(_ wanted: Settings) throws -> Outcome {
        let (before, reception) = state.withLock { ($0.settings, $0.reception) }
        // What needs a restart must be right too: the restart may come at night.
        let whole = try GatewaySetup(wanted)
        _ = try whole.options()
        _ = try whole.listeners(tls: nil)
        _ = try whole.serverTLS()
        let (settings, outcome) = before.renewed(by: wanted)
        let setup = try GatewaySetup(settings)
        let certificate = try setup.serverTLS()
        let planner = parts.makePlanner(setup)
        let fresh = try parts.makeReception(setup, planner, reception)
        try parts.client.reload(identities: setup.clientOptions().identities)
        // From here on nothing can fail.
        if let certificate { parts.tls?.takeOver(certificate) }
        parts.scheduler.reload(planner)
        state.withLock { $0 = State(settings: settings, reception: fresh) }
        return outcome
    }
}

extension Settings {
    /// Options that a running gateway takes up. The limits on connections count a new network of
    /// our own as any other until a restart.
    static let renewable: Set<String> = [
        "gateway.certificate", "gateway.key", "gateway.domains", "gateway.recipients",
        "gateway.report-addresses", "gateway.next-hop", "gateway.next-hop-tls",
        "gateway.client-certificate", "gateway.client-key", "gateway.own-networks",
        "gateway.own-domains", "gateway.trusted-sealers", "gateway.encrypted-domains",
        "gateway.lists",
        "gateway.greeting-delay", "gateway.deadline",
    ]

    /// These settings with what a running gateway can take of others.
    func renewed(by wanted: Settings) -> (Settings, GatewayRenewal.Outcome) {
        var settings = Settings()
        var outcome = GatewayRenewal.Outcome()
        // STARTTLS is offered or not from the start on.
        let keepsTLS = (gateway.certificate == nil) != (wanted.gateway.certificate == nil)
        for option in SettingsOption.all {
            let (old, new) = (option.read(self), option.read(wanted))
            let isTLS = ["gateway.certificate", "gateway.key"].contains(option.key)
            let isTaken = Self.renewable.contains(option.key) && !(isTLS && keepsTLS)
            if let value = isTaken ? new : old { _ = option.write(value, &settings) }
            guard old != new else { continue }
            if isTaken {
                outcome.taken.append(option.key)
            } else {
                outcome.left.append(option.key)
            }
        }
        return (settings, outcome)
    }
}
