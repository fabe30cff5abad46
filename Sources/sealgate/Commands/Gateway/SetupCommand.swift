import ArgumentParser
import DNS
import Gateway
import Identities
import Logging
import SMTP

/// `sealgate setup`: how the servers around the gateway are set up, and whether anybody gets around
/// it.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Shows how your mailbox servers are set up behind the gateway, and tests it.",
        subcommands: [Microsoft.self, Google.self, Check.self])

    struct Microsoft: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "microsoft-365", abstract: "The commands for Microsoft 365.")
        @OptionGroup var guide: GuideOptions

        func run() async throws { try await guide.tell(.microsoft365) }
    }

    struct Google: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "google", abstract: "The settings for Google Workspace.")
        @OptionGroup var guide: GuideOptions

        func run() async throws { try await guide.tell(.google) }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Tries to get around the gateway, as a stranger would.",
            discussion: """
                It looks at the MX records and asks the mailbox servers to take mail that has not \
                passed the gateway. Run it from a machine that they have no reason to trust.

                Exit codes: 0 no way around was found; 1 there is one; 2 something could not be \
                found out.
                """)
        @OptionGroup var store: StoreOptions
        @OptionGroup var resolver: ResolverOptions
        @OptionGroup var gateway: SetupPlace
        @Option(help: "microsoft-365 or google. (default: seen from the next hop)")
        var provider: String?
        @Option(help: "Another mailbox server to try, HOST:PORT; may be repeated.")
        var server: [String] = []
        @Option(help: "Somebody who has a mailbox there. (default: postmaster)")
        var recipient: String?
        @Flag(help: "Send a real test message: some servers refuse only at the end.")
        var send = false
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let settings = try await store.settings(resolver, gateway)
            let setup = try GatewaySetup(settings)
            let findings = try await withLookup(settings) { lookup in
                try await look(setup, lookup ?? NoLookup())
            }
            if format == .json {
                try printJSON(findings.map(ToldFinding.init))
            } else {
                for finding in findings { tell(finding) }
            }
            if findings.contains(where: { $0.state == .open }) { throw ExitCode(1) }
            if findings.contains(where: { $0.state == .unknown }) { throw ExitCode(2) }
        }

        private func look(
            _ setup: GatewaySetup, _ lookup: any DNSLookup
        ) async throws -> [BypassFinding] {
            let facts = await setup.facts(lookup: lookup)
            guard !facts.domains.isEmpty else {
                throw PlainError("No domain is named: give one with --domain.")
            }
            var servers = setup.mailboxServers
            for text in server {
                guard let address = SocketAddress(text, standardPort: 25),
                    let host = IPAddress(address.host).map(MailHost.address)
                        ?? DomainName(address.host).map(MailHost.domain)
                else { throw PlainError("\"\(plain(text))\" is no HOST:PORT.") }
                servers.append(SmartHost(host, port: address.port))
            }
            var findings: [BypassFinding] = []
            for domain in facts.domains {
                let request = BypassCheck.Request(
                    domain: domain, provider: try chosenProvider() ?? setup.provider,
                    servers: servers, recipient: try address(), now: milliseconds())
                findings += await setup.bypasses(
                    request, facts: facts, lookup: lookup, sends: send,
                    logger: Logger(label: "sealgate.setup"))
            }
            return findings
        }

        private func chosenProvider() throws -> MailboxProvider? {
            guard let provider else { return nil }
            guard let known = MailboxProvider(rawValue: provider) else {
                throw PlainError("--provider wants microsoft-365 or google, not \"\(provider)\".")
            }
            return known
        }

        private func address() throws -> EmailAddress? {
            guard let recipient else { return nil }
            guard let address = EmailAddress(recipient[...]) else {
                throw PlainError("\"\(plain(recipient))\" is no e-mail address.")
            }
            return address
        }

        private func tell(_ finding: BypassFinding) {
            let sign =
                switch finding.state {
                case .closed: "closed "
                case .open: "OPEN   "
                case .unknown: "unknown"
                }
            print("\(sign)  \(plain(finding.subject))")
            print("         \(plain(finding.sentence, limit: 600))")
            if let remedy = finding.remedy { print("         → \(plain(remedy, limit: 600))") }
        }
    }
}

/// What a guide is made for.
struct GuideOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var gateway: SetupPlace
    @Option(help: "text or json") var format = OutputFormat.text

    func tell(_ provider: MailboxProvider) async throws {
        let settings = try await store.settings(resolver, gateway)
        let setup = try GatewaySetup(settings)
        let facts = try await withLookup(settings) { await setup.facts(lookup: $0 ?? NoLookup()) }
        let guide = SetupGuide(provider, facts)
        if format == .json { return try printJSON(guide.steps.map(ToldStep.init)) }
        print("\(facts.hostName) in front of \(provider.name)")
        for (number, step) in guide.steps.enumerated() {
            print("\n\(number + 1). \(step.title)   (\(step.place.rawValue))")
            print("   \(step.why)\n")
            for line in step.lines { print("       \(line)") }
            if let caution = step.caution { print("\n   Mind: \(caution)") }
        }
    }
}

/// The gateway's options that the setup depends on.
struct SetupPlace: ParsableArguments, GivesFlags {
    @Option(help: "A domain whose mail the gateway takes; may be repeated.")
    var domain: [String] = []
    @Option(help: "The gateway's own name. (default: the machine's)")
    var hostName: String?
    @Option(help: "Where mail goes on to: HOST:PORT, or mx.") var nextHop: String?

    func give(to flags: inout GivenFlags) {
        flags.add("gateway.domains", domain)
        flags.add("gateway.host-name", hostName)
        flags.add("gateway.next-hop", nextHop)
    }
}

private struct ToldStep: Encodable {
    var title: String
    var place: String
    var why: String
    var lines: [String]
    var caution: String?

    init(_ step: SetupGuide.Step) {
        title = step.title
        place = step.place.rawValue
        why = step.why
        lines = step.lines
        caution = step.caution
    }
}

private struct ToldFinding: Encodable {
    var subject: String
    var state: String
    var sentence: String
    var remedy: String?

    init(_ finding: BypassFinding) {
        subject = finding.subject
        state = finding.state.rawValue
        sentence = finding.sentence
        remedy = finding.remedy
    }
}
