import Identities

/// How the servers around the gateway are set up, so that all mail passes it and none goes around.
public struct SetupGuide: Hashable, Sendable {
    /// Where a step is done.
    public enum Place: String, Hashable, Sendable {
        case gateway = "Sealgate's configuration"
        case dns = "DNS"
        case powerShell = "Exchange Online PowerShell"
        case adminConsole = "Google Admin console"
        case shell = "A shell on any machine"
    }

    /// One thing to do.
    public struct Step: Hashable, Sendable {
        public var title: String
        /// What it is for, and what happens without it.
        public var why: String
        public var place: Place
        /// What to type, or where to click, a line each.
        public var lines: [String]
        /// What must be filled in or watched; nil when the lines can be used as they are.
        public var caution: String?

        init(
            _ title: String, _ place: Place, why: String, _ lines: [String],
            caution: String? = nil
        ) {
            self.title = title
            self.why = why
            self.place = place
            self.lines = lines
            self.caution = caution
        }
    }

    public let provider: MailboxProvider
    public let steps: [Step]

    public init(_ provider: MailboxProvider, _ facts: SetupFacts) {
        self.provider = provider
        switch provider {
        case .microsoft365: steps = MicrosoftSetup(facts: facts).steps
        case .google: steps = GoogleSetup(facts: facts).steps
        }
    }

    // MARK: Steps that all have in common

    /// Until then nothing changes for anybody.
    static func mailExchange(_ facts: SetupFacts) -> Step {
        Step(
            "Let the mail come to the gateway", .dns,
            why: "MX records say where mail for a domain goes. Only the gateway may be named: a "
                + "second record for the old server is an open side door, which attackers try "
                + "first.",
            facts.domains.map { "\($0.text). 3600 IN MX 10 \(facts.hostName.text)." },
            caution: facts.domains.isEmpty
                ? "The gateway has no domains yet: name them with gateway.domains." : nil)
    }

    static func check(_ facts: SetupFacts, _ provider: MailboxProvider) -> Step {
        Step(
            "Prove that nobody gets around the gateway", .shell,
            why: "It asks the mailbox servers, as a stranger would, to take mail that has not "
                + "passed the gateway. Run it from a machine that is not in the list of allowed "
                + "addresses: from the gateway's own address everything is allowed.",
            facts.domains.map {
                "sealgate setup check --domain \($0.text) --provider \(provider.rawValue)"
            })
    }
}
