import DNS
import Gateway
import Identities
import SMTP
import SMTPClient
import Testing

/// Ways around the gateway, looked for with servers that answer as each test says.
@Suite struct BypassCheckTests {
    private func table(_ exchanges: [(UInt16, String)]) throws -> TableLookup {
        let lookup = TableLookup()
        lookup.set(
            "example.com", .mx,
            try exchanges.map { .mx(preference: $0.0, exchange: try #require(DNSName($0.1))) })
        try lookup.setAddresses("mx.example.com", ["192.0.2.1"])
        try lookup.setAddresses("alias.example.com", ["192.0.2.1"])
        try lookup.setAddresses("old.example.com", ["192.0.2.9"])
        try lookup.setAddresses("example-com.mail.protection.outlook.com", ["198.51.100.7"])
        return lookup
    }

    private func findings(
        _ lookup: TableLookup, provider: MailboxProvider? = nil, servers: [SmartHost] = [],
        sends: Bool = false, answer: @escaping @Sendable (IPAddress) -> SMTPReply?
    ) async throws -> [BypassFinding] {
        let send: BypassCheck.Send = { message, target in
            #expect(message.content.count > 100)
            return DeliveryResult(recipients: [
                .refused(
                    SMTPReply(550, EnhancedStatusCode(5, 7, 51), "TenantInboundAttribution"))
            ])
        }
        return await BypassCheck(
            lookup: lookup, hostName: try name("mx.example.com"),
            ownAddresses: [try #require(IPAddress("192.0.2.1"))],
            probe: { path, target in
                #expect(path.description == "postmaster@example.com")
                #expect(target.clientCertificate == nil)
                return answer(target.address)
            }, send: sends ? send : nil
        ).run(
            .init(
                domain: try name("example.com"), provider: provider, servers: servers,
                now: 1_790_000_000_000))
    }

    @Test func `an MX record beside the gateway's is a way around it`() async throws {
        let found = try await findings(
            try table([(10, "mx.example.com"), (10, "alias.example.com"), (20, "old.example.com")])
        ) { _ in SMTPReply(250, EnhancedStatusCode(2, 1, 5), "Ok") }
        #expect(found.map(\.state) == [.closed, .closed, .open, .open])
        #expect(found[2].subject == "MX 20 old.example.com")
        #expect(found[2].remedy?.contains("Remove this record") == true)
        #expect(found[3].subject == "old.example.com:25")
    }

    @Test func `the tenant's own door is tried, whatever the MX records say`() async throws {
        let found = try await findings(try table([(10, "mx.example.com")]), provider: .microsoft365)
        {
            $0 == IPAddress("198.51.100.7") ? SMTPReply(250, nil, "Recipient OK") : nil
        }
        #expect(found.map(\.state) == [.closed, .open])
        #expect(found[1].subject == "example-com.mail.protection.outlook.com:25")
        #expect(found[1].remedy?.contains("sealgate setup microsoft-365") == true)
        #expect(found[1].remedy?.contains("--send") == true)
    }

    @Test func `a door that refuses only the whole message is closed`() async throws {
        let found = try await findings(
            try table([(10, "mx.example.com")]), provider: .microsoft365, sends: true
        ) { _ in SMTPReply(250, nil, "Recipient OK") }
        #expect(found.map(\.state) == [.closed, .closed])
        #expect(found[1].sentence.contains("TenantInboundAttribution"))
    }

    @Test func `an unknown recipient, a later and a silence prove nothing`() async throws {
        let server = SmartHost(.domain(try name("old.example.com")), port: 2525)
        let replies: [SMTPReply?] = [
            SMTPReply(550, EnhancedStatusCode(5, 1, 1), "No such user"),
            SMTPReply(451, EnhancedStatusCode(4, 7, 1), "Later"), nil,
        ]
        for reply in replies {
            let found = try await findings(try table([(10, "mx.example.com")]), servers: [server]) {
                _ in
                reply
            }
            #expect(found.map(\.state) == [.closed, .unknown])
            #expect(found[1].subject == "old.example.com:2525")
        }
        let refused = try await findings(try table([(10, "mx.example.com")]), servers: [server]) {
            _ in
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

    @Test func `the connector knows the gateway by its certificate, else by its addresses`() throws
    {
        var facts = SetupFacts(
            hostName: try name("mx.example.com"),
            addresses: [try #require(IPAddress("192.0.2.1"))],
            domains: [try name("example.com"), try name("example.org")])
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

    @Test func `the provider is seen from the next hop`() throws {
        let hosts: [String: MailboxProvider?] = [
            "example-com.mail.protection.outlook.com": .microsoft365,
            "example-com.a-v1.mx.microsoft": .microsoft365, "aspmx.l.google.com": .google,
            "mail.example.com": nil, "notgoogle.com": nil,
        ]
        for (host, provider) in hosts {
            #expect(try MailboxProvider(host: name(host)) == provider, "\(host)")
        }
    }
}

private func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }
