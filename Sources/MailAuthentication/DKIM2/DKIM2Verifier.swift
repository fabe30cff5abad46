public import DNS
import Identities

/// Verifies DKIM2: every hop's signature, the way that the message took, and every former instance
/// of the message.
///
/// Experimental: implements draft-ietf-dkim-dkim2-spec-04 of 5 July 2026 (on the wire the same as
/// -03), which newer drafts have changed; see docs/decisions/0009-dkim2.md. Nothing uses it unless
/// it is asked for, and its result decides nothing.
public struct DKIM2Verifier: Sendable {
    private let keys: DKIMKeyLookup
    private let policy: DKIM2Policy

    public init(lookup: any DNSLookup, policy: DKIM2Policy = DKIM2Policy()) {
        self.init(keys: DKIMKeyLookup(lookup: lookup), policy: policy)
    }

    /// For callers that share the parsed keys with others.
    init(keys: DKIMKeyLookup, policy: DKIM2Policy = DKIM2Policy()) {
        self.keys = keys
        self.policy = policy
    }

    /// Verifies a message as it was received.
    ///
    /// - Parameters:
    ///   - envelope: what SMTP said; nil when it is not known, then replays cannot be seen.
    ///   - now: seconds since 1970.
    public func verify(
        _ message: RawMessage, envelope: DKIM2Envelope?, now: Int64
    ) async -> DKIM2Verification {
        let chain: DKIM2Chain
        switch DKIM2Chain.read(message, policy) {
        case .unsigned:
            return DKIM2Verification(.none, reason: "The message has no DKIM2 signature.")
        case .malformed(let fault): return DKIM2Verification(.permerror, reason: fault.reason)
        case .chain(let read): chain = read
        }
        var outcome = DKIM2Verification(
            .none, domain: chain.newest?.domain, originDomain: chain.signatures.first?.domain,
            reason: "", hops: chain.signatures.map(Self.hop))
        outcome.remarks = remarks(chain, envelope, now)
        if let fault = ageFault(chain, now) ?? DKIM2Custody(chain: chain).fault(with: envelope) {
            outcome.hops[fault.sequence - 1].result = .permerror
            outcome.hops[fault.sequence - 1].reason = fault.reason
            outcome.result = .permerror
            outcome.reason = fault.reason
            return outcome
        }
        await checkSignatures(chain, &outcome)
        let history = InstanceHistory(message: message, chain: chain, policy: policy).check()
        outcome.instances = history.instances
        if history.isBodyLost { outcome.remarks.append(.formerBodyLost) }
        conclude(chain, &outcome)
        return outcome
    }

    private static func hop(_ signature: DKIM2Signature) -> DKIM2Verification.Hop {
        var hop = DKIM2Verification.Hop(
            sequence: signature.sequence, instance: signature.instance, domain: signature.domain,
            nextDomain: nil, mailFrom: nil, recipients: [], timestamp: signature.timestamp,
            nonce: signature.nonce, flags: signature.flags, values: [], result: .none,
            reason: "Not checked, because the signatures do not fit each other or the message.")
        switch signature.route {
        case .nextDomain(let domain): hop.nextDomain = domain
        case .envelope(let mailFrom, let recipients):
            hop.mailFrom = mailFrom.text
            hop.recipients = recipients.map(\.text)
        }
        return hop
    }

    private func remarks(
        _ chain: DKIM2Chain, _ envelope: DKIM2Envelope?, _ now: Int64
    ) -> [DKIM2Verification.Remark] {
        var remarks: [DKIM2Verification.Remark] = []
        if envelope == nil { remarks.append(.envelopeNotChecked) }
        if chain.signatures.contains(where: { $0.timestamp > now }) {
            remarks.append(.signedInFuture)
        }
        if chain.signatures.contains(where: { $0.flags.contains(.exploded) }) {
            remarks.append(.exploded)
        }
        return remarks
    }

    /// §11.3. A time in the future is only remarked: the draft lets verifiers choose, clocks err.
    private func ageFault(_ chain: DKIM2Chain, _ now: Int64) -> (sequence: Int, reason: String)? {
        guard let maximumAge = policy.maximumAge else { return nil }
        for signature in chain.signatures where now &- signature.timestamp > maximumAge {
            return (
                signature.sequence,
                "DKIM2 signature \(signature.sequence) by \(signature.domain) is older than "
                    + "\(maximumAge / 86_400) days."
            )
        }
        return nil
    }

    // MARK: Signatures

    private func checkSignatures(
        _ chain: DKIM2Chain, _ outcome: inout DKIM2Verification
    ) async {
        var lookups = 0
        // Newest first: it is the one that matters most when look-ups run out.
        for signature in chain.signatures.reversed() {
            let signed = chain.signedOctets(of: signature)
            var values: [DKIM2Verification.Value] = []
            var remarks: Set<DKIM2Verification.Remark> = []
            for value in signature.values {
                values.append(
                    await check(value, of: signature, over: signed, &lookups, &remarks))
            }
            for remark in [DKIM2Verification.Remark.testing, .shortKey]
            where remarks.contains(remark) && !outcome.remarks.contains(remark) {
                outcome.remarks.append(remark)
            }
            let index = signature.sequence - 1
            outcome.hops[index].values = values
            (outcome.hops[index].result, outcome.hops[index].reason) = Self.sum(values, signature)
        }
    }

