public import DNS
import Identities

/// Checks the DKIM signatures of a message (RFC 6376 §6, RFC 8301, RFC 8463).
///
/// Where the RFCs leave a choice: rsa-sha1 and signatures past their time are checked and, when
/// they match, reported as `policy`; several key records under one name are each tried; the body is
/// read once for each kind of hash.
public struct DKIMVerifier: Sendable {
    private let keys: DKIMKeyLookup
    private let policy: DKIMPolicy

    /// Keys stay remembered as long as the verifier, or a copy of it, lives.
    public init(lookup: any DNSLookup, policy: DKIMPolicy = DKIMPolicy()) {
        self.init(keys: DKIMKeyLookup(lookup: lookup), policy: policy)
    }

    /// For callers that share the parsed keys with others.
    init(keys: DKIMKeyLookup, policy: DKIMPolicy = DKIMPolicy()) {
        self.keys = keys
        self.policy = policy
    }

    /// One outcome for each signature, top to bottom; one `none` for a message without any. `now`
    /// is in seconds since 1970.
    public func verify(_ message: RawMessage, now: Int64) async -> [DKIMVerification] {
        await verify(MessageReading(message), now: now)
    }

    /// The same for a message that others read too.
    func verify(_ reading: MessageReading, now: Int64) async -> [DKIMVerification] {
        let message = reading.message
        let found = message.fields.indices.filter {
            message.fields[$0].isNamed("dkim-signature")
        }
        guard !found.isEmpty else {
            return [DKIMVerification(.none, reason: "The message has no DKIM signature.")]
        }
        let parsed = found.prefix(policy.maximumSignatures).map {
            DKIMSignatureParser.parse(message.fields[$0])
        }
        let answers = await answers(for: parsed)
        var check = DKIMSignatureCheck(reading, policy: policy, now: now)
        var outcomes: [DKIMVerification] = []
        outcomes.reserveCapacity(found.count)
        for (index, parsing) in parsed.enumerated() {
            switch parsing {
            case .invalid(let outcome): outcomes.append(outcome)
            case .signature(let signature):
                outcomes.append(
                    check.outcome(of: signature, at: found[index], keys: answers[index]))
            }
        }
        outcomes += unchecked(found.count - parsed.count)
        return outcomes
    }

    /// The keys of each signature, all looked up at the same time, each name once.
    private func answers(
        for parsed: [DKIMSignatureParser.Parsing]
    ) async -> [[DKIMKeyAnswer]] {
        var answers = [[DKIMKeyAnswer]](repeating: [], count: parsed.count)
        if parsed.count == 1 || keys.answersAtOnce {
            for (index, parsing) in parsed.enumerated() {
                guard case .signature(let signature) = parsing else { continue }
                answers[index] = await keys.findAll(
                    selector: signature.selector, domain: signature.domain)
            }
            return answers
        }
        var waiting: [KeyName: [Int]] = [:]
        for (index, parsing) in parsed.enumerated() {
            guard case .signature(let signature) = parsing else { continue }
            let name = KeyName(selector: signature.selector, domain: signature.domain)
            waiting[name, default: []].append(index)
        }
        if waiting.count == 1, let (name, indices) = waiting.first {
            let found = await keys.findAll(selector: name.selector, domain: name.domain)
            for index in indices { answers[index] = found }
            return answers
        }
        let keys = keys
        await withTaskGroup(of: ([Int], [DKIMKeyAnswer]).self) { group in
            for (name, indices) in waiting {
                group.addTask {
                    (indices, await keys.findAll(selector: name.selector, domain: name.domain))
                }
            }
            for await (indices, found) in group {
                for index in indices { answers[index] = found }
            }
        }
        return answers
    }

    private struct KeyName: Hashable {
        let selector: String
        let domain: DomainName
    }

    /// Reports what was not looked at, in bounded number.
    private func unchecked(_ count: Int) -> [DKIMVerification] {
        guard count > 0 else { return [] }
        let reported = min(count, Limits.dkimReportedSignatures)
        return (1...reported).map { number in
            let others = number == reported ? count - reported : 0
            let more = others > 0 ? " The same holds for \(others) more signatures." : ""
            return DKIMVerification(
                .policy,
                reason: "The signature was not checked: the message has more than "
                    + "\(policy.maximumSignatures).\(more)")
        }
    }
}
