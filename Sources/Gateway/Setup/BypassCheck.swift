public import DNS
public import Identities
public import SMTP
public import SMTPClient

/// Looks for ways around the gateway: MX records that lead elsewhere, and mailbox servers that take
/// mail from strangers. It shows no certificate, as a stranger has none.
public struct BypassCheck: Sendable {
    /// What to look at.
    public struct Request: Sendable {
        public var domain: DomainName
        public var provider: MailboxProvider?
        /// Mailbox servers that are known already: the next hop.
        public var servers: [SmartHost]
        /// Somebody who has a mailbox; `postmaster` unless it is set.
        public var recipient: EmailAddress?
        /// Milliseconds since 1970, for the date of a test message.
        public var now: Int64

        public init(
            domain: DomainName, provider: MailboxProvider? = nil, servers: [SmartHost] = [],
            recipient: EmailAddress? = nil, now: Int64
        ) {
            self.domain = domain
            self.provider = provider
            self.servers = servers
            self.recipient = recipient
            self.now = now
        }
    }

    /// Asks a server about a recipient and sends nothing; nil when it could not be asked.
    public typealias Probe = @Sendable (ForwardPath, DeliveryTarget) async -> SMTPReply?
    /// Hands a server a whole message.
    public typealias Send = @Sendable (OutgoingMessage, DeliveryTarget) async -> DeliveryResult

    private let lookup: any DNSLookup
    private let hostName: DomainName
    private let ownAddresses: Set<IPAddress>
    private let planner: RoutePlanner
    private let probe: Probe
    private let send: Send?

    /// - Parameter send: nil stops after the recipient, so that no message is sent.
    public init(
        lookup: any DNSLookup, hostName: DomainName, ownAddresses: Set<IPAddress> = [],
        probe: @escaping Probe, send: Send? = nil
    ) {
        self.lookup = lookup
        self.hostName = hostName
        self.ownAddresses = ownAddresses
        // The operator names the domain: an address of this machine is as good as any.
        var options = RoutePlanner.Options()
        options.allowsLoopback = true
        planner = RoutePlanner(routes: RouteTable(), lookup: lookup, options: options)
        self.probe = probe
        self.send = send
    }

    public func run(_ request: Request) async -> [BypassFinding] {
        let (findings, strangers) = await exchanges(of: request.domain)
        var servers = strangers + request.servers
        if let door = request.provider?.door(of: request.domain) {
            servers.append(SmartHost(.domain(door)))
        }
        var seen: Set<String> = []
        var all = findings
        for server in servers where seen.insert("\(server.host):\(server.port)").inserted {
            all.append(await examine(server, request))
        }
        return all
    }

    // MARK: MX records

    private func exchanges(of domain: DomainName) async -> ([BypassFinding], [SmartHost]) {
        let answer = await lookup.lookUp(domain, .mx)
        switch answer.outcome {
        case .failure(let reason):
            return (
                [
                    BypassFinding(
                        "MX of \(domain)", .unknown,
                        "The MX records could not be looked up: \(reason)")
                ], []
            )
        case .nameError, .noData:
            return (
                [
                    BypassFinding(
                        "MX of \(domain)", .unknown,
                        "The domain has no MX record, so mail for it goes to the domain itself.",
                        remedy: "Publish: \(domain). 3600 IN MX 10 \(hostName).")
                ], []
            )
        case .records: break
        }
        var findings: [BypassFinding] = []
        var strangers: [SmartHost] = []
        for exchange in answer.exchanges.prefix(Limits.mailHosts) {
            guard let host = exchange.host else { continue }
            let subject = "MX \(exchange.preference) \(host)"
            if await isGateway(host) {
                findings.append(BypassFinding(subject, .closed, "It names the gateway."))
            } else {
                strangers.append(SmartHost(.domain(host)))
                findings.append(
                    BypassFinding(
                        subject, .open, "It leads around the gateway.",
                        remedy: "Remove this record, and keep only \(hostName)."))
            }
        }
        return (findings, strangers)
    }

    private func isGateway(_ host: DomainName) async -> Bool {
        if host == hostName { return true }
        let addresses = await planner.addresses(of: host).addresses
        return !addresses.isEmpty && addresses.allSatisfy(ownAddresses.contains)
    }

