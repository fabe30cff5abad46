import Identities

/// Checks signatures of one message whose keys are at hand (RFC 6376 §6.1.2 and §6.1.3).
struct DKIMSignatureCheck {
    private let message: RawMessage
    private let policy: DKIMPolicy
    private let now: Int64
    private let reading: MessageReading
    private var bodyHashes: BodyHashCache

    init(_ reading: MessageReading, policy: DKIMPolicy, now: Int64) {
        self.reading = reading
        message = reading.message
        self.policy = policy
        self.now = now
        bodyHashes = BodyHashCache(reading)
    }

    /// `position`: where the signature's field stands in the header.
    mutating func outcome(
        of signature: DKIMSignature, at position: Int, keys: [DKIMKeyAnswer]
    ) -> DKIMVerification {
        var outcome = DKIMVerification(
            .permerror, domain: signature.domain, selector: signature.selector,
            algorithm: signature.algorithm, identity: signature.identity,
            signaturePrefix: signature.signaturePrefix, reason: "")
        noteTagRisks(signature, &outcome)
        let usable = usableKeys(keys, signature, &outcome)
        guard let first = usable.first else { return outcome }
        take(first, &outcome)

        guard
            let body = bodyHashes.hash(
                signature.bodyForm, signature.hash, limit: signature.bodyLength)
        else {
            outcome.result = .policy
            outcome.reason =
                "The signature was not checked: the message's signatures ask for more than "
                + "\(Limits.dkimBodyReadings) different hashes of the body."
            return outcome
        }
        if let length = signature.bodyLength {
            guard length <= body.canonicalCount else {
                outcome.result = .fail
                outcome.reason =
                    "The signature covers \(length) octets of the body (l=), which has only "
                    + "\(body.canonicalCount)."
                return outcome
            }
            outcome.unsignedBodyOctets = body.canonicalCount - length
            if outcome.unsignedBodyOctets > 0 { outcome.risks.append(.unsignedBodyText) }
        }
        guard body.digest == signature.bodyHash else {
            outcome.result = .fail
            outcome.reason =
                "The body was changed after \(signature.domain) signed it: its hash differs."
            return outcome
        }
        let (signed, isSigned) = reading.selection.positions(
            of: signature.signedNames, excluding: position)
        outcome.risks += UnsignedFields.risks(message.fields, isSigned: isSigned)
        let octets = signedOctets(signature, signed)
        guard
            let key = usable.first(where: {
                $0.key.isValid(signature.signature, for: octets, signature.hash)
            })
        else {
            outcome.result = .fail
            outcome.reason =
                "The signature does not match: a signed header field was changed after "
                + "\(signature.domain) signed it, or the key is another one."
            return outcome
        }
        take(key, &outcome)
        judge(signature, &outcome)
        return outcome
    }

    // MARK: Keys

    private typealias UsableKey = (key: VerifyingKey, isTesting: Bool, isAuthenticated: Bool)

    /// The keys that may have made this signature; without any, the outcome tells why.
    private func usableKeys(
        _ answers: [DKIMKeyAnswer], _ signature: DKIMSignature, _ outcome: inout DKIMVerification
    ) -> [UsableKey] {
        var usable: [UsableKey] = []
        var isReasonKnown = false
        func refuse(
            _ result: DKIMResult, _ reason: String, bits: Int? = nil, isWeak: Bool = false
        ) {
            // The first reason stands, but for one that says no more than "not this one".
            guard !isReasonKnown else { return }
            isReasonKnown = !isWeak
            outcome.result = result
            outcome.reason = reason
            outcome.keyBits = bits
        }
        var place: String { "\(signature.selector)._domainkey.\(signature.domain)" }
        for answer in answers {
            switch answer {
            case .temporary(let reason):
                let shown = reason.hasSuffix(".") ? reason : reason + "."
                refuse(.temperror, "The key at \(place) could not be fetched: \(shown)")
            case .missing: refuse(.permerror, "There is no key at \(place).")
            case .revoked:
                refuse(.permerror, "The domain took the key at \(place) back.")
            case .unusable(let reason, let bits): refuse(.permerror, reason, bits: bits)
            case .key(let key, let box, let isAuthenticated):
                let record = box.value
                guard key.type == signature.keyType else {
                    refuse(
                        .permerror, "The key at \(place) is not for \(signature.algorithm).",
                        isWeak: true)
                    continue
                }
                if let reason = refusal(of: record, signature) {
                    refuse(.permerror, reason, bits: key.bits)
                    continue
                }
                usable.append((key, record.isTesting, isAuthenticated))
            }
        }
        return usable
    }

