import DNS
import Identities

/// Finds out whether a sender's domain can take mail back: one that does not exist, or says that it
/// takes none (RFC 7505), cannot be who it says.
final class SenderDomainCheck: Sendable {
    enum Answer: Sendable {
        case takesMail
        /// Why it cannot be, as a sentence.
        case impossible(String)
        case unknown
    }

    private let lookup: any DNSLookup
    private let memory = AnswerMemory<DomainName, Answer>(limit: Limits.rememberedAnswers)
    private static let kept: Int64 = 300

    init(lookup: any DNSLookup) {
        self.lookup = lookup
    }

    func known(_ domain: DomainName, now: Int64) -> Answer? { memory.value(for: domain, now: now) }

    func find(_ domain: DomainName, now: Int64) async -> Answer {
        let answer = await ask(domain)
        memory.keep(answer, for: domain, lifetime: Self.kept, now: now)
        return answer
    }

    private func ask(_ domain: DomainName) async -> Answer {
        let mx = await lookup.lookUp(domain, .mx)
        switch mx.outcome {
        case .failure: return .unknown
        case .nameError: return .impossible("The domain \(domain) does not exist.")
        case .records:
            let exchanges = mx.exchanges
            if exchanges.count == 1, exchanges[0].host == nil {
                return .impossible("The domain \(domain) takes no mail (null MX).")
            }
            return .takesMail
        case .noData: break
        }
        // RFC 5321 §5.1: without MX the address records count.
        for type in [RecordType.a, .aaaa] {
            let answer = await lookup.lookUp(domain, type)
            if answer.outcome == .records { return .takesMail }
            if answer.isTemporary { return .unknown }
        }
        return .impossible("The domain \(domain) has neither a mail server nor an address.")
    }
}
