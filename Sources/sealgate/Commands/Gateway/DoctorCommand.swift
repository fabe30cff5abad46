import ArgumentParser
import DNS
import Gateway
import Identities
import Logging
import SMTPClient
import SMTPServer
import Spool

/// `sealgate doctor`: what stands in the way of mail, before anybody notices.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at ports, DNS, certificates, disk, clock and the next server.",
        discussion: """
            Give it the same options as 'sealgate serve'. It changes nothing, sends no mail, and \
            works beside a running gateway. Exit code 1: something is wrong.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var console: ConsoleOptions
    @OptionGroup var mail: GatewayFlags
    @Option(help: "A time server to ask, ADDRESS or ADDRESS:PORT; none is asked without it.")
    var timeServer: String?
    @Option(help: "text or json") var format = OutputFormat.text

    func run() async throws {
        let settings = try await store.settings(resolver, console, mail)
        let time = try timeServerAddress()
        let findings = try await withLookup(settings) { lookup in
            await DoctorVisit(settings: settings, lookup: lookup, timeServer: time).findings()
        }
        let report = DoctorReport(findings)
        if format == .json {
            try printJSON(report)
        } else {
            for line in report.lines { print(line) }
        }
        guard report.isWell else { throw ExitCode(1) }
    }

    private func timeServerAddress() throws -> (address: IPAddress, port: Int)? {
        guard let timeServer else { return nil }
        let place =
            IPAddress(timeServer).map { ($0, 123) }
            ?? SocketAddress(timeServer, standardPort: 123).flatMap { place in
                IPAddress(place.host).map { ($0, place.port) }
            }
        guard let place else {
            throw ValidationError(
                "--time-server wants an address as 192.0.2.123 or 192.0.2.123:123, not "
                    + "\"\(plain(timeServer))\".")
        }
        return place
    }
}

/// Goes through everything that the settings name.
private struct DoctorVisit {
    let settings: Settings
    let lookup: (any DNSLookup)?
    let timeServer: (address: IPAddress, port: Int)?

    func findings() async -> [Finding] {
        var findings = doors()
        let asked = settings.gateway.domains
        if let lookup {
            let check = ResolverCheck(lookup, at: settings.resolver, domains: asked)
            findings += await check.look()
        } else {
            findings.append(
                Finding(
                    "resolver", .look, at: "none", "No resolver is named: DNS is off.",
                    advice: "Name one with --resolver."))
        }
        findings += certificates()
        let folder = settings.gateway.spool ?? settings.dataFolder + "/spool"
        findings += DiskCheck(folder: folder, least: SpoolOptions().minimumFreeOctets).look()
        findings += ClockCheck(folder: folder, server: timeServer).look()
        findings.append(OpenFiles.look())
        return findings + (await nextHop())
    }

    private func doors() -> [Finding] {
        var findings: [Finding] = []
        do {
            let setup = try GatewaySetup(settings)
            _ = try setup.options()
            for door in try setup.listeners(tls: nil) {
                findings.append(
                    DoorCheck(
                        "mail \(door.words)", address: door.address, port: door.port,
                        sign: .greeting(host: setup.hostName.text)
                    ).look())
            }
        } catch {
            findings.append(
                Finding(
                    "configuration", .wrong, at: "the gateway's options", "\(error)",
                    advice: "What each option takes: sealgate config describe"))
        }
        if !settings.gateway.hasDoor {
            findings.append(
                Finding(
                    "door", .look, at: "the gateway",
                    "No door for mail is named: the console alone would run.",
                    advice: "Name one with --inbound HOST:PORT."))
        }
        let host = settings.console.host == "localhost" ? "127.0.0.1" : settings.console.host
        if let address = IPAddress(host) {
            findings.append(
                DoorCheck(
                    "the console", address: address, port: settings.console.port, sign: .console
                ).look())
        }
        return findings
    }

    private func certificates() -> [Finding] {
        let gateway = settings.gateway
        var findings: [Finding] = []
        if let certificate = gateway.certificate, let key = gateway.key {
            findings += CertificateCheck(
                "STARTTLS", certificate: certificate, key: key, name: gateway.hostName?.text,
                now: clock()
            ).look()
        } else if gateway.hasDoor {
            findings.append(
                Finding(
                    "certificate", .look, at: "the doors",
                    "There is no certificate: mail comes in unencrypted.",
                    advice: "Name one with --certificate and --key."))
        }
        if let certificate = gateway.clientCertificate, let key = gateway.clientKey {
            findings += CertificateCheck(
                "the next hop", certificate: certificate, key: key, name: nil, now: clock()
            ).look()
        }
        return findings
    }

    /// Seconds for which each step with the next server is waited for.
    private static let patience: Duration = .seconds(10)

    private func nextHop() async -> [Finding] {
        guard settings.gateway.hasDoor, let setup = try? GatewaySetup(settings) else { return [] }
        guard case .host = settings.gateway.nextHop else {
            return [
                Finding(
                    "next hop", .ok, at: "mx",
                    "Mail goes on to the mail hosts of each recipient's domain.")
            ]
        }
        var options = setup.clientOptions()
        options.timeouts.connect = Self.patience
        options.timeouts.greeting = Self.patience
        options.timeouts.hello = Self.patience
        options.timeouts.handshake = Self.patience
        var logger = Logger(label: "doctor")
        logger.logLevel = .error
        let client = SMTPClient(options: options, now: { milliseconds() }, logger: logger)
        let planner = RoutePlanner(routes: setup.routes(), lookup: lookup ?? NoLookup())
        let check = NextHopCheck(planner: planner, client: client, now: milliseconds())
        let findings = await check.look(at: .route(GatewaySetup.nextHopRoute))
        await client.shutDown()
        return findings
    }
}

/// What was found, the worst first, for people and programs.
private struct DoctorReport: Encodable {
    struct Line: Encodable {
        var subject, state, place, sentence: String
        var advice: String?
    }

    let isWell: Bool
    let findings: [Line]

    init(_ findings: [Finding]) {
        isWell = !findings.contains { $0.state == .wrong }
        let order = [Finding.State.wrong, .look, .ok]
        self.findings = order.flatMap { state in findings.filter { $0.state == state } }.map {
            Line(
                subject: $0.subject, state: $0.state.rawValue, place: $0.place,
                sentence: $0.sentence, advice: $0.advice)
        }
    }

    var lines: [String] {
        var lines = [summary]
        for finding in findings {
            lines += [
                "", "\(Self.sign(finding.state))  \(finding.subject), \(plain(finding.place))",
            ]
            lines.append("    " + plain(finding.sentence, limit: 600))
            if let advice = finding.advice { lines.append("    → " + plain(advice, limit: 600)) }
        }
        return lines
    }

    private var summary: String {
        func count(_ state: Finding.State) -> Int {
            findings.count { $0.state == state.rawValue }
        }
        let (wrong, look) = (count(.wrong), count(.look))
        if wrong == 0, look == 0 { return "All is well: \(count(.ok)) things were looked at." }
        let parts = [
            wrong == 0
                ? "Nothing is wrong"
                : "\(counted(wrong, "thing")) \(wrong == 1 ? "is" : "are") wrong",
            look == 0 ? nil : "\(grouped(look)) should be looked at",
            "\(grouped(count(.ok))) \(count(.ok) == 1 ? "is" : "are") fine",
        ]
        return parts.compactMap(\.self).joined(separator: ", ") + "."
    }

    private static func sign(_ state: String) -> String {
        switch Finding.State(rawValue: state) {
        case .ok: "● ok"
        case .look: "◐ look at this"
        case .wrong, nil: "✕ wrong"
        }
    }
}
