import Identities
import SMTP

/// Knows whose mail we take, and finds out whether a recipient exists before we say yes: mail for
/// nobody is the client's to send back, never ours (RFC 5321 §3.6.2, no backscatter).
final class RecipientDirectory: Sendable {
    /// What is known about one recipient.
    enum Answer: Hashable, Sendable {
        case exists
        case unknown
        /// The domain is none of ours.
        case notOurs
        /// The next server could not be asked.
        case unchecked(String)
    }

    /// Asks the next server about a recipient; nil when it cannot be reached.
    typealias CallForward = @Sendable (ForwardPath) async -> SMTPReply?

    private let domains: [DomainName: GatewayOptions.RecipientCheck]
    private let callForward: CallForward
    private let memory = AnswerMemory<EmailAddress, Answer>(limit: Limits.rememberedAnswers)

    /// Seconds for which answers are kept: who exists rarely goes, who does not may come soon.
    private static let keptYes: Int64 = 86_400
    private static let keptNo: Int64 = 900
    private static let keptUnchecked: Int64 = 30

    init(
        domains: [DomainName: GatewayOptions.RecipientCheck], callForward: @escaping CallForward
    ) {
        self.domains = domains
        self.callForward = callForward
    }

    /// What is known without asking anybody; nil when the next server has to be asked.
    func known(_ path: ForwardPath, now: Int64) -> Answer? {
        // RFC 5321 §4.5.1: postmaster is always there.
        guard let mailbox = path.mailbox else { return .exists }
        guard let address = mailbox.address, let check = domains[address.domain] else {
            return .notOurs
        }
        let local = address.localPart.lowercased()
        if local == "postmaster" { return .exists }
        switch check {
        case .catchAll: return .exists
        case .list(let names): return names.contains(local) ? .exists : .unknown
        case .askNextServer: return memory.value(for: address, now: now)
        }
    }

    func find(_ path: ForwardPath, now: Int64) async -> Answer {
        if let known = known(path, now: now) { return known }
        guard let address = path.mailbox?.address else { return .notOurs }
        let answer: Answer
        let lifetime: Int64
        switch await callForward(path) {
        case let reply? where reply.isPositive:
            (answer, lifetime) = (.exists, Self.keptYes)
        case let reply? where reply.isPermanent:
            (answer, lifetime) = (.unknown, Self.keptNo)
        case let reply?:
            (answer, lifetime) = (.unchecked(reply.description), Self.keptUnchecked)
        case nil:
            (answer, lifetime) = (.unchecked("it cannot be reached"), Self.keptUnchecked)
        }
        memory.keep(answer, for: address, lifetime: lifetime, now: now)
        return answer
    }
}