    // MARK: Mailbox servers

    private func examine(_ server: SmartHost, _ request: Request) async -> BypassFinding {
        let subject = "\(server.host):\(server.port)"
        let addresses: [IPAddress]
        switch server.host {
        case .address(let address): addresses = [address]
        case .domain(let name): addresses = await planner.addresses(of: name).addresses
        }
        guard let address = addresses.first else {
            return BypassFinding(subject, .unknown, "The server has no address in the DNS.")
        }
        let target = DeliveryTarget(
            name: server.host.description, address: address, port: server.port,
            tls: .opportunistic)
        let path = Self.recipient(request)
        guard let reply = await probe(path, target) else {
            return BypassFinding(
                subject, .unknown,
                "The server did not answer, or takes no mail from this machine at all. A firewall "
                    + "may keep it closed; from elsewhere it may be open.")
        }
        guard reply.isPositive else { return Self.refused(subject, path, reply) }
        guard let send else {
            return BypassFinding(
                subject, .open,
                "It accepts <\(path)> from a stranger: \(Self.words(reply)) Some servers refuse "
                    + "only when the message has been sent.",
                remedy: Self.remedy(request, "To be sure, run the check again with --send."))
        }
        let result = await send(message(to: path, now: request.now), target)
        switch result.recipients.first {
        case .delivered(let reply):
            return BypassFinding(
                subject, .open,
                "It took a whole message for <\(path)> that had not passed the gateway: "
                    + Self.words(reply), remedy: Self.remedy(request, nil))
        case .refused(let reply): return Self.refused(subject, path, reply)
        case .failed(let failure):
            return BypassFinding(subject, .unknown, "The test broke off: \(failure.text)")
        case nil: return BypassFinding(subject, .unknown, "The server gave no answer.")
        }
    }

    private static func refused(
        _ subject: String, _ path: ForwardPath, _ reply: SMTPReply
    ) -> BypassFinding {
        let status = reply.status
        // RFC 3463 §3.2: X.1.x is about the address, and says nothing of strangers.
        if reply.isPermanent, status?.subject != 1 {
            return BypassFinding(
                subject, .closed,
                "It refuses mail that has not passed the gateway: \(words(reply))")
        }
        let why =
            reply.isPermanent
            ? "It does not know <\(path)>: \(words(reply))"
            : "It asks to try again later: \(words(reply))"
        return BypassFinding(
            subject, .unknown, why,
            remedy: reply.isPermanent
                ? "Name somebody who has a mailbox there with --recipient." : nil)
    }

    private static func remedy(_ request: Request, _ more: String?) -> String {
        let what =
            switch request.provider {
            case .microsoft365:
                "Create the connector that takes mail from the gateway only: "
                    + "'sealgate setup microsoft-365' shows the command."
            case .google:
                "Tick \"Reject all mail not from gateway IPs\": 'sealgate setup google' shows where."
            case nil: "Let this server take mail on port 25 from the gateway's addresses only."
            }
        return [what, more].compactMap(\.self).joined(separator: " ")
    }

    private static func recipient(_ request: Request) -> ForwardPath {
        if let address = request.recipient { return ForwardPath(Mailbox(address)) }
        let mailbox = Mailbox(localPart: "postmaster", host: .domain(request.domain))
        return mailbox.map(ForwardPath.init) ?? .postmaster
    }

    private static func words(_ reply: SMTPReply) -> String { "\"\(reply)\"." }

    private func message(to path: ForwardPath, now: Int64) -> OutgoingMessage {
        let sender = Mailbox(localPart: "bypass-test", host: .domain(hostName))
        let text = """
            From: bypass-test@\(hostName)\r
            To: \(path)\r
            Date: \(MailDate.render(now / 1_000))\r
            Message-ID: <bypass-test-\(now)@\(hostName)>\r
            Subject: Test: did this pass the mail gateway?\r
            Auto-Submitted: auto-generated\r
            \r
            This message was sent to your mailbox server directly, as an attacker would.\r
            If you can read it, the way around the mail gateway is open.\r

            """
        return OutgoingMessage(
            envelope: Envelope(
                reversePath: ReversePath(sender), recipients: [EnvelopeRecipient(path)]),
            content: MemoryContent(Array(text.utf8)))
    }
}
