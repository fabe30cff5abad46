import Identities

/// In front of Google Workspace.
struct GoogleSetup {
    let facts: SetupFacts

    var steps: [SetupGuide.Step] {
        [
            SetupGuide.Step(
                "Send mail on to Google", .gateway,
                why: "The gateway delivers to Google's servers with TLS and checks their "
                    + "certificate.",
                [
                    "gateway:", "  next-hop: aspmx.l.google.com:25", "  next-hop-tls: verified",
                ]),
            SetupGuide.mailExchange(facts),
            SetupGuide.Step(
                "Name the gateway as inbound gateway", .adminConsole,
                why: "Google then looks past the gateway's address to the true sender, and does "
                    + "not check SPF and DMARC again for mail that the gateway has checked.",
                [
                    "Open admin.google.com with an administrator's account.",
                    "Apps › Google Workspace › Gmail › Spam, Phishing and Malware › "
                        + "Inbound gateway › Edit",
                    "Gateway IPs: \(addresses)",
                    "Tick: Automatically detect external IP",
                    "Tick: Reject all mail not from gateway IPs",
                    "Tick: Require TLS for connections from the email gateways listed above",
                    "Leave off: Message tagging (mail in doubt is held by the gateway)",
                ],
                caution: facts.addresses.isEmpty
                    ? "Fill in the addresses that the gateway sends from; Google takes no private "
                        + "ones."
                    : "\"Reject all mail not from gateway IPs\" acts at once: tick it when the new "
                        + "MX records are seen by everybody (the old ones' TTL has passed). "
                        + "Google takes no private addresses."),
            SetupGuide.check(facts, .google),
        ]
    }

    private var addresses: String {
        facts.addresses.isEmpty
            ? "the gateway's addresses"
            : facts.addresses.map(\.description).joined(separator: ", ")
    }
}
