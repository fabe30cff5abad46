public import Identities
public import MailAuthentication

/// Who is behind what came in, as far as we know.
public struct ReportOrigin: Hashable, Sendable, Codable {
    /// The way it came.
    public enum Way: String, Hashable, Sendable, Codable {
        /// A person handed it in.
        case person
        /// A program with a token of ours handed it in.
        case token
        /// It lay in a folder of this machine, and is no mail.
        case folder
        /// It is a mail.
        case mail
    }

    public var way: Way
    /// The account, or the holder of the token.
    public var name: String
    /// What the mail's authentication found out.
    public var proof: MailProof?

    public init(_ way: Way, name: String = "", proof: MailProof? = nil) {
        self.way = way
        self.name = name
        self.proof = proof
    }
}

/// What authentication found out about a mail with reports: whose it is proved to be.
public struct MailProof: Hashable, Sendable, Codable {
    /// A domain that passed, and by what.
    public struct Pass: Hashable, Sendable, Codable {
        public var domain: DomainName
        /// In the middle of a sentence: "the DKIM signature", "SPF".
        public var method: String

        public init(_ domain: DomainName, _ method: String) {
            self.domain = domain
            self.method = method
        }
    }

    /// The domain of the From field; nil when there is no single one.
    public var author: DomainName?
    public var passes: [Pass]
    /// What DMARC says of the author's domain.
    public var dmarc: DMARCResult
    /// What the author's domain asks for mail that fails.
    public var policy: DMARCPolicy?
    /// Whether a look-up failed on which more might have been proved.
    public var isIncomplete: Bool

    public init(
        author: DomainName?, passes: [Pass], dmarc: DMARCResult = .none,
        policy: DMARCPolicy? = nil, isIncomplete: Bool = false
    ) {
        self.author = author
        self.passes = passes
        self.dmarc = dmarc
        self.policy = policy
        self.isIncomplete = isIncomplete
    }

    /// What the message's own signatures and its way to us prove.
    public init(_ found: MessageAuthentication) {
        var passes: [Pass] = []
        for signature in found.dkim where signature.result == .pass {
            // What a signature leaves out anybody may have added, and reports come as attachments.
            guard signature.unsignedBodyOctets == 0, let domain = signature.domain else { continue }
            passes.append(Pass(domain, "the DKIM signature"))
        }
        if let spf = found.spf, spf.result == .pass, let domain = spf.domain {
            passes.append(Pass(domain, "SPF"))
        }
        self.init(
            author: found.dmarc?.author, passes: Array(passes.prefix(Self.mostPasses)),
            dmarc: found.dmarc?.result ?? .none, policy: found.dmarc?.policy?.policy,
            isIncomplete: found.dmarc?.result == .temperror
                || found.dkim.contains { $0.result == .temperror })
    }

    /// Passes that are kept.
    static let mostPasses = 16

    /// Adds what the user's own server found when the mail came to it: only its topmost field, since
    /// anybody can write such a field below (RFC 8601 §5).
    mutating func add(_ message: RawMessage, trusting receivers: [String]) {
        guard !receivers.isEmpty,
            let field = message.fields(named: "Authentication-Results").first
        else { return }
        let results = AuthenticationResultsParser.parse(field)
        let server = results.authservID.lowercased()
        guard receivers.contains(where: { $0.lowercased() == server }) else { return }
        func add(_ method: String, _ properties: [PropertyName], _ words: String) {
            for result in results.results(of: method) where result.result == "pass" {
                let text = properties.lazy.compactMap { result[$0] }.first ?? ""
                let name = text.split(separator: "@").last.map(String.init) ?? text
                guard passes.count < Self.mostPasses, let domain = DomainName(name) else {
                    continue
                }
                passes.append(Pass(domain, "\(words) as \(server) saw it"))
            }
        }
        add("dmarc", [.headerFrom], "DMARC")
        add("dkim", [.headerDomain, .headerIdentity], "the DKIM signature")
        add("spf", [.smtpMailFrom, .smtpHELO], "SPF")
    }
}
