internal import DNS
internal import Identities

/// Follows one question through the aliases of one or several messages.
struct AnswerChain {
    /// What to ask next.
    private(set) var name: DNSName
    private let type: RecordType
    private(set) var aliases: [DomainName] = []
    private var passed: Set<DNSName>
    private var timeToLive = Limits.longestTimeToLive
    private var isAuthenticated = true

    init(_ name: DNSName, _ type: RecordType) {
        self.name = name
        self.type = type
        passed = [name]
    }

    /// The answer, or nil when the last alias has to be asked for.
    mutating func take(_ message: DNSMessage, isTrusted: Bool) -> DNSAnswer? {
        isAuthenticated = isAuthenticated && isTrusted && message.isAuthenticated
        let records = message.answers.filter { $0.recordClass == .internet }
        var steps = 0
        while true {
            let found = records.filter {
                $0.name == name && (type == .any || $0.type == type)
            }
            if !found.isEmpty {
                for record in found { lower(to: record.timeToLive) }
                return answer(.records, found, timeToLive: timeToLive)
            }
            guard let (target, seconds) = alias(in: records) else { break }
            guard let alias = target.domainName else {
                return failure("An alias leads to no host name.")
            }
            guard passed.insert(target).inserted else {
                return failure("The aliases go in a circle.")
            }
            guard aliases.count < Limits.aliases else { return tooLong }
            lower(to: seconds)
            aliases.append(alias)
            name = target
            steps += 1
        }
        if message.responseCode == .nameError { return no(.nameError, message) }
        // RFC 2308 §2.2: aliases without a start of authority say nothing about their end.
        if steps > 0, !message.authorities.contains(where: { $0.type == .soa }) { return nil }
        return no(.noData, message)
    }

    var tooLong: DNSAnswer { failure("The chain of aliases is too long.") }

    private func alias(in records: [ResourceRecord]) -> (DNSName, UInt32)? {
        guard type != .cname else { return nil }
        for record in records where record.name == name {
            if case .cname(let target) = record.data { return (target, record.timeToLive) }
        }
        return nil
    }

    private mutating func lower(to seconds: UInt32) {
        // RFC 2181 §8: a time with the top bit set counts as none.
        timeToLive = min(timeToLive, seconds > UInt32(Int32.max) ? 0 : seconds)
    }

    private mutating func no(_ outcome: DNSAnswer.Outcome, _ message: DNSMessage) -> DNSAnswer {
        var kept: UInt32 = 0
        for record in message.authorities {
            guard case .soa(let soa) = record.data, name.isEqualOrBelow(record.name) else {
                continue
            }
            lower(to: record.timeToLive)
            lower(to: soa.minimum)
            kept = min(timeToLive, Limits.longestNegativeTimeToLive)
        }
        return answer(outcome, [], timeToLive: kept)
    }

    private func answer(
        _ outcome: DNSAnswer.Outcome, _ records: [ResourceRecord], timeToLive: UInt32
    ) -> DNSAnswer {
        DNSAnswer(
            outcome, records: records, aliases: aliases, isAuthenticated: isAuthenticated,
            timeToLive: timeToLive)
    }

    private func failure(_ sentence: String) -> DNSAnswer {
        DNSAnswer(
            .failure(sentence), aliases: aliases, timeToLive: Limits.failureTimeToLive)
    }
}
