public import DNS
import Identities
public import SMTP
public import SMTPServer
import Synchronization

/// What all connections to one gateway share: the directory of recipients, the lists, the rates.
public final class MailReception: Sendable {
    let options: GatewayOptions
    let directory: RecipientDirectory
    let senders: SenderDomainCheck
    let lists: DNSLists
    let messages: RateLimiter
    let unknowns: RateLimiter
    let pipeline: MailPipeline
    let refusals: RefusalCounters
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - callForward: asks the next server about a recipient; nil when it does not answer.
    ///   - old: what counted until now; what it has counted of clients goes on.
    public init(
        options: GatewayOptions, pipeline: MailPipeline, lookup: any DNSLookup,
        callForward: @escaping @Sendable (ForwardPath) async -> SMTPReply?,
        now: @escaping @Sendable () -> Int64, replacing old: MailReception? = nil
    ) {
        self.options = options
        self.pipeline = pipeline
        refusals = old?.refusals ?? RefusalCounters()
        self.now = now
        directory = RecipientDirectory(domains: options.domains, callForward: callForward)
        senders = SenderDomainCheck(lookup: lookup)
        lists = DNSLists(options.lists, lookup: lookup)
        let kept = old.flatMap { $0.options.rates == options.rates ? $0 : nil }
        messages = kept?.messages ?? RateLimiter(perMinute: options.rates.messagesPerMinute)
        unknowns =
            kept?.unknowns ?? RateLimiter(perMinute: options.rates.unknownRecipientsPerMinute)
    }

    /// The policy for one new connection.
    public func policy(for client: ClientConnection, role: ListenerRole) -> any ReceptionPolicy {
        ConnectionPolicy(self, role: role)
    }

    /// Refusals before any content, by reason.
    public var refused: [ReasonCode: Int] { refusals.all }
}

/// Counts refusals by their reason.
final class RefusalCounters: Sendable {
    private let counts = Mutex([ReasonCode: Int]())

    func count(_ code: ReasonCode) { counts.withLock { $0[code, default: 0] += 1 } }

    var all: [ReasonCode: Int] { counts.withLock { $0 } }
}
