import DNS
import Gateway
import Identities
import MailAuthentication
import SMTP
import SMTPClient
import Spool

/// Makes the rules for connections and mail out of settings, at the start and whenever they change.
struct ReceptionMaker: Sendable {
    let authenticator: MessageAuthenticator
    let suffixes: PublicSuffixList
    let spool: Spool
    let secret: [UInt8]
    let outlets: MailPipeline.Outlets
    let counters: GatewayCounters
    let lookup: any DNSLookup
    let client: SMTPClient

    func make(
        _ setup: GatewaySetup, _ planner: RoutePlanner, replacing old: MailReception?
    ) throws -> MailReception {
        var options = try setup.options()
        let suffixes = suffixes
        options.organizationalDomain = { suffixes.organizationalDomain(of: $0) ?? $0 }
        let spool = spool
        let pipeline = MailPipeline(
            options: options, authenticator: authenticator, spool: spool, secret: secret,
            outlets: outlets, counters: counters,
            identifiers: { spool.nextIdentifier() }, now: { milliseconds() })
        return MailReception(
            options: options, pipeline: pipeline, lookup: lookup,
            callForward: callForward(planner, setup.hostName), now: { clock() }, replacing: old)
    }

    /// Asks the server that mail for a recipient goes to.
    private func callForward(
        _ planner: RoutePlanner, _ hostName: DomainName
    ) -> @Sendable (ForwardPath) async -> SMTPReply? {
        let client = client
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
