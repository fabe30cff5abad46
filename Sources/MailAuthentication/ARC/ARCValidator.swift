public import DNS
import Identities

/// Validates the chain of ARC sets of a message (RFC 8617 §5.2).
///
/// ARC is a bilateral option: useful between hosts that know each other, on its way to the status
/// Historic, and replaced by DKIM2. A chain that holds says who handled the message and what each
/// of them found, not that any of them is honest.
public struct ARCValidator: Sendable {
    private let keys: DKIMKeyLookup
    private let policy: ARCPolicy

    /// Keys stay remembered in parsed form as long as the validator, or a copy of it, lives.
    public init(lookup: any DNSLookup, policy: ARCPolicy = ARCPolicy()) {
        self.init(keys: DKIMKeyLookup(lookup: lookup), policy: policy)
    }

    /// For callers that share the parsed keys with others.
    init(keys: DKIMKeyLookup, policy: ARCPolicy = ARCPolicy()) {
        self.keys = keys
        self.policy = policy
    }

    /// Validates at the time `now`, in seconds since 1970. Every failure is permanent, those of the
    /// DNS too (§5.2.1); the reason tells which ones were only for the moment.
    public func validate(_ message: RawMessage, now: Int64) async -> ARCValidation {
        await validate(MessageReading(message), now: now)
    }

    /// The same for a message that others read too.
    func validate(_ reading: MessageReading, now: Int64) async -> ARCValidation {
        let chain = ARCChain(reading.message)
        var outcome = ARCValidation(
            .fail, instances: chain.highestInstance, sealers: chain.sealers,
            reason: chain.defect ?? "")
        guard chain.defect == nil else { return outcome }
        guard let newest = chain.sets.last else {
            return ARCValidation(.none, reason: "The message has no ARC sets.")
        }
        var check = ARCChainCheck(reading, chain.sets, now: now)
        do throws(ARCDefect) {
            // Before any look-up: most changed messages end here.
            let forms = try check.formsWithMatchingBody(newest)
            check.learn(await answers(for: check.neededKeys(newest)))
            try check.verifyMessageSignature(newest, forms)
            try check.verifySeals()
        } catch {
            outcome.reason = error.reason
            return outcome
        }
        let unsigned = check.unsignedOctets
        outcome.confirm(oldestPass: policy.looksForOldestPass ? await oldestPass(&check) : nil)
        if unsigned > 0 {
            outcome.reason += " The last \(unsigned) octets of the text are not signed (l=)."
        }
        return outcome
    }

    /// §5.2, step 5: goes back until a message signature does not hold.
    private func oldestPass(_ check: inout ARCChainCheck) async -> Int {
        guard check.sets.count > 1 else { return 0 }
        let older = Array(check.sets.dropLast().reversed())
        var candidates: [(set: ARCSet, forms: [ARCMessageSignature.Form])] = []
        for set in older {
            guard let forms = try? check.formsWithMatchingBody(set) else { break }
            candidates.append((set, forms))
        }
        var missing: [ARCKeyName] = []
        for candidate in candidates {
            guard let name = check.missingKey(candidate.set), !missing.contains(name) else {
                continue
            }
            missing.append(name)
        }
        if !missing.isEmpty { check.learn(await answers(for: missing)) }
        for candidate in candidates {
            do throws(ARCDefect) {
                try check.verifyMessageSignature(candidate.set, candidate.forms)
            } catch {
                return candidate.set.instance + 1
            }
        }
        return candidates.count == older.count ? 0 : check.sets.count - candidates.count
    }

    /// Looks all keys up at once; no name stands there twice.
    private func answers(
        for names: [ARCKeyName]
    ) async -> [(name: ARCKeyName, answer: DKIMKeyAnswer)] {
        if names.count == 1 || keys.answersAtOnce {
            var answers: [(name: ARCKeyName, answer: DKIMKeyAnswer)] = []
            for name in names {
                answers.append(
                    (name, await keys.find(selector: name.selector, domain: name.domain)))
            }
            return answers
        }
        let keys = keys
        return await withTaskGroup(of: (name: ARCKeyName, answer: DKIMKeyAnswer).self) { group in
            for name in names {
                group.addTask {
                    (name, await keys.find(selector: name.selector, domain: name.domain))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
