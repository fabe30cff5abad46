import Identities

/// In front of Microsoft 365 (Exchange Online).
struct MicrosoftSetup {
    let facts: SetupFacts

    var steps: [SetupGuide.Step] {
        [
            nextHop, SetupGuide.mailExchange(facts), connect, connector, filtering, noSkipping,
            directSend, sealer, SetupGuide.check(facts, .microsoft365),
        ].compactMap(\.self)
    }

    private var domain: DomainName? { facts.domains.first }

    private var nextHop: SetupGuide.Step {
        let door =
            domain.flatMap { MailboxProvider.microsoft365.door(of: $0)?.text }
            ?? "YOUR-DOMAIN.mail.protection.outlook.com"
        return SetupGuide.Step(
            "Send mail on to your tenant", .gateway,
            why: "Every tenant has a server name of its own. The gateway delivers there with TLS, "
                + "checks the server's certificate, and shows its own, by which Microsoft will "
                + "know it.",
            [
                "gateway:",
                "  next-hop: \(door):25",
                "  next-hop-tls: verified",
                "  client-certificate: /etc/sealgate/client.pem",
                "  client-key: /etc/sealgate/client.key",
            ],
            caution: facts.certificateName == nil
                ? "The gateway shows no certificate yet. It needs one from a public authority: "
                    + "Microsoft does not believe those that are signed by oneself. Without one, "
                    + "the connector below knows the gateway by its addresses only."
                : nil)
    }

    private var connect: SetupGuide.Step {
        SetupGuide.Step(
            "Sign in", .powerShell,
            why: "The commands that follow change your tenant. They need the role of an Exchange "
                + "administrator.",
            [
                "Install-Module ExchangeOnlineManagement -Scope CurrentUser",
                "Connect-ExchangeOnline",
            ]
        )
    }

    private var connector: SetupGuide.Step {
        let name = facts.certificateName.map(Self.quoted)
        let restriction =
            name.map { "-RestrictDomainsToCertificate $true -TlsSenderCertificateName \($0)" }
            ?? "-RestrictDomainsToIPAddresses $true -SenderIPAddresses \(addresses)"
        let proof = name == nil ? "from the gateway's addresses" : "the gateway's certificate"
        return SetupGuide.Step(
            "Take mail from the gateway only", .powerShell,
            why: "Your tenant's server takes mail from anybody, whatever your MX records say. A "
                + "partner connector for all senders (*) makes it refuse what does not come with "
                + "TLS and \(proof).",
            [
                "New-InboundConnector -Name \"Sealgate\" -ConnectorType Partner "
                    + "-SenderDomains \"*\" -RequireTls $true \(restriction) -Enabled $true"
            ],
            caution: "From the moment this is enabled, mail that comes another way is refused. "
                + "Do it when the new MX records are seen by everybody (the old ones' TTL has "
                + "passed), or begin with -Enabled $false."
                + (name == nil && facts.addresses.isEmpty
                    ? " Fill in the addresses that the gateway sends from." : ""))
    }

    private var filtering: SetupGuide.Step {
        SetupGuide.Step(
            "Let Microsoft see the true sender", .powerShell,
            why: "Enhanced Filtering looks past the gateway to the address in our one Received "
                + "line. Without it, Microsoft checks SPF against the gateway's own address, and "
                + "its tip about first contacts and its hunting data are wrong.",
            ["Set-InboundConnector -Identity \"Sealgate\" -EFSkipLastIP $true -EFUsers $null"],
            caution: "To try it with some people first: -EFUsers \"a@example.com\"; it acts only "
                + "when all recipients of a message are in that list.")
    }

    private var noSkipping: SetupGuide.Step {
        SetupGuide.Step(
            "Remove rules that skip filtering", .powerShell,
            why: "A transport rule that sets the spam level to -1 for the gateway turns off what "
                + "Enhanced Filtering has just turned on.",
            ["Get-TransportRule | Where-Object { $_.SetSCL -eq -1 } | Format-Table Name, State"],
            caution: "Look at each rule that is listed, and remove those about the gateway.")
    }

    private var directSend: SetupGuide.Step {
        SetupGuide.Step(
            "Close Direct Send", .powerShell,
            why: "Direct Send lets any machine hand in mail in the name of your own people, "
                + "without signing in. Devices that use it need a connector or an account first.",
            ["Set-OrganizationConfig -RejectDirectSend $true"],
            caution: "By itself this is not enough: mail with a foreign sender still comes in "
                + "unless the connector above exists.")
    }

    private var sealer: SetupGuide.Step? {
        facts.sealingDomain.map {
            SetupGuide.Step(
                "Trust the gateway's seal", .powerShell,
                why: "Where the gateway changes a message (a tag, a banner), the sender's "
                    + "signature breaks. The gateway's ARC seal says what was true before.",
                ["Set-ArcConfig -Identity Default -ArcTrustedSealers \(Self.quoted($0.text))"],
                caution: "The command replaces the whole list: add those that are in it already "
                    + "(Get-ArcConfig).")
        }
    }

    private var addresses: String {
        facts.addresses.isEmpty
            ? "GATEWAY-ADDRESSES" : facts.addresses.map(\.description).joined(separator: ",")
    }

    /// Between quotation marks in which PowerShell expands nothing.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}
