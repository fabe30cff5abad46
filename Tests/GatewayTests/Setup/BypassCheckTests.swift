import DNS
import Gateway
import Identities
import SMTP
import SMTPClient
import Testing

/// Ways around the gateway, looked for with servers that answer as each test says.
@Suite struct BypassCheckTests {
    private let gateway = DomainName("mx.example.com")!
    private let domain = DomainName("example.com")!

    private func table(_ exchanges: [(UInt16, String)]) -> TableLookup {
        let lookup = TableLookup()
        lookup.set(
            "example.com", .mx,
            exchanges.map { .mx(preference: $0.0, exchange: DNSName($0.1)!) })
        lookup.set("mx.example.com", .a, [.a(IPAddress("192.0.2.1")!)])
        lookup.set("alias.example.com", .a, [.a(IPAddress("192.0.2.1")!)])
        lookup.set("old.example.com", .a, [.a(IPAddress("192.0.2.9")!)])
        lookup.set(
            "example-com.mail.protection.outlook.com", .a, [.a(IPAddress("198.51.100.7")!)])
        return lookup
    }

    private func findings(
        _ lookup: TableLookup, provider: MailboxProvider? = nil, servers: [SmartHost] = [],
        sends: Bool = false, answer: @escaping @Sendable (IPAddress) -> SMTPReply?
    ) async -> [BypassFinding] {
        let send: BypassCheck.Send = { message, target in
            #expect(message.content.count > 100)
            return DeliveryResult(recipients: [
                .refused(
                    SMTPReply(550, EnhancedStatusCode(5, 7, 51), "TenantInboundAttribution"))
            ])
        }
        return await BypassCheck(
            lookup: lookup, hostName: gateway, ownAddresses: [IPAddress("192.0.2.1")!],
            probe: { path, target in
                #expect(path.description == "postmaster@example.com")
                #expect(target.clientCertificate == nil)
                return answer(target.address)
            }, send: sends ? send : nil
        ).run(
            .init(domain: domain, provider: provider, servers: servers, now: 1_790_000_000_000))
    }

    @Test func `an MX record beside the gateway's is a way around it`() async {
        let found = await findings(
            table([(10, "mx.example.com"), (10, "alias.example.com"), (20, "old.example.com")])
        ) { _ in SMTPReply(250, EnhancedStatusCode(2, 1, 5), "Ok") }
        #expect(found.map(\.state) == [.closed, .closed, .open, .open])
        #expect(found[2].subject == "MX 20 old.example.com")
        #expect(found[2].remedy?.contains("Remove this record") == true)
        #expect(found[3].subject == "old.example.com:25")
    }

    @Test func `the tenant's own door is tried, whatever the MX records say`() async {
        let found = await findings(table([(10, "mx.example.com")]), provider: .microsoft365) {
            $0 == IPAddress("198.51.100.7") ? SMTPReply(250, nil, "Recipient OK") : nil
        }
        #expect(found.map(\.state) == [.closed, .open])
        #expect(found[1].subject == "example-com.mail.protection.outlook.com:25")
        #expect(found[1].remedy?.contains("sealgate setup microsoft-365") == true)
        #expect(found[1].remedy?.contains("--send") == true)
    }

    @Test func `a door that refuses only the whole message is closed`() async {
        let found = await findings(
            table([(10, "mx.example.com")]), provider: .microsoft365, sends: true
        ) { _ in SMTPReply(250, nil, "Recipient OK") }
        #expect(found.map(\.state) == [.closed, .closed])
        #expect(found[1].sentence.contains("TenantInboundAttribution"))
    }

    @Test func `an unknown recipient, a later and a silence prove nothing`() async {
        let server = SmartHost(.domain(DomainName("old.example.com")!), port: 2525)
        let replies: [SMTPReply?] = [
            SMTPReply(550, EnhancedStatusCode(5, 1, 1), "No such user"),
            SMTPReply(451, EnhancedStatusCode(4, 7, 1), "Later"), nil,
        ]
        for reply in replies {
            let found = await findings(table([(10, "mx.example.com")]), servers: [server]) { _ in
                reply
            }
            #expect(found.map(\.state) == [.closed, .unknown])
            #expect(found[1].subject == "old.example.com:2525")
        }
        let refused = await findings(table([(10, "mx.example.com")]), servers: [server]) { _ in
            SMTPReply(554, nil, "Not from you")
        }
        #expect(refused.map(\.state) == [.closed, .closed])
    }
}

/// The guides, for gateways that are set up in different ways.
@Suite struct SetupGuideTests {
    private func text(_ guide: SetupGuide) -> String {
        guide.steps.flatMap { [$0.title] + $0.lines + [$0.caution ?? ""] }.joined(separator: "\n")
    }

    @Test func `the connector knows the gateway by its certificate, else by its addresses`() {
        var facts = SetupFacts(
            hostName: DomainName("mx.example.com")!, addresses: [IPAddress("192.0.2.1")!],
            domains: [DomainName("example.com")!, DomainName("example.org")!])
        let byAddress = text(SetupGuide(.microsoft365, facts))
        #expect(
            byAddress.contains("-RestrictDomainsToIPAddresses $true -SenderIPAddresses 192.0.2.1"))
        #expect(!byAddress.contains("ArcTrustedSealers"))
        #expect(byAddress.contains("next-hop: example-com.mail.protection.outlook.com:25"))
        #expect(byAddress.contains("example.org. 3600 IN MX 10 mx.example.com."))
        facts.certificateName = "it's.example.com"
        facts.sealingDomain = DomainName("example.com")
        let byName = text(SetupGuide(.microsoft365, facts))
        #expect(
            byName.contains(
                "-RestrictDomainsToCertificate $true -TlsSenderCertificateName 'it''s.example.com'")
        )
        #expect(!byName.contains("SenderIPAddresses"))
        #expect(byName.contains("-ArcTrustedSealers 'example.com'"))
        #expect(byName.contains("Set-OrganizationConfig -RejectDirectSend $true"))
        #expect(text(SetupGuide(.google, facts)).contains("Gateway IPs: 192.0.2.1"))
    }

    @Test func `the provider is seen from the next hop`() {
        let hosts: [String: MailboxProvider?] = [
            "example-com.mail.protection.outlook.com": .microsoft365,
            "example-com.a-v1.mx.microsoft": .microsoft365, "aspmx.l.google.com": .google,
            "mail.example.com": nil, "notgoogle.com": nil,
        ]
        for (host, provider) in hosts {
            #expect(MailboxProvider(host: DomainName(host)!) == provider, "\(host)")
        }
    }
}
