import DNS
import FoundationEssentials
import Gateway
import Identities
import Logging
import SMTP
import SMTPClient

/// What the gateway knows about the servers around it.
extension GatewaySetup {
    /// The provider that the next hop belongs to.
    var provider: MailboxProvider? {
        guard case .host(let host, _) = settings.gateway.nextHop else { return nil }
        return DomainName(host).flatMap { MailboxProvider(host: $0) }
    }

    /// Its addresses are those that the DNS gives for its name, which is where others see it.
    func facts(lookup: any DNSLookup) async -> SetupFacts {
        var addresses: [IPAddress] = []
        for type in [RecordType.a, .aaaa] {
            addresses += await lookup.lookUp(hostName, type).addresses
        }
        let identity = clientOptions().identities[Self.clientIdentity]
        return SetupFacts(
            hostName: hostName, addresses: addresses, domains: settings.gateway.domains,
            certificateName: identity.flatMap { try? $0.name() } ?? nil)
    }

    /// Looks for ways around the gateway, as a stranger: without its certificate.
    func bypasses(
        _ request: BypassCheck.Request, facts: SetupFacts, lookup: any DNSLookup, sends: Bool,
        logger: Logger
    ) async -> [BypassFinding] {
        var options = SMTPClientOptions(hostName: hostName.text)
        // A person waits for the answer.
        options.timeouts.connect = .seconds(15)
        options.timeouts.greeting = .seconds(30)
        options.timeouts.recipient = .seconds(60)
        let client = SMTPClient(options: options, now: { milliseconds() }, logger: logger)
        let send: BypassCheck.Send = { await client.deliver($0, to: $1) }
        let check = BypassCheck(
            lookup: lookup, hostName: hostName, ownAddresses: Set(facts.addresses),
            probe: { await client.verifyRecipient($0, from: $1) }, send: sends ? send : nil)
        let findings = await check.run(request)
        await client.shutDown()
        return findings
    }

    /// The next hop, which keeps the mailboxes.
    var mailboxServers: [SmartHost] {
        guard case .host(let host, let port) = settings.gateway.nextHop,
            let place = IPAddress(host).map(MailHost.address)
                ?? DomainName(host).map(MailHost.domain)
        else { return [] }
        return [SmartHost(place, port: port)]
    }
}