    /// §11.6: all values that can be checked must be good; those of unknown algorithms are ignored.
    private static func sum(
        _ values: [DKIM2Verification.Value], _ signature: DKIM2Signature
    ) -> (DKIM2Result, String) {
        let known = values.filter { $0.result != .none }
        guard !known.isEmpty else {
            return (
                .fail,
                "DKIM2 signature \(signature.sequence) by \(signature.domain) uses no algorithm "
                    + "that is known here."
            )
        }
        let result = known.reduce(DKIM2Result.pass) { $0.combined(with: $1.result) }
        guard result != .pass, let worst = known.first(where: { $0.result == result }) else {
            return (
                .pass,
                "DKIM2 signature \(signature.sequence) by \(signature.domain) is valid."
            )
        }
        let others = known.filter { $0.result == .pass }.map(\.algorithm)
        let rest =
            others.isEmpty
            ? "" : " Its other signature (\(others.joined(separator: ", "))) is good."
        return (result, worst.reason + rest)
    }

    private func check(
        _ value: DKIM2Signature.Value, of signature: DKIM2Signature, over signed: [UInt8],
        _ lookups: inout Int, _ remarks: inout Set<DKIM2Verification.Remark>
    ) async -> DKIM2Verification.Value {
        let title = "DKIM2 signature \(signature.sequence) by \(signature.domain)"
        var outcome = DKIM2Verification.Value(
            selector: value.selector, algorithm: value.algorithm, keyBits: nil,
            isKeyAuthenticated: false, result: .none,
            reason: "The algorithm \(value.algorithm) is not known here.")
        func set(_ result: DKIM2Result, _ reason: String) -> DKIM2Verification.Value {
            outcome.result = result
            outcome.reason = reason
            return outcome
        }
        guard let type = Self.keyType(of: value.algorithm) else { return outcome }
        guard let octets = value.signature, !octets.isEmpty else {
            return set(.permerror, "\(title) has a value that is not valid base64.")
        }
        guard lookups < Limits.dkim2KeyLookups else {
            return set(
                .permerror,
                "The message needs more than \(Limits.dkim2KeyLookups) keys to be checked.")
        }
        lookups += 1
        let key = "The key \(value.selector) of \(signature.domain)"
        let answers = await keys.findAll(selector: value.selector, domain: signature.domain)
        guard answers.count == 1 else { return set(.permerror, "\(key) has several records.") }
        switch answers[0] {
        case .temporary(let reason):
            return set(.temperror, "\(key) could not be fetched: \(reason)")
        case .missing: return set(.permerror, "\(key) does not exist.")
        case .revoked: return set(.permerror, "\(key) was revoked.")
        case .unusable(let reason, let bits):
            outcome.keyBits = bits
            return set(.permerror, "\(key) cannot be used: \(reason)")
        case .key(let verifying, let record, let isAuthenticated):
            outcome.keyBits = verifying.bits
            outcome.isKeyAuthenticated = isAuthenticated
            guard verifying.type == type else {
                return set(.permerror, "\(key) is not of the kind \(value.algorithm).")
            }
            if record.value.flags.contains("y") { remarks.insert(.testing) }
            if type == .rsa, verifying.bits < 2_048 { remarks.insert(.shortKey) }
            return verifying.isValid(octets, for: signed, .sha256)
                ? set(.pass, "\(title) is valid.")
                : set(.fail, "\(title) does not match (key \(value.selector)).")
        }
    }

    private static func keyType(of algorithm: String) -> KeyType? {
        switch algorithm {
        case "rsa-sha256": .rsa
        case "ed25519-sha256": .ed25519
        default: nil
        }
    }

    // MARK: Conclusion

    private func conclude(_ chain: DKIM2Chain, _ outcome: inout DKIM2Verification) {
        var parts = outcome.hops.reversed().map { ($0.result, $0.reason) }
        parts += outcome.instances.reversed().map { ($0.result, $0.reason) }
        if let violation = DKIM2Requests(chain: chain).violation() {
            parts.append((.fail, violation))
        }
        let result = parts.reduce(DKIM2Result.pass) { $0.combined(with: $1.0) }
        outcome.result = result
        outcome.reason =
            result == .pass
            ? Self.praise(chain) : parts.first { $0.0 == result }?.1 ?? ""
    }

    private static func praise(_ chain: DKIM2Chain) -> String {
        let origin = chain.signatures.first?.domain.text ?? ""
        let count = chain.signatures.count
        guard count > 1 else { return "The message is as \(origin) signed it." }
        return chain.instances.count > 1
            ? "All \(count) hops signed the message, and what they changed leads back to what "
                + "\(origin) signed."
            : "All \(count) hops signed the message, and it is as \(origin) signed it."
    }
}