    private func refusal(of record: DKIMKeyRecord, _ signature: DKIMSignature) -> String? {
        if !record.allows(signature.hash) {
            return "The key record does not allow \(signature.hash.rawValue) (h=)."
        }
        if !record.allows(service: policy.service) {
            return "The key is not for this use (s= does not name \(policy.service))."
        }
        if record.isStrict, signature.identityDomain != signature.domain {
            return "The key allows no identity below its domain (t=s), and the signature names "
                + "\(signature.identityDomain)."
        }
        return nil
    }

    private func take(_ key: UsableKey, _ outcome: inout DKIMVerification) {
        outcome.keyBits = key.key.bits
        outcome.isKeyAuthenticated = key.isAuthenticated
        outcome.risks.removeAll { $0 == .shortKey || $0 == .testing }
        if key.key.type == .rsa, key.key.bits < Limits.rsaSafeBits {
            outcome.risks.append(.shortKey)
        }
        if key.isTesting { outcome.risks.append(.testing) }
    }

    // MARK: The signed octets

    /// The signed fields and the signature's own, canonical (RFC 6376 §3.7).
    private func signedOctets(_ signature: DKIMSignature, _ signed: [Int]) -> [UInt8] {
        HeaderCanonicalizer.signedOctets(
            message.fields, at: signed, and: signature.field,
            emptying: signature.signatureRange, signature.headerForm)
    }

    // MARK: Judgement

    private func noteTagRisks(_ signature: DKIMSignature, _ outcome: inout DKIMVerification) {
        if signature.bodyLength != nil { outcome.risks.append(.bodyLengthLimit) }
        if signature.hash == .sha1 { outcome.risks.append(.oldAlgorithm) }
        if isExpired(signature) { outcome.risks.append(.expired) }
        if isFromFuture(signature) { outcome.risks.append(.signedInFuture) }
    }

    private func isExpired(_ signature: DKIMSignature) -> Bool {
        guard let end = signature.expiresAt, end < now else { return false }
        let (late, isVeryLate) = now.subtractingReportingOverflow(end)
        return isVeryLate || late > policy.expiryTolerance
    }

    private func isFromFuture(_ signature: DKIMSignature) -> Bool {
        guard let start = signature.signedAt, start > now else { return false }
        let (early, isVeryEarly) = start.subtractingReportingOverflow(now)
        return isVeryEarly || early > policy.futureTolerance
    }

    /// The signature is good; what is left is whether it is one that may count.
    private func judge(_ signature: DKIMSignature, _ outcome: inout DKIMVerification) {
        let domain = signature.domain
        outcome.result = .policy
        if signature.hash == .sha1 {
            // RFC 8301 §3.1: it must not be taken for valid.
            outcome.reason =
                "The signature of \(domain) matches, but rsa-sha1 is no longer safe and does "
                + "not count."
        } else if outcome.risks.contains(.expired) {
            outcome.reason = "The signature of \(domain) matches, but its time is over (x=)."
        } else if outcome.risks.contains(.signedInFuture) {
            outcome.reason =
                "The signature of \(domain) matches, but its date is in the future (t=)."
        } else if signature.bodyLength != nil, !policy.acceptsBodyLengthLimit {
            outcome.reason =
                "The signature of \(domain) matches, but it leaves the end of the body open (l=)."
        } else {
            outcome.confirm()
            if outcome.unsignedBodyOctets > 0 {
                outcome.reason =
                    "The signature of \(domain) is good, but the last "
                    + "\(outcome.unsignedBodyOctets) octets of the body are not signed (l=)."
            }
        }
    }
}
