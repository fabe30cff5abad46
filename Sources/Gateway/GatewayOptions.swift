public import Identities
import SMTP

/// Everything about receiving mail that the operator chooses.
public struct GatewayOptions: Sendable {
    /// How the existence of a recipient is found out before the mail is taken.
    public enum RecipientCheck: Hashable, Sendable {
        /// Every address of the domain is taken.
        case catchAll
        /// Only these local parts, in lower case.
        case list(Set<String>)
        /// The next server is asked, and its answer remembered.
        case askNextServer
    }

    /// A list in the DNS of clients that send spam.
    public struct DNSList: Hashable, Sendable {
        public var zone: DomainName
        /// What it adds to a client's score; below zero for lists of good clients.
        public var weight: Int

        public init(zone: DomainName, weight: Int) {
            self.zone = zone
            self.weight = weight
        }
    }

    /// How much one client may send.
    public struct Rates: Hashable, Sendable {
        /// Messages a minute from one address (IPv6: one /64).
        public var messagesPerMinute = 3_000
        /// Recipients that do not exist, a minute from one address.
        public var unknownRecipientsPerMinute = 30

        public init() {}
    }

    /// Our own name in greetings and `Received`.
    public var hostName: DomainName
    /// The name in Authentication-Results; the host's unless it is set.
    public var authservID: String
    /// The domains whose mail we take, each with its check of recipients.
    public var domains: [DomainName: RecipientCheck] = [:]
    /// Networks whose clients may send to everywhere.
    public var ownNetworks: [IPNetwork] = []
    /// Addresses for reports: their mail goes to `ReportConsumer`, not to the next server.
    public var reportAddresses: Set<EmailAddress> = []
    /// How long the checks may take before the mail is held unchecked.
    public var deadline: Duration = .seconds(20)
    /// How long a new client must wait for our greeting; who talks before it is no mail server.
    public var greetingDelay: Duration = .zero
    public var lists: [DNSList] = []
    /// The score from which on a listed client is refused.
    public var refusedScore = 10
    public var rates = Rates()
    /// Networks without limits on connections and rates: this machine, unless it is set.
    public var unlimited = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }
    /// Domains, with those below them, whose mail is taken over TLS only: from them and for them.
    public var encryptedDomains: Set<DomainName> = []
    /// Whether a sender's domain must exist and take mail.
    public var checksSenderDomain = true
    /// Whether mail from our own networks is checked like any other.
    public var checksOwnNetworks = false
    public var judge = AuthenticationJudge.Options()
    /// The organizational domain of one of our own, for the history of who writes to whom; the
    /// domain itself unless it is set.
    public var organizationalDomain: @Sendable (DomainName) -> DomainName = { $0 }
    /// What is changed in mail from outside; nothing, unless it is set.
    public var changes = MessageChanger.Options()
    /// The keys that mail is signed and sealed with; none, unless they are set.
    public var seals = SealOptions()

    public init(hostName: DomainName, authservID: String? = nil) {
        self.hostName = hostName
        self.authservID = authservID ?? hostName.text
    }

    func isUnlimited(_ address: IPAddress) -> Bool {
        unlimited.contains { $0.contains(address) }
    }

    func needsEncryption(_ host: MailHost) -> Bool {
        guard !encryptedDomains.isEmpty, let domain = host.domain else { return false }
        return encryptedDomains.contains(where: domain.isEqualOrBelow)
    }

    /// Who is proved to have written a mail from our own networks: the organizational domain of the
    /// author's domain, where that is ours or below one of ours. Other names our network says
    /// nothing about.
    func ownIdentity(ofAuthor domain: DomainName) -> DomainName? {
        var name: DomainName? = domain
        while let candidate = name {
            if judge.ownDomains.contains(candidate) || domains[candidate] != nil {
                return organizationalDomain(candidate)
            }
            name = candidate.parent
        }
        return nil
    }

    public func isOwnNetwork(_ address: IPAddress) -> Bool {
        ownNetworks.contains { $0.contains(address) }
    }
}
